"""The clocks of one ticket: started, stopped, paused, cancelled, always on rows that the caller
holds locked and saves. Arithmetic is `clock_math`; what fires is `escalation`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from complaints import clock_math
from complaints.enums import ClockKind, ClockState, State
from complaints.holding import OUT_OF_HAND
from complaints.models import Ticket, TicketClock
from complaints.services.catalogue import Catalogue, Terms
from complaints.spans import CONFIRM_WINDOW, REVIEW_EVERY
from complaints.workflow import TERMINAL
from core.business_time import Basis
from core.rows import row

#: what a reopened ticket promises again; it has been acknowledged
HANDLING: Final = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE)
#: what runs while a ticket is somebody's work: the promises, and the holder's own time
IN_HAND: Final = (*HANDLING, ClockKind.SEGMENT)

LIVE: Final = (ClockState.RUNNING, ClockState.PAUSED)

#: what any of these functions may have changed
CHANGED_FIELDS: Final = (
    "state",
    "due_at",
    "stopped_at",
    "provisional",
    "remaining_minutes",
    "pause_ends_at",
    "next_level",
    "next_fire_at",
)


class Ticking(Protocol):
    """What may change of a clock: a row of `TicketClock`, or the sweep's own reading of many."""

    kind: str
    policy_id: int
    calendar_id: int | None
    state: str
    due_at: datetime | None
    stopped_at: datetime | None
    provisional: bool
    remaining_minutes: Decimal | None
    pause_ends_at: datetime | None
    next_level: int | None
    next_fire_at: datetime | None


class Standing(Protocol):
    """What decides when a ticket is looked at again, beside its clocks."""

    state: str
    resolved_at: datetime | None

    @property
    def waits_until(self) -> datetime | None: ...


class Held(Protocol):
    """What the clock of its holder asks of a ticket."""

    pk: int
    state: str
    cycle: int
    policy_id: int | None
    post_id: int | None

    @property
    def waits_until(self) -> datetime | None: ...


AnyClock = TypeVar("AnyClock", bound=Ticking)


def start(
    ticket: Ticket,
    terms: Terms,
    *,
    at: datetime,
    kinds: Collection[str] = (ClockKind.ACKNOWLEDGE, *IN_HAND),
) -> list[TicketClock]:
    """Unsaved clocks of the ticket's cycle. An intake that answers has acknowledged, at once."""
    clocks = [
        _run(_new(kind, ticket, ticket.unit.path, terms, at), terms, at)
        for kind in kinds
        if kind in terms.durations
    ]
    _stop([clock for clock in clocks if clock.kind == ClockKind.ACKNOWLEDGE], at)
    return clocks


def start_segment(
    ticket: Held,
    unit_path: str,
    beside: Iterable[Ticking],
    *,
    at: datetime,
    catalogue: Catalogue,
) -> list[TicketClock]:
    """The unsaved clock of the post that has just got the ticket; none where the policy gives a
    holder no time of their own or nobody is to work. While the ticket or the clocks beside it wait,
    it waits."""
    terms = catalogue.terms_by_id.get(ticket.policy_id or 0)
    if terms is None or ClockKind.SEGMENT not in terms.durations or ticket.state in OUT_OF_HAND:
        return []
    segment = _run(_new(ClockKind.SEGMENT, ticket, unit_path, terms, at), terms, at)
    ends = [ticket.waits_until, *(clock.pause_ends_at for clock in beside)]
    if waits := [end for end in ends if end is not None and end > at]:
        pause([segment], at=at, until=min(waits), catalogue=catalogue)
    return [segment]


def stop(
    clocks: Iterable[AnyClock], kinds: Collection[str], *, at: datetime, catalogue: Catalogue
) -> list[AnyClock]:
    """Stop those of these kinds that are live; kept when `at` is not after due. Paused ones are
    settled first, so that a pause never breaks a promise."""
    found = [clock for clock in clocks if clock.kind in kinds and clock.state in LIVE]
    _stop(resume(found, at=at, catalogue=catalogue), at)
    return found


def pause(
    clocks: Iterable[TicketClock], *, at: datetime, until: datetime, catalogue: Catalogue
) -> list[TicketClock]:
    """Keep what remains of the running ones until somebody resumes, at the latest at `until`."""
    found = [clock for clock in clocks if clock.state == ClockState.RUNNING]
    for clock in found:
        terms = catalogue.terms_by_id[clock.policy_id]
        left = clock_math.kept_by_pause(
            terms.durations[clock.kind],
            terms.calendar_of(clock.calendar_id),
            at,
            clock.due_at or at,
        )
        clock.state, clock.remaining_minutes = ClockState.PAUSED, clock_math.to_minutes(left)
        clock.due_at = clock.next_fire_at = None
        clock.pause_ends_at = until
    return found


def resume(clocks: Iterable[AnyClock], *, at: datetime, catalogue: Catalogue) -> list[AnyClock]:
    """Let the paused ones run on with what remained; whose pause is over have done so since its
    end, whoever comes first. Returns all that were given."""
    found = list(clocks)
    for clock in found:
        if clock.state == ClockState.PAUSED and clock.remaining_minutes is not None:
            left = clock_math.from_minutes(clock.remaining_minutes)
            began = min(at, clock.pause_ends_at or at)
            clock.state, clock.remaining_minutes = ClockState.RUNNING, None
            clock.pause_ends_at = None
            _run(clock, catalogue.terms_by_id[clock.policy_id], began, left)
    return found


