"""Alarms of building systems: one ticket for a matter, however often its device cries.

Everything about a device happens under the lock of its row, so that two alarms that come in at the
same moment are one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from complaints import workflow
from complaints.enums import (
    Action,
    AlertEvent,
    AlertGrade,
    Channel,
    EventKind,
    Kind,
    Severity,
    State,
    SystemKind,
    Visibility,
)
from complaints.models import (
    AlertReport,
    AlertRule,
    BuildingDevice,
    DeviceAlert,
    Ticket,
    TicketLink,
)
from complaints.querysets import TicketQuerySet
from complaints.services import intake, lifecycle, records
from complaints.services.intake import NewTicket
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, NotAllowed
from organisation import access
from organisation.models import Building, Unit

REPORT: Final = "alerts.report"
CLOCKS_DIFFER: Final = timedelta(minutes=5)
LATE: Final = timedelta(days=7)
REPORTS_KEPT: Final = timedelta(days=90)
BATCH: Final = 5_000
RAISED, CLEARED = "raised", "cleared"
#: a text of the ticket, in the company's language like all of them
_NOT_SOLVED: Final = "设备再次告警"

#: how severe an alarm is where its rule does not say so
SEVERITY_OF: Final = {
    AlertGrade.MINOR: Severity.ORDINARY,
    AlertGrade.MAJOR: Severity.URGENT,
    AlertGrade.CRITICAL: Severity.SERIOUS,
}
_GRADES: Final = tuple(AlertGrade)
_WORSE_OR_LIKE: Final = {grade: _GRADES[place:] for place, grade in enumerate(_GRADES)}
_RANK: Final[dict[str, int]] = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a system says. `unit_code`, `building` and `place` are needed once, the first time that
    a device is heard of; `unit_code` always where two communities have one of the number."""

    system_kind: SystemKind
    device_id: str
    alarm_code: str
    grade: AlertGrade
    event: AlertEvent
    occurred_at: datetime
    unit_code: str = ""
    building: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it. `alert` is None when something was cleared that was never raised."""

    alert: DeviceAlert | None
    created: bool = False


def take_in(alarm: Alarm, *, actor: Actor, at: datetime) -> Taken:
    """Raise or clear; the same report again changes nothing.

    A raise is counted on the device's open ticket when that is at least as severe, and makes a
    ticket otherwise. Raises NotAllowed, or InvalidInput beside the field.
    """
    access.require(actor, REPORT)
    if actor.machine_id is None:
        raise NotAllowed
    if not at - LATE <= alarm.occurred_at <= at + CLOCKS_DIFFER:
        raise InvalidInput(fields={"at": [_("时间应在最近七天之内，且不在将来。")]})
    rule = rule_of(alarm.system_kind, alarm.alarm_code)
    with transaction.atomic():
        device = _locked_device(alarm, actor.machine_id, actor)
        report, fresh = AlertReport.objects.get_or_create(
            device=device,
            alarm_code=alarm.alarm_code,
            event=alarm.event,
            occurred_at=alarm.occurred_at,
        )
        if not fresh:
            return Taken(report.alert)
        take = _clear if alarm.event is AlertEvent.CLEARED else _raise
        taken = take(alarm, rule, device, at)
        AlertReport.objects.filter(pk=report.pk).update(alert=taken.alert)
    return taken


def rule_of(system_kind: str, alarm_code: str) -> AlertRule:
    """The rule of this alarm, or the system's own. Raises InvalidInput where there is none."""
    fitting = AlertRule.objects.filter(system_kind=system_kind, alarm_code__in=("", alarm_code))
    rule = fitting.select_related("category").order_by("-alarm_code").first()
    if rule is None:
        raise InvalidInput(fields={"system": [_("此类系统没有告警规则，请联系管理员。")]})
    return rule


def delete_old(at: datetime) -> int:
    """Delete reports older than ninety days, in batches; counts stay with their alerts."""
    gone, old = 0, AlertReport.objects.filter(occurred_at__lt=at - REPORTS_KEPT)
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        gone += AlertReport.objects.filter(pk__in=batch).delete()[0]
    return gone


