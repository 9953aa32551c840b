"""The clocks that a new version of a policy or of a calendar takes over, read for a set of tickets:
where each stands, through which waits it came, what has fired. Reads; `recomputation` writes and
`policy_preview` only counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Max, Q

from complaints.clock_math import from_minutes
from complaints.enums import ClockState, EventKind, State
from complaints.models import TicketClock, TicketEvent
from complaints.recount import Counting, Recounted, Standing, Wait, recount
from complaints.services.catalogue import Terms
from complaints.services.clocks import LIVE
from complaints.workflow import WAITING
from core.business_time import Calendar

#: states in which no clock runs and every clock is to run on
HALTED: Final = (*WAITING, State.MERGED)

COLUMNS: Final = (
    "id", "ticket_id", "kind", "policy_id", "calendar_id", "state", "started_at", "due_at",
    "stopped_at", "provisional", "remaining_minutes", "pause_ends_at", "next_level",
    "next_fire_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """The terms a clock is to have, and by which calendar a unit of this path counts."""

    terms: Terms
    calendar_at: Callable[[str], Calendar]


@dataclass
class Moving:
    """Live clocks of some tickets with all that counting them anew asks."""

    clocks: list[TicketClock]
    waits: Mapping[int, list[tuple[datetime, datetime | None]]]
    fired: Mapping[int, int]

    @classmethod
    def read(cls, ticket_ids: Collection[int], policy_ids: Collection[int] | None = None) -> Moving:
        clocks = TicketClock.objects.filter(ticket_id__in=ticket_ids, state__in=LIVE)
        if policy_ids is not None:
            clocks = clocks.filter(policy_id__in=policy_ids)
        found = list(clocks.only(*COLUMNS).order_by("ticket_id", "pk"))
        return cls(found, _waits(ticket_ids), _fired([clock.pk for clock in found]))

    def recounted(self, clock: TicketClock, old: Terms, new: Target, path: str) -> Recounted | None:
        """None where the new version makes no promise of this kind."""
        duration = new.terms.durations.get(clock.kind)
        if duration is None:
            return None
        return recount(
            _standing(clock),
            old=Counting(old.durations[clock.kind], old.calendar_of(clock.calendar_id)),
            new=Counting(duration, new.calendar_at(path), new.terms.ladders.get(clock.kind, ())),
            waits=self._waits_of(clock),
            fired=self.fired.get(clock.pk),
        )

    def _waits_of(self, clock: TicketClock) -> list[Wait]:
        """Those the clock went through; a waiting one stands at the begin of the last."""
        return [
            (begin, end or begin)
            for begin, end in self.waits.get(clock.ticket_id, ())
            if end is not None or clock.state == ClockState.PAUSED
        ]


def _standing(clock: TicketClock) -> Standing:
    paused = clock.state == ClockState.PAUSED
    left = from_minutes(clock.remaining_minutes or 0) if paused else None  # type: ignore[arg-type]
    return Standing(clock.started_at, clock.due_at, left)


def _waits(ticket_ids: Iterable[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """By ticket, from when to when it waited for somebody outside or rested in another ticket, from
    its events. A wait that was merged and taken up again is one."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    rows = (
        TicketEvent.objects.filter(ticket_id__in=ticket_ids)
        .filter(Q(to_state__in=HALTED) | Q(from_state__in=HALTED))
        .order_by("ticket_id", "occurred_at", "id")
        .values_list("ticket_id", "occurred_at", "to_state")
    )
    for ticket_id, at, to_state in rows:
        waits = found[ticket_id]
        waiting = bool(waits) and waits[-1][1] is None
        if to_state in HALTED and not waiting:
            waits.append((at, None))
        elif to_state not in HALTED and waiting:
            waits[-1] = (waits[-1][0], at)
    return found


def _fired(clock_ids: Collection[int]) -> dict[int, int]:
    rows = TicketEvent.objects.filter(clock_id__in=clock_ids, kind=EventKind.ESCALATED)
    return dict(rows.values_list("clock_id").annotate(Max("level")))
