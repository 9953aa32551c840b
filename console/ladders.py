"""The escalation ladder of a ticket as it is drawn: who was told, who is told next and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from complaints.enums import ClockState, EventKind, StepEffect
from complaints.models import LadderStep, Ticket, TicketClock, TicketEvent
from complaints.services import catalogue
from complaints.services.clocks import HANDLING, LIVE
from complaints.workflow import TERMINAL

#: the rungs of one clock of one policy, the lowest first
Rungs = Mapping[tuple[int, str], Sequence[LadderStep]]

_HANDLING: Final = frozenset(HANDLING)


@dataclass(frozen=True, slots=True)
class Climbed:
    """A clock and the levels of it that have fired, by level."""

    clock: TicketClock
    fired: Mapping[int, TicketEvent]

    @property
    def top(self) -> int:
        return max(self.fired, default=-1)


def rungs_of(policy_ids: Collection[int]) -> Rungs:
    """One statement for any number of policies."""
    return catalogue.current().rungs if policy_ids else {}


def level_label(rungs: Rungs, clock: TicketClock) -> str:
    """Where a clock has climbed to, in words; empty before the first escalation."""
    reached = _reached(rungs, clock)
    if reached is None or reached.level == 0:
        return ""
    return _("已升级至%(who)s") % {"who": step_label(reached)}


def step_label(step: LadderStep) -> str:
    if step.level == 0:
        return _("提醒")
    return str(step.role) if step.role else _("经办岗位")


def climbed(tickets: Iterable[Ticket], clocks: Iterable[TicketClock]) -> dict[int, Climbed]:
    """By ticket, the clock worth drawing: the one that climbed highest, else the first that is due.

    `clocks` are those of the tickets; one statement for any number of them.
    """
    drawn = _drawn(tickets, clocks)
    events = TicketEvent.objects.filter(clock__in=drawn, kind=EventKind.ESCALATED)
    return _highest(drawn, events.select_related("post__holder"))


def climbed_in(
    events: Iterable[TicketEvent], ticket: Ticket, clocks: Iterable[TicketClock]
) -> Climbed | None:
    """The same for one ticket, from all its events, read with who held their posts."""
    escalated = [event for event in events if event.kind == EventKind.ESCALATED]
    return _highest(_drawn([ticket], clocks), escalated).get(ticket.pk)


def _drawn(tickets: Iterable[Ticket], clocks: Iterable[TicketClock]) -> list[TicketClock]:
    cycles = {ticket.pk: ticket.cycle for ticket in tickets}
    return [
        clock
        for clock in clocks
        if clock.kind in _HANDLING and clock.cycle == cycles.get(clock.ticket_id)
    ]


def _highest(drawn: Sequence[TicketClock], escalated: Iterable[TicketEvent]) -> dict[int, Climbed]:
    fired = _fired(escalated)
    found: dict[int, Climbed] = {}
    for clock in drawn:
        one = Climbed(clock, fired[clock.pk])
        best = found.get(clock.ticket_id)
        if best is None or _height(one) > _height(best):
            found[clock.ticket_id] = one
    return found


def steps(ticket: Ticket, at: Climbed | None, rungs: Rungs) -> list[dict[str, Any]]:
    """The ladder for `{% ladder %}`; empty where there is nothing to climb any more."""
    if at is None or (not at.fired and (ticket.state in TERMINAL or at.clock.state not in LIVE)):
        return []
    ladder = rungs.get((at.clock.policy_id, at.clock.kind), ())
    return [_step(step, at) for step in ladder]


def _step(step: LadderStep, climbed: Climbed) -> dict[str, Any]:
    event = climbed.fired.get(step.level)
    return {
        "level": step.level,
        "label": step_label(step),
        "who": _who(event) if event else "",
        "at": event.occurred_at if event else _expected(step, climbed.clock),
        "state": _state(step, climbed),
        "effect": "" if step.level == 0 else StepEffect(step.effect).label,
    }


def _state(step: LadderStep, climbed: Climbed) -> str:
    if step.level > climbed.top:
        return "next"
    stands_here = step.level == climbed.top and climbed.clock.state in LIVE
    return "now" if stands_here else "done"


def _who(event: TicketEvent) -> str:
    post = event.post
    return post.holder.name if post and post.holder else ""


def _expected(step: LadderStep, clock: TicketClock) -> datetime | None:
    """When the level will fire if nothing happens; unknown while the clock stands still."""
    if clock.state != ClockState.RUNNING or clock.due_at is None:
        return None
    if step.level == clock.next_level:
        return clock.next_fire_at
    if step.after_minutes is None:
        return None
    return clock.due_at + timedelta(minutes=step.after_minutes)


def _reached(rungs: Rungs, clock: TicketClock) -> LadderStep | None:
    """The last rung below the one that fires next; after the last, the top."""
    ladder = rungs.get((clock.policy_id, clock.kind), ())
    below = [s for s in ladder if clock.next_level is None or s.level < clock.next_level]
    return below[-1] if below else None


def _fired(escalated: Iterable[TicketEvent]) -> dict[int, dict[int, TicketEvent]]:
    """By clock and level."""
    found: dict[int, dict[int, TicketEvent]] = defaultdict(dict)
    for event in escalated:
        found[event.clock_id or 0][event.level or 0] = event
    return found


def _height(one: Climbed) -> tuple[int, bool, float]:
    return one.top, one.clock.state in LIVE, -_due(one.clock)


def _due(clock: TicketClock) -> float:
    return clock.due_at.timestamp() if clock.due_at else float("inf")
