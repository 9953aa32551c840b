from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    name = "organisation"
    verbose_name = _("组织")

    def ready(self) -> None:
        from core import health
        from organisation.checks import check_calendar_years
        from organisation.readiness import duty_queue, work_calendar

        checks.register(check_calendar_years, checks.Tags.database)
        health.register("duty_queue", duty_queue, needed=False)
        health.register("work_calendar", work_calendar, needed=False)
