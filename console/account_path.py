"""The way of a key account's matter, drawn on its ticket: taken in, the department, the region
where the department did not solve it in time, solved, called back by the region, closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from complaints.enums import CallResult, ClockKind, EventKind, State
from complaints.models import Ticket, TicketEvent
from complaints.reading import Entry
from complaints.services.routing import MANAGER_ROLE
from complaints.workflow import TERMINAL


def steps(ticket: Ticket, story: Sequence[Entry]) -> list[dict[str, Any]]:
    """Data for `{% ladder %}`, from the ticket's timeline in order."""
    events = [entry.event for entry in story]
    drawn = [
        (ticket.get_channel_display(), _first(events, EventKind.RECEIVED), None),
        _given(events),
        *_region(ticket, events),
        (_("解决"), _solved(ticket, events), _due(ticket, ClockKind.RESOLVE)),
        (_("区域回访"), _called(ticket, events), _due(ticket, ClockKind.CALL_BACK)),
        (_("办结"), _ended(ticket, events), None),
    ]
    reached = max(place for place, (_label, event, _at) in enumerate(drawn) if event or place == 0)
    return [
        _step(place, label, event, expected, reached)
        for place, (label, event, expected) in enumerate(drawn)
    ]


Drawn = tuple[str, TicketEvent | None, datetime | None]


def _step(
    place: int, label: str, event: TicketEvent | None, expected: datetime | None, reached: int
) -> dict[str, Any]:
    state = "next" if event is None else "now" if place == reached else "done"
    post = event.post if event is not None else None
    return {
        "level": place + 1,
        "label": label,
        "who": str(post) if post else "",
        "at": event.occurred_at if event is not None else expected,
        "state": state,
        "effect": "",
    }


def _given(events: Sequence[TicketEvent]) -> Drawn:
    """The department's; what is a danger goes to those on the spot, and its manager is told."""
    given = _first(events, EventKind.ASSIGNED)
    post = given.post if given is not None else None
    if post is not None and post.role.code != MANAGER_ROLE:
        return _("现场处理"), given, None
    return _("大客户服务部"), given, None


def _region(ticket: Ticket, events: Sequence[TicketEvent]) -> list[Drawn]:
    """Only where it went there, or still may."""
    went_up = next((event for event in events if _to_region(event)), None)
    if went_up is None and _solved(ticket, events) is not None:
        return []
    return [(_("区域客服"), went_up, _due(ticket, ClockKind.RESOLVE))]


def _to_region(event: TicketEvent) -> bool:
    clock = event.clock
    above = event.kind == EventKind.ESCALATED and bool(event.level)
    return above and clock is not None and clock.kind == ClockKind.RESOLVE


def _solved(ticket: Ticket, events: Sequence[TicketEvent]) -> TicketEvent | None:
    return _last(ticket, events, EventKind.RESOLVED)


def _called(ticket: Ticket, events: Sequence[TicketEvent]) -> TicketEvent | None:
    """Somebody was reached, or the asking was given up."""
    found = _last(ticket, events, EventKind.CALLED_BACK)
    if found is None or ticket.state == State.CALL_BACK:
        return None
    return found if found.reason_code != CallResult.NOT_SATISFIED else None


def _ended(ticket: Ticket, events: Sequence[TicketEvent]) -> TicketEvent | None:
    if ticket.state not in TERMINAL:
        return None
    return next((event for event in reversed(events) if event.to_state == ticket.state), None)


def _first(events: Sequence[TicketEvent], kind: EventKind) -> TicketEvent | None:
    return next((event for event in events if event.kind == kind), None)


def _last(ticket: Ticket, events: Sequence[TicketEvent], kind: EventKind) -> TicketEvent | None:
    mine = [event for event in events if event.kind == kind and event.cycle == ticket.cycle]
    return mine[-1] if mine else None


def _due(ticket: Ticket, kind: ClockKind) -> datetime | None:
    return next((clock.due_at for clock in ticket.live_clocks if clock.kind == kind), None)
