from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = _("住户")

    def ready(self) -> None:
        from notifications import registry
        from notifications.enums import Channel
        from residents.services.mailboxes import mailbox
        from residents.services.telephones import telephone

        registry.register_address(Channel.EMAIL, mailbox)
        registry.register_address(Channel.SMS, telephone)
