from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "console"
    verbose_name = _("工作台")

    def ready(self) -> None:
        from console import links

        links.register()
