from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("通知")

    def ready(self) -> None:
        from django.core import checks

        from notifications.checks import check_channels
        from notifications.metrics import register

        checks.register(check_channels, "channels")
        register()
