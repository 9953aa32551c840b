from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = _("演示")

    def ready(self) -> None:
        from console import demo_accounts
        from demo import accounts

        demo_accounts.register(accounts.on_the_sign_in_page)
