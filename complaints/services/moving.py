"""The clocks that a new version of a policy or of a calendar takes over: where each stands, through
which waits it came, what has fired. Reads; `recomputation` writes, `policy_preview` only counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple, Protocol

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Exists, F, Max, OuterRef, Q, Value

from complaints.clock_math import Duration, from_minutes
from complaints.enums import ClockState, EventKind, ExtensionState, State
from complaints.models import Extension, TicketClock, TicketEvent
from complaints.reasons import COUNTED_AFRESH
from complaints.recount import Counting, Recounted, Standing, Wait, count, recount
from complaints.services.catalogue import Terms
from complaints.services.clocks import LIVE
from complaints.workflow import WAITING
from core.business_time import Basis, Calendar
from core.compiled import AnyOf

#: states in which no clock runs and every clock is to run on
HALTED: Final = (*WAITING, State.MERGED)

COLUMNS: Final = (
    "id", "ticket_id", "kind", "policy_id", "calendar_id", "state", "started_at", "due_at",
    "stopped_at", "provisional", "remaining_minutes", "pause_ends_at", "next_level",
    "next_fire_at",
)  # fmt: skip
READ: Final = (
    "pk", "ticket_id", "kind", "policy_id", "calendar_id", "state", "started_at", "due_at",
    "remaining_minutes", "ticket__unit__path", "ticket__post_id", "ticket__kind",
)  # fmt: skip


class Clock(Protocol):
    """What counting a clock anew asks of it: a row of `TicketClock`, or an `OpenClock`."""

    @property
    def pk(self) -> int: ...
    @property
    def ticket_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def calendar_id(self) -> int | None: ...
    @property
    def state(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def remaining_minutes(self) -> Decimal | None: ...


class OpenClock(NamedTuple):
    """A live clock and what of its ticket says whom it would call. Models would take longer than
    the counting."""

    pk: int
    ticket_id: int
    kind: str
    policy_id: int
    calendar_id: int | None
    state: str
    started_at: datetime
    due_at: datetime | None
    remaining_minutes: Decimal | None
    path: str
    post_id: int | None
    ticket_kind: str


@dataclass(frozen=True, slots=True)
class Target:
    """The terms a clock is to have, and by which calendar a unit of this path counts."""

    terms: Terms
    calendar_at: Callable[[str], Calendar]


@dataclass(frozen=True, slots=True)
class Past:
    """What some clocks have behind them: waits by ticket, by clock the highest level that fired and
    the time that was granted on top."""

    waits: Mapping[int, list[tuple[datetime, datetime | None]]]
    fired: Mapping[int, int]
    extensions: Mapping[int, list[Duration]]

    @classmethod
    def of(cls, clocks: Collection[Clock]) -> Past:
        tickets = list(dict.fromkeys(clock.ticket_id for clock in clocks))
        ids = [clock.pk for clock in clocks]
        return cls(_waits(tickets), _fired(ids), _extensions(ids))

    def recounted(self, clock: Clock, old: Terms, new: Target, path: str) -> Recounted | None:
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
            extensions=self.extensions.get(clock.pk, ()),
        )

    def counted_afresh(self, clock: Clock, new: Target, path: str) -> Recounted | None:
        """The same by these terms alone: what was granted on top of other ones is not kept."""
        duration = new.terms.durations.get(clock.kind)
        if duration is None:
            return None
        return count(
            _standing(clock),
            new=Counting(duration, new.calendar_at(path), new.terms.ladders.get(clock.kind, ())),
            waits=self._waits_of(clock),
            fired=self.fired.get(clock.pk),
        )

    def _waits_of(self, clock: Clock) -> list[Wait]:
        """Those the clock went through; a waiting one stands at the begin of the last."""
        return [
            (begin, end or begin)
            for begin, end in self.waits.get(clock.ticket_id, ())
            if end is not None or clock.state == ClockState.PAUSED
        ]


def live_clocks(ticket_ids: Collection[int]) -> list[TicketClock]:
    """To be written: of tickets that the caller holds locked."""
    clocks = TicketClock.objects.filter(ticket_id__in=ticket_ids, state__in=LIVE)
    return list(clocks.only(*COLUMNS).order_by("ticket_id", "pk"))


def open_clocks(
    policy_ids: Collection[int], *, below: str = "", at_a_time: int
) -> Iterator[OpenClock]:
    """Those of every open ticket on these policies, ticket by ticket, never all of them in memory.
    `below` is the path of the units that are concerned, and of all under them."""
    clocks = TicketClock.objects.filter(state__in=LIVE, policy_id__in=policy_ids)
    below_it = clocks.filter(ticket__unit__path__startswith=below) if below else clocks
    rows = below_it.order_by("ticket_id", "pk").values_list(*READ)
    return map(OpenClock._make, rows.iterator(chunk_size=at_a_time))


def _standing(clock: Clock) -> Standing:
    paused = clock.state == ClockState.PAUSED
    left = from_minutes(clock.remaining_minutes or Decimal()) if paused else None
    return Standing(clock.started_at, clock.due_at, left)


def _waits(ticket_ids: list[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """By ticket, from when to when it waited for somebody outside or rested in another ticket, from
    its events. A wait that was merged and taken up again is one."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    rows = (
        TicketEvent.objects.filter(_any_of("ticket_id", ticket_ids))
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


def _fired(clock_ids: list[int]) -> dict[int, int]:
    rows = TicketEvent.objects.filter(_any_of("clock_id", clock_ids), kind=EventKind.ESCALATED)
    return dict(rows.values_list("clock_id").annotate(Max("level")))


def _extensions(clock_ids: list[int]) -> dict[int, list[Duration]]:
    """Those that count: a corrected severity or account counted the promise afresh, without
    them."""
    found: dict[int, list[Duration]] = defaultdict(list)
    granted = Extension.objects.filter(_any_of("clock_id", clock_ids), state=ExtensionState.GRANTED)
    regraded = Q(kind=EventKind.GRADED) & ~Q(from_severity="")
    of_another = Q(kind=EventKind.OF_ACCOUNT, reason_code=COUNTED_AFRESH)
    later = TicketEvent.objects.filter(
        regraded | of_another, ticket=OuterRef("ticket"), pk__gt=OuterRef("decided_id")
    )
    granted = granted.filter(~Exists(later))
    for clock_id, length, basis in granted.order_by("decided_id").values_list(
        "clock_id", "minutes", "basis"
    ):
        found[clock_id].append(Duration(length, Basis(basis)))
    return found


def _any_of(column: str, ids: list[int]) -> Any:
    """`IN` would have the driver take thousands of places apart."""
    return AnyOf(F(column), Value(ids, output_field=ArrayField(BigIntegerField())))
