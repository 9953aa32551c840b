"""A new version of a calendar for the whole company or for a region, and what it does to the clocks
that run: looked at first, then announced, then moved in chunks (`recomputation`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from complaints.services import (
    catalogue,
    policy_preview,
    policy_versions,
    recomputation,
    sweep_steps,
)
from complaints.services.moving import Target
from complaints.services.policy_preview import Plan, Preview
from core import tags
from core.actors import Actor
from core.business_time import Calendar, Intervals
from organisation import calendar_layers
from organisation.calendar_reader import AnnouncedDay
from organisation.models import Unit, WorkCalendar
from organisation.services import calendars
from organisation.services.calendars import OwnDay, calendar_for, default_calendar
from privacy.vault.enums import LedgerKind
from privacy.vault.services import ledger


def preview_announcement(
    days: Sequence[AnnouncedDay], years: Sequence[int], *, at: datetime
) -> Preview:
    """What announcing these years for the whole company would move."""
    base = default_calendar()
    regions = {row.unit.path: row for row in calendars.newest_regional(base) if row.unit}
    known: dict[str, Calendar] = {}

    def calendar_at(path: str) -> Calendar:
        region = max((each for each in regions if path.startswith(each)), default="")
        if region not in known:
            known[region] = calendar_layers.announced(base, days, years, regions.get(region))
        return known[region]

    return policy_preview.preview(_plan(base, calendar_at), at=at)


def preview_override(
    unit: Unit, days: Sequence[OwnDay], week: Mapping[int, Intervals] | None, *, at: datetime
) -> Preview:
    """What these days of a region's own would move among its tickets."""
    base = default_calendar()
    calendars.check_own(days, week or {})
    there = calendar_layers.overridden(base, days, week or {})
    known = catalogue.current()

    def calendar_at(path: str) -> Calendar:
        holds = known.newest_calendar(base, path)
        inner = holds.unit is not None and len(holds.unit.path) > len(unit.path)
        return calendar_for(holds) if inner else there

    return policy_preview.preview(_plan(base, calendar_at), at=at, below=unit.path)


def tag(unit: Unit | None = None) -> str:
    """The versions that hold now: the whole company's, and a unit's own upon it."""
    base = _newest(WorkCalendar.objects.filter(code=calendars.DEFAULT_CODE))
    own = _newest(WorkCalendar.objects.filter(unit=unit)) if unit else 0
    return f"{base}.{own}"


@transaction.atomic
def announce(
    days: Sequence[AnnouncedDay],
    *,
    sources: Mapping[int, str],
    actor: Actor,
    at: datetime,
    code: str = calendars.DEFAULT_CODE,
    seen: str | None = None,
) -> WorkCalendar:
    """The years are as announced from now on, for new clocks and for those that run. Raises
    NotAllowed or ChangedMeanwhile."""
    policy_versions.require_keeper(actor)
    _lock(code)
    tags.require_unchanged(seen, tag())
    version = calendars.announce(code, days, sources=sources, actor=actor, at=at)
    policy_versions.follow_calendars(at)
    recomputation.order(f"calendar:{version.code}:{version.version}", at=at)
    _record("announced", actor, at)
    return version


@transaction.atomic
def override(
    unit: Unit,
    days: Sequence[OwnDay],
    *,
    week: Mapping[int, Intervals] | None = None,
    actor: Actor,
    at: datetime,
    seen: str | None = None,
) -> WorkCalendar:
    """The region has these days of its own from now on, for new clocks and for those that run.
    Raises NotAllowed, ChangedMeanwhile, or InvalidInput for days or hours that cannot be."""
    _lock(calendars.DEFAULT_CODE)
    tags.require_unchanged(seen, tag(unit))
    version = calendars.override(unit, days, week=week, actor=actor, at=at)
    recomputation.order(f"calendar:{version.code}:{version.version}", at=at)
    _record("overridden", actor, at)
    return version


def own_week(unit: Unit) -> dict[int, Intervals] | None:
    """The hours of its own that the unit has, which its days do not change."""
    row = calendars.row_of(unit)
    return calendar_layers.own_week(row) if row.unit_id == unit.pk else None


def own_days(unit: Unit) -> dict[date, OwnDay]:
    row = calendars.row_of(unit)
    return calendar_layers.own_days(row) if row.unit_id == unit.pk else {}


def _lock(code: str) -> None:
    """All versions of the base, one editor after another."""
    rows = WorkCalendar.objects.select_for_update(no_key=True).filter(code=code)
    list(rows.order_by("pk").values_list("pk"))


def _newest(rows: QuerySet[WorkCalendar]) -> int:
    last: int | None = rows.aggregate(last=Max("version"))["last"]
    return last or 0


def _record(what: str, actor: Actor, at: datetime) -> None:
    label = WorkCalendar._meta.label_lower
    kind = LedgerKind.CALENDAR_CHANGED
    ledger.append(kind, actor=actor, at=at, object_kind=label, object_count=1, reason_code=what)


def _plan(base: WorkCalendar, calendar_at: Callable[[str], Calendar]) -> Plan:
    """Every policy on this calendar, with its own promises."""
    concerned = {
        policy_id: terms
        for policy_id, terms in catalogue.current().terms_by_id.items()
        if terms.policy.calendar.code == base.code
    }
    return Plan(
        {policy_id: Target(terms, calendar_at) for policy_id, terms in concerned.items()},
        {
            policy_id: sweep_steps.rungs_by_kind(terms.policy)
            for policy_id, terms in concerned.items()
        },
    )
