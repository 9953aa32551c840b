from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import AlertEvent, AlertGrade, Severity, SystemKind
from complaints.link_querysets import AlertQuerySet
from complaints.models.category import Category
from complaints.models.ticket import Ticket
from core.models import MachineKey
from organisation.models import Building, Unit


class AlertRule(models.Model):
    """What an alarm of a building system means. An empty `alarm_code` is every other alarm of the
    system; an empty severity follows the grade that the system gives."""

    system_kind = models.CharField(_("系统"), max_length=20, choices=SystemKind.choices)
    alarm_code = models.CharField(_("告警代码"), max_length=40, blank=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=60)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("类别"))
    severity = models.CharField(_("级别"), max_length=10, choices=Severity.choices, blank=True)
    window_minutes = models.IntegerField(_("合并时段（分钟）"), default=30)

    class Meta:
        verbose_name = _("告警规则")
        verbose_name_plural = pgettext_lazy("plural", "告警规则")
        constraints = [
            models.UniqueConstraint(
                fields=["system_kind", "alarm_code"], name="an_alarm_means_one_thing"
            ),
            models.CheckConstraint(
                condition=Q(window_minutes__range=(1, 1440)), name="alarms_merge_within_a_day"
            ),
        ]

    def __str__(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return self.name_en if english else self.name


class BuildingDevice(models.Model):
    """A lift, a panel, a meter: where the alarms of one device of a system belong. Its row is the
    lock under which its alarms are taken in. One key may speak for lifts and for fire panels, and
    for several communities, which number each for themselves."""

    source = models.ForeignKey(
        MachineKey, models.PROTECT, related_name="devices", verbose_name=_("来源系统")
    )
    device_id = models.CharField(_("设备编号"), max_length=64)
    system_kind = models.CharField(_("系统"), max_length=20, choices=SystemKind.choices)
    # where it stands; people put it right
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="devices", verbose_name=_("小区"))
    # where its system says that it stands, part of what it is known by; null before it said so
    said_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, verbose_name=_("楼栋")
    )
    place = models.CharField(_("位置"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("楼宇设备")
        verbose_name_plural = pgettext_lazy("plural", "楼宇设备")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "system_kind", "device_id", "said_unit"],
                name="a_system_names_a_device_once",
            ),
            models.UniqueConstraint(
                fields=["source", "system_kind", "device_id", "unit"],
                condition=Q(said_unit__isnull=True),
                name="a_device_is_written_down_once",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.place, self.device_id) if part)


class DeviceAlert(models.Model):
    """One alarm of a device on one ticket, however often it was raised. `cleared_at` is null while
    it is on; clearing closes the alert, never the ticket."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    device = models.ForeignKey(BuildingDevice, models.PROTECT, related_name="alerts")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="alerts")
    rule = models.ForeignKey(AlertRule, models.PROTECT, related_name="alerts")
    alarm_code = models.CharField(max_length=40)
    grade = models.CharField(max_length=10, choices=AlertGrade.choices)
    raise_count = models.IntegerField(default=1)
    first_raised_at = models.DateTimeField()
    last_raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    # when the timeline last said so; within the rule's window it is counted here alone
    told_raised_at = models.DateTimeField()
    told_cleared_at = models.DateTimeField(null=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("设备告警")
        verbose_name_plural = pgettext_lazy("plural", "设备告警")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "device", "alarm_code"], name="a_ticket_counts_an_alarm_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["-last_raised_at", "-id"],
                condition=Q(cleared_at__isnull=True),
                name="alerts_that_are_on",
            )
        ]

    @property
    def active(self) -> bool:
        return self.cleared_at is None


class AlertReport(models.Model):
    """Each thing a system said, once: the history of a device. Deleted after ninety days."""

    device = models.ForeignKey(BuildingDevice, models.PROTECT, related_name="reports")
    alert = models.ForeignKey(DeviceAlert, models.PROTECT, null=True, related_name="reports")
    alarm_code = models.CharField(max_length=40)
    event = models.CharField(max_length=10, choices=AlertEvent.choices)
    occurred_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("告警上报")
        verbose_name_plural = pgettext_lazy("plural", "告警上报")
        constraints = [
            models.UniqueConstraint(
                fields=["device", "alarm_code", "event", "occurred_at"],
                name="a_report_is_taken_in_once",
            )
        ]