def extend(
    clock: TicketClock, minutes: int, basis: Basis, *, at: datetime, catalogue: Catalogue
) -> TicketClock:
    """Give a live clock so many more minutes of this basis: what is left becomes longer, and it
    runs on from now. Levels that fired stay fired, those ahead move with the new due moment."""
    terms = catalogue.terms_by_id[clock.policy_id]
    duration, calendar = terms.durations[clock.kind], terms.calendar_of(clock.calendar_id)
    if clock.state == ClockState.PAUSED and clock.remaining_minutes is not None:
        left = clock_math.from_minutes(clock.remaining_minutes)
    else:
        left = clock_math.left_at(duration, calendar, at, clock.due_at or at)
    more = minutes * clock_math.MINUTE
    longer = clock_math.lengthened(duration, calendar, at, left, more, basis)
    if clock.state == ClockState.PAUSED:
        clock.remaining_minutes = clock_math.to_minutes(longer)
        return clock
    return _run(clock, terms, at, longer)


def cancel(clocks: Iterable[AnyClock], *, at: datetime) -> list[AnyClock]:
    """The promise is void: the matter was withdrawn or is not taken up."""
    found = [clock for clock in clocks if clock.state in LIVE]
    for clock in found:
        clock.state, clock.stopped_at = ClockState.CANCELLED, at
        clock.remaining_minutes = clock.pause_ends_at = None
        clock.next_level = clock.next_fire_at = None
    return found


def set_aside(
    clocks: Iterable[TicketClock], *, at: datetime, catalogue: Catalogue
) -> list[TicketClock]:
    """Cancel them, but keep what remained and the end of a pause, so that `take_up` can undo it."""
    found = [clock for clock in clocks if clock.state in LIVE]
    kept = {clock.pk: (clock.due_at, clock.pause_ends_at) for clock in found}
    pause(found, at=at, until=at, catalogue=catalogue)
    for clock in found:
        left = clock.remaining_minutes
        cancel([clock], at=at)
        clock.due_at, clock.pause_ends_at = kept[clock.pk]
        clock.remaining_minutes = left
    return found


def take_up(
    clocks: Iterable[TicketClock],
    *,
    at: datetime,
    catalogue: Catalogue,
    fired: Mapping[int, int],
) -> list[TicketClock]:
    """Let those that were set aside go on with what remained; time since then does not count.

    A pause whose end is still ahead goes on as a pause. `fired` is the highest level by clock id:
    it does not fire again.
    """
    found = [clock for clock in clocks if clock.remaining_minutes is not None]
    for clock in found:
        ends_at = clock.pause_ends_at
        clock.state, clock.due_at, clock.stopped_at = ClockState.PAUSED, None, None
        clock.next_level = fired.get(clock.pk, -1) + 1
        if ends_at is None or ends_at <= at:
            clock.pause_ends_at = None
            resume([clock], at=at, catalogue=catalogue)
        else:
            clock.next_level = _level_ahead(clock, catalogue)
    return found


def _level_ahead(clock: TicketClock, catalogue: Catalogue) -> int | None:
    """The lowest level of the ladder that has not fired; None after the last."""
    steps = catalogue.terms_by_id[clock.policy_id].ladders.get(clock.kind, ())
    ahead = [step.level for step in steps if step.level >= (clock.next_level or 0)]
    return min(ahead, default=None)


def next_step(
    ticket: Standing,
    clocks: Iterable[Ticking],
    *,
    at: datetime,
    review_at: datetime | None = None,
) -> datetime | None:
    """When the system looks at this ticket again; the only rule there is for `next_step_at`.

    The next level of any clock or the end of a wait; for a resolved ticket the end of the
    resident's time; else the duty queue's next review, at `review_at` where that stands already.
    None exactly when the state is terminal.
    """
    if ticket.state in TERMINAL:
        return None
    review_at = review_at or at + REVIEW_EVERY
    if ticket.state == State.RESOLVED and ticket.resolved_at is not None:
        confirmed_by = ticket.resolved_at + CONFIRM_WINDOW
        return confirmed_by if confirmed_by > at else review_at
    moments = [
        ticket.waits_until,
        *(
            moment
            for clock in clocks
            for moment in (clock.next_fire_at, clock.pause_ends_at)
            if clock.state in LIVE
        ),
    ]
    return min((moment for moment in moments if moment is not None), default=review_at)


def _new(kind: str, ticket: Held, unit_path: str, terms: Terms, at: datetime) -> TicketClock:
    regional = terms.regional(unit_path)
    return row(
        TicketClock,
        ticket_id=ticket.pk,
        kind=kind,
        cycle=ticket.cycle,
        policy_id=terms.policy.pk,
        calendar_id=regional.pk if regional else None,
        post_id=ticket.post_id if kind == ClockKind.SEGMENT else None,
        started_at=at,
    )


def _run(clock: AnyClock, terms: Terms, at: datetime, left: timedelta | None = None) -> AnyClock:
    """A stretch from `at`; levels that fired in an earlier stretch stay fired."""
    duration, calendar = terms.durations[clock.kind], terms.calendar_of(clock.calendar_id)
    promised = clock_math.due(duration, calendar, at, left)
    clock.due_at = promised.at
    clock.provisional = clock.provisional or promised.provisional
    started = left is None
    firings = clock_math.firings(
        terms.ladders.get(clock.kind, ()), duration, calendar, at, promised.at, left
    )
    ahead = [
        firing
        for firing in firings
        if started or (clock.next_level is not None and firing.level >= clock.next_level)
    ]
    clock.next_level = ahead[0].level if ahead else None
    clock.next_fire_at = ahead[0].at if ahead else None
    return clock


def _stop(clocks: Iterable[Ticking], at: datetime) -> None:
    for clock in clocks:
        kept = clock.due_at is not None and clock_math.kept(at, clock.due_at)
        clock.state = ClockState.KEPT if kept else ClockState.BROKEN
        clock.stopped_at = at
        clock.next_level = clock.next_fire_at = None
