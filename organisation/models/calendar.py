from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.enums import DayKind
from organisation.models.unit import Unit


class WorkCalendar(models.Model):
    """One version of a work calendar. A new announcement makes a new version, so that old clocks
    can still be explained.

    A regional calendar stands on one version of another (`base`) and holds in the subtree of its
    `unit`: it has the base's years, and the base's week and days where it has none of its own.
    """

    code = models.CharField(_("代码"), max_length=40)
    version = models.IntegerField(_("版本"), default=1)
    name = models.CharField(_("名称"), max_length=80)
    time_zone = models.CharField(_("时区"), max_length=40, default="Asia/Shanghai")
    created_at = models.DateTimeField(_("建立时间"))
    base = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="regional_versions",
        verbose_name=_("上级日历"),
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="calendars",
        verbose_name=_("单位"),
    )

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = pgettext_lazy("plural", "工作日历")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="a_calendar_version_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(base__isnull=True, unit__isnull=True)
                | Q(base__isnull=False, unit__isnull=False),
                name="a_regional_calendar_has_base_and_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class CalendarInterval(models.Model):
    """Working minutes of a weekday (1 Monday to 7 Sunday), from the start of the day."""

    # cascade: a part of its version, which no clock may point at any more
    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="intervals")
    weekday = models.SmallIntegerField(_("星期"))
    start_minutes = models.SmallIntegerField(_("开始（零点起分钟）"))
    end_minutes = models.SmallIntegerField(_("结束（零点起分钟）"))

    class Meta:
        verbose_name = _("每周工作时段")
        verbose_name_plural = pgettext_lazy("plural", "每周工作时段")
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7))
                & Q(start_minutes__gte=0)
                & Q(end_minutes__lte=1440)
                & Q(end_minutes__gt=F("start_minutes")),
                name="an_interval_lies_within_one_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.weekday}"


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a make-up day with its own intervals."""

    # cascade: as above
    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="days")
    day_on = models.DateField(_("日期"))
    kind = models.CharField(_("类型"), max_length=10, choices=DayKind.choices)
    name = models.CharField(_("名称"), max_length=40)
    # pairs of minutes; empty on a make-up day means Monday's intervals
    minutes = ArrayField(
        models.SmallIntegerField(), default=list, verbose_name=_("工作时段（分钟）")
    )

    class Meta:
        verbose_name = _("特殊日期")
        verbose_name_plural = pgettext_lazy("plural", "特殊日期")
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "day_on"], name="a_calendar_names_a_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day_on} {self.name}"


class CalendarYear(models.Model):
    """A year whose arrangement has been announced. Deadlines in any other year are provisional."""

    # cascade: as above
    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="years")
    year = models.SmallIntegerField(_("年份"))
    source = models.CharField(_("来源"), max_length=200)

    class Meta:
        verbose_name = _("已公布年份")
        verbose_name_plural = pgettext_lazy("plural", "已公布年份")
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "year"], name="a_calendar_knows_a_year_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}"