def _raise(alarm: Alarm, rule: AlertRule, device: BuildingDevice, at: datetime) -> Taken:
    severity = rule.severity or SEVERITY_OF[alarm.grade]
    ticket = _open_ticket(device, alarm, severity, at)
    created = ticket is None
    if ticket is None:
        ticket = _new_ticket(rule, severity, device, at)
    elif _came_again(alarm, ticket):
        ticket = lifecycle.reopen(ticket, actor=SYSTEM, reason=_NOT_SOLVED, at=at)
    alert = DeviceAlert.objects.filter(
        ticket=ticket, device=device, alarm_code=alarm.alarm_code
    ).first()
    if alert is not None:
        return Taken(_again(alert, alarm, rule, at))
    alert = DeviceAlert.objects.create(
        device=device,
        ticket=ticket,
        rule=rule,
        alarm_code=alarm.alarm_code,
        grade=alarm.grade,
        first_raised_at=alarm.occurred_at,
        last_raised_at=alarm.occurred_at,
        cleared_at=_cleared_before_it_came(device, alarm),
        told_raised_at=at,
    )
    if not created:
        _tell(alert, RAISED, at)
    return Taken(alert, created)


def _came_again(alarm: Alarm, ticket: Ticket) -> bool:
    """Whether it is after what people did about it: one that was on its way since before, by a
    clock that may differ, says nothing of that."""
    if workflow.target(State(ticket.state), Action.REOPEN) is None:
        return False
    return ticket.resolved_at is None or alarm.occurred_at >= ticket.resolved_at - CLOCKS_DIFFER


def _cleared_before_it_came(device: BuildingDevice, alarm: Alarm) -> datetime | None:
    """When the alarm ended, where the report of that overtook the one of its beginning."""
    ends = AlertReport.objects.filter(
        device=device,
        alarm_code=alarm.alarm_code,
        event=AlertEvent.CLEARED,
        occurred_at__gte=alarm.occurred_at,
    )
    return ends.order_by("occurred_at").values_list("occurred_at", flat=True).first()


def _again(alert: DeviceAlert, alarm: Alarm, rule: AlertRule, at: datetime) -> DeviceAlert:
    """Count it. The timeline says so once in a window, with the count so far."""
    alert.raise_count += 1
    alert.grade = max(alert.grade, alarm.grade, key=_GRADES.index)
    alert.first_raised_at = min(alert.first_raised_at, alarm.occurred_at)
    alert.last_raised_at = max(alert.last_raised_at, alarm.occurred_at)
    if alert.cleared_at is not None and alarm.occurred_at >= alert.cleared_at:
        alert.cleared_at = _cleared_before_it_came(alert.device, alarm)
    if at >= alert.told_raised_at + timedelta(minutes=rule.window_minutes):
        alert.told_raised_at = at
        _tell(alert, RAISED, at)
    alert.save()
    return alert


def _clear(alarm: Alarm, rule: AlertRule, device: BuildingDevice, at: datetime) -> Taken:
    """The alert is over, on each ticket that counts it; whether the matter is, people say."""
    on = DeviceAlert.objects.filter(
        device=device,
        alarm_code=alarm.alarm_code,
        cleared_at__isnull=True,
        last_raised_at__lte=alarm.occurred_at,
    )
    alerts = list(on.select_related("ticket").order_by("-last_raised_at"))
    for alert in alerts:
        _clear_one(alert, alarm, rule, at)
    return Taken(alerts[0] if alerts else None)


def _clear_one(alert: DeviceAlert, alarm: Alarm, rule: AlertRule, at: datetime) -> None:
    alert.cleared_at = alarm.occurred_at
    told = alert.told_cleared_at
    if told is None or at >= told + timedelta(minutes=rule.window_minutes):
        alert.told_cleared_at = at
        _tell(alert, CLEARED, at)
    alert.save()


def _open_ticket(
    device: BuildingDevice, alarm: Alarm, severity: str, at: datetime
) -> Ticket | None:
    """The device's ticket that has not ended: the one that counts this alarm already, at this grade
    or a worse one, or else the gravest that is at least as severe. What is worse is a matter of its
    own, with own clocks. A ticket that was merged stands for the one it became part of.

    It is locked: an alarm is never counted on what people put to rest in the same moment."""
    alerts = DeviceAlert.objects.filter(device=device)
    tickets = list(_standing_for(alerts).open())
    counting = _standing_for(
        alerts.filter(alarm_code=alarm.alarm_code, grade__in=_WORSE_OR_LIKE[alarm.grade])
    )
    same = set(counting.values_list("pk", flat=True))
    fitting = [each for each in tickets if each.pk in same] or [
        each for each in tickets if _RANK[each.severity] >= _RANK[severity]
    ]
    chosen = max(fitting, key=lambda ticket: (_RANK[ticket.severity], ticket.pk), default=None)
    if chosen is None:
        return None
    locked = Ticket.objects.lock(chosen.pk, at)
    if locked.next_step_at is None:
        return _open_ticket(device, alarm, severity, at)
    return locked


