"""Clocks as chips: what is left, by how much something is late, how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.enums import ClockKind, ClockState
from complaints.models import TicketClock
from complaints.services.clocks import LIVE
from console.ladders import Rungs, level_label

LABELS: Final[dict[str, Promise]] = {
    ClockKind.ACKNOWLEDGE: _("受理"),
    ClockKind.FIRST_RESPONSE: _("首响"),
    ClockKind.RESOLVE: _("解决"),
    ClockKind.CALL_BACK: _("回访"),
    ClockKind.SEGMENT: _("经办"),
}
_ENDED: Final = {ClockState.KEPT: "kept", ClockState.BROKEN: "broken"}
_MINUTE: Final = timedelta(minutes=1)


def chip(clock: TicketClock, *, at: datetime, rungs: Rungs) -> dict[str, Any] | None:
    """The data of `{% clock_chip %}`; nothing for a clock that was cancelled or imported."""
    label = str(LABELS.get(clock.kind, ""))
    if clock.provisional and clock.state in LIVE:
        label = _provisional(label)
    if clock.state == ClockState.RUNNING and clock.due_at is not None:
        level = level_label(rungs, clock) if clock.due_at < at else ""
        # level 0 has warned already
        near = clock.next_level is None or clock.next_level > 0
        return {**due(label, clock.due_at, at=at), "level": level, "near": near}
    if clock.state == ClockState.PAUSED:
        return {"label": label, "kind": "paused", "minutes": int(clock.remaining_minutes or 0)}
    if clock.state in _ENDED:
        return {"label": label, **_ended(clock)}
    return None


def _provisional(label: str) -> str:
    """The year it is due in has no announced holidays yet: it may still move."""
    return gettext("%(clock)s（暂定）") % {"clock": label}


def first(clocks: Iterable[TicketClock], *, at: datetime, rungs: Rungs) -> dict[str, Any] | None:
    """The chip of a list: the live clock that is due first. `clocks` come in that order."""
    return next((found for clock in clocks if (found := chip(clock, at=at, rungs=rungs))), None)


def all_of(clocks: Iterable[TicketClock], *, at: datetime, rungs: Rungs) -> list[dict[str, Any]]:
    """The chips of a ticket's head: its present promises to answer and to solve, and what its
    present holder has left. How long earlier ones had it is told elsewhere."""
    drawn = [
        clock
        for clock in clocks
        if clock.kind != ClockKind.ACKNOWLEDGE
        and (clock.kind != ClockKind.SEGMENT or clock.state in LIVE)
    ]
    return [found for clock in drawn if (found := chip(clock, at=at, rungs=rungs))]


def due(label: str, due_at: datetime, *, at: datetime) -> dict[str, Any]:
    """What is left until a moment, or by how much it is over; also of what has no clock."""
    return {
        "label": label,
        "kind": "overdue" if due_at < at else "left",
        "minutes": abs(due_at - at) // _MINUTE,
        "due_at": due_at,
    }


def _ended(clock: TicketClock) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": _ENDED[ClockState(clock.state)], "due_at": clock.due_at}
    if clock.state == ClockState.BROKEN and clock.stopped_at and clock.due_at:
        found["minutes"] = (clock.stopped_at - clock.due_at) // _MINUTE
    return found
