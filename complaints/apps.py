from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("投诉与工单")

    def ready(self) -> None:
        from complaints import health, metrics, notice_templates, owed_metrics, post_notices

        health.register()
        metrics.register()
        owed_metrics.register()
        notice_templates.register()
        post_notices.register()