def _standing_for(alerts: QuerySet[DeviceAlert]) -> TicketQuerySet:
    own = alerts.values("ticket")
    merged = TicketLink.objects.merges().filter(source__in=own)
    return Ticket.objects.filter(Q(pk__in=own) | Q(pk__in=merged.values("target")))


def _new_ticket(rule: AlertRule, severity: str, device: BuildingDevice, at: datetime) -> Ticket:
    """The system speaks, for a key that may do nothing but report alarms; the device is named on
    the ticket's page."""
    new = NewTicket(
        kind=Kind.INCIDENT,
        category_code=rule.category.code,
        channel=Channel.BUILDING_SYSTEM,
        body=f"{rule.name} · {device}",
        place=device.place,
        unit=device.unit,
        building=device.building,
        severity=severity,
    )
    return intake.submit(new, actor=SYSTEM, at=at)


def _tell(alert: DeviceAlert, what: str, at: datetime) -> None:
    records.new_event(
        alert.ticket,
        EventKind.ALERTED,
        actor=Actor.machine(alert.device.source_id),
        at=at,
        visibility=Visibility.INTERNAL,
        reason_code=what,
        count=alert.raise_count,
    ).save(force_insert=True)


def _locked_device(alarm: Alarm, source_id: int, actor: Actor) -> BuildingDevice:
    """The device of this key, written down the first time it is heard of."""
    device_id = _known(alarm, source_id, actor) or _written_down(alarm, source_id, actor)
    rows = BuildingDevice.objects.select_for_update(of=("self",))
    device = rows.select_related("unit", "building").get(pk=device_id)
    access.require(actor, REPORT, device.unit)
    return device


def _known(alarm: Alarm, source_id: int, actor: Actor) -> int | None:
    """Of the devices of this number the one that is meant: the one which the system itself places
    in that community, wherever people have put it since; or one that it has placed nowhere yet:
    which stands there, or else was heard of. A community out of the key's reach claims none.
    Raises InvalidInput where it could be several."""
    rows = list(_numbered(alarm, source_id).order_by("pk"))
    said = Unit.objects.filter(code=alarm.unit_code).first() if alarm.unit_code else None
    if said is None:
        if len(rows) > 1:
            message = _("多个小区都有这个编号的设备，请给出小区的编码。")
            raise InvalidInput(fields={"unit": [message]})
        return rows[0].pk if rows else None
    for row in rows:
        if row.said_unit_id == said.pk:
            return row.pk
    if not access.has(actor, REPORT, said):
        return None
    unplaced = [row for row in rows if row.said_unit_id is None]
    here = [row for row in unplaced if row.unit_id == said.pk]
    for row in here or [row for row in unplaced if row.alerts.exists()]:
        # two communities may claim it at once: it is the first one's
        claimed = BuildingDevice.objects.filter(pk=row.pk, said_unit=None)
        return row.pk if claimed.update(said_unit=said) else _known(alarm, source_id, actor)
    return None


def _written_down(alarm: Alarm, source_id: int, actor: Actor) -> int:
    unit = _unit(alarm.unit_code, actor)
    BuildingDevice.objects.bulk_create(
        [
            BuildingDevice(
                source_id=source_id,
                device_id=alarm.device_id,
                system_kind=alarm.system_kind,
                unit=unit,
                said_unit=unit,
                building=_building(alarm.building, unit),
                place=alarm.place,
            )
        ],
        ignore_conflicts=True,
    )
    return _numbered(alarm, source_id).get(said_unit=unit).pk


def _numbered(alarm: Alarm, source_id: int) -> QuerySet[BuildingDevice]:
    return BuildingDevice.objects.filter(
        source_id=source_id, system_kind=alarm.system_kind, device_id=alarm.device_id
    )


def _unit(code: str, actor: Actor) -> Unit:
    found = Unit.objects.filter(access.scope(actor, REPORT).q(""), code=code).first()
    if found is None:
        message = _("此设备第一次上报，请给出它所在小区的编码，且在密钥的范围内。")
        raise InvalidInput(fields={"unit": [message]})
    return found


def _building(name: str, unit: Unit) -> Building | None:
    if not name:
        return None
    found = Building.objects.filter(unit=unit, name=name).first()
    if found is None:
        raise InvalidInput(fields={"building": [_("这个小区没有这栋楼。")]})
    return found
