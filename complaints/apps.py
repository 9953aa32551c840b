from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("投诉与工单")

    def ready(self) -> None:
        from complaints import health, metrics, notice_templates

        health.register()
        metrics.register()
        notice_templates.register()
