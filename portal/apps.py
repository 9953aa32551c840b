from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("住户门户")

    def ready(self) -> None:
        from portal import links

        links.register()
