"""The sweep: whatever is due on any ticket happens, once, however many sweep at the same time.

A batch is one transaction: it locks the tickets that are due and writes their events, clocks,
history, notices and messages, or nothing. So a crash loses no level and repeats none; the next
sweep finds exactly what was left (docs/adr/0031).
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from complaints import metrics
from complaints.enums import EventKind, Template
from complaints.services import announcing, catalogue, failures, sweep_rows, sweep_steps
from complaints.services.announcing import Happened
from complaints.services.seating import NOBODY, Asked, Seating
from complaints.services.sweep_rows import Claimed, DueClock, Place, Written
from complaints.services.sweep_steps import Ladders, Sweeping
from complaints.services.telling import OBJECT, SOURCE
from core.errors import Busy
from core.transactions import wait_at_most
from notifications.services import notices
from notifications.services.notices import Telling
from organisation.models import Post
from organisation.services.posts import local_date

logger = logging.getLogger(__name__)

BATCH: Final = 1_000
#: milliseconds that a part of a batch that raised waits for a lock, and how many parts may do so in
#: vain: one ticket that is held up among a thousand costs ten
BRIEFLY: Final = 500
WAITS: Final = 30

#: events that concern the post they name, and what it is told
TO_POST: Final = {
    EventKind.ESCALATED: Template.TICKET_ESCALATED,
    EventKind.REVIEWED: Template.TICKET_REVIEWED,
    EventKind.RESUMED: Template.TICKET_RESUMED,
}


#: of these, those whose post the sweep has just found, past everybody whom the ticket names
FOUND_NOW: Final = (EventKind.ESCALATED, EventKind.REVIEWED)


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep did: levels fired, reviews asked for, tickets closed, pauses ended, tickets (or
    single clocks) that raised and were put aside."""

    fired: int = 0
    reviewed: int = 0
    closed: int = 0
    resumed: int = 0
    failed: int = 0

    def __add__(self, other: SweepResult) -> SweepResult:
        return SweepResult(
            self.fired + other.fired,
            self.reviewed + other.reviewed,
            self.closed + other.closed,
            self.resumed + other.resumed,
            self.failed + other.failed,
        )

    @property
    def did_something(self) -> bool:
        return self != SweepResult()


def sweep(
    at: datetime, batch: int = BATCH, *, stopping: Callable[[], bool] = lambda: False
) -> SweepResult:
    """Do all that is due by `at`, in batches until nothing is left or the caller is `stopping`.

    What somebody else holds locked, be it the ticket or a row that it needs beside, is left to the
    next sweep. Raises only when the database is out of reach or nothing can be claimed at all; a
    ticket that raises is put aside and recorded.
    """
    total = SweepResult()
    place: Place | None = None
    while True:
        claimed: list[Claimed] = []
        try:
            with transaction.atomic():
                claimed = sweep_rows.claim(at, limit=batch, after=place)
                done = _carry(claimed, at)
        except Exception as error:
            if not claimed or not connection.is_usable():
                raise
            done = _TakenApart(at).run([each.ticket.pk for each in claimed], error)
        if not claimed:
            metrics.note_sweep(total)
            return total
        total += done
        if stopping():
            return total
        place = claimed[-1].due_at, claimed[-1].ticket.pk


@dataclass
class _TakenApart:
    """A batch that raised and was rolled back: run again in halves, down to the one at fault.

    A lock that somebody keeps is nobody's fault: what waited for it stays due, for the next sweep.
    """

    at: datetime
    #: how often a part waited in vain; when it was often enough, the rest is left as well
    waits: int = 0

    def run(self, ticket_ids: Sequence[int], error: Exception) -> SweepResult:
        self.waits += isinstance(error, Busy)
        if len(ticket_ids) == 1:
            return self._put_aside(ticket_ids[0], error)
        middle = len(ticket_ids) // 2
        return self._again(ticket_ids[:middle]) + self._again(ticket_ids[middle:])

    def _again(self, ticket_ids: Sequence[int]) -> SweepResult:
        if self.waits > WAITS:
            return SweepResult()
        try:
            return self._carry(ticket_ids)
        except Exception as error:
            if not connection.is_usable():
                raise
            return self.run(ticket_ids, error)

    @transaction.atomic
    def _carry(self, ticket_ids: Sequence[int], only_clock: int | None = None) -> SweepResult:
        wait_at_most(BRIEFLY)
        return _carry(sweep_rows.claim_again(self.at, ticket_ids), self.at, only_clock)

    def _put_aside(self, ticket_id: int, error: Exception) -> SweepResult:
        """Record the failure; of several due clocks only those at fault wait."""
        if isinstance(error, Busy):
            logger.warning("ticket %s is left to the next sweep: a row it needs is kept", ticket_id)
            return SweepResult()
        clock_ids = sweep_rows.due_clock_ids(ticket_id, self.at)
        if len(clock_ids) < 2:
            failures.record(ticket_id, clock_ids[0] if clock_ids else None, error, at=self.at)
            return SweepResult(failed=1)
        total, at_fault = SweepResult(), dict[int, Exception]()
        for clock_id in clock_ids:
            try:
                total += self._carry([ticket_id], only_clock=clock_id)
            except Exception as failure:
                if not connection.is_usable():
                    raise
                at_fault[clock_id] = failure
        recorded = {pk: why for pk, why in at_fault.items() if not isinstance(why, Busy)}
        for clock_id, reason in recorded.items():
            failures.record(ticket_id, clock_id, reason, at=self.at)
        return total + SweepResult(failed=len(recorded))


def _carry(claimed: Sequence[Claimed], at: datetime, only_clock: int | None = None) -> SweepResult:
    """Take the claimed tickets to their next step and write it, in the open transaction."""
    if not claimed:
        return SweepResult()
    sweeping = _prepare(claimed, at, only_clock)
    for each in claimed:
        sweeping.carry(each)
    written = sweep_rows.insert_events(sweeping.step.events)
    _tell(written, sweeping, at)
    _tell_watchers(written, {each.ticket.pk: each.watchers for each in claimed}, at)
    sweep_rows.update_clocks(sweeping.step.clocks.values())
    sweep_rows.insert_clocks(sweeping.step.started)
    sweep_rows.update_tickets(each.ticket for each in claimed)
    failures.forget([each.ticket.pk for each in claimed if each.has_failed])
    counts = Counter(event.kind for event in written)
    return SweepResult(
        fired=counts[EventKind.ESCALATED],
        reviewed=counts[EventKind.REVIEWED],
        closed=counts[EventKind.CLOSED],
        resumed=counts[EventKind.RESUMED],
    )


def _prepare(claimed: Sequence[Claimed], at: datetime, only_clock: int | None) -> Sweeping:
    ids = [each.ticket.pk for each in claimed]
    known = catalogue.at_stamp(claimed[0].catalogue_stamp)
    ladders = sweep_steps.ladders_of(known)
    clocks = sweep_rows.live_clocks(ids)
    tickets = [each.ticket for each in claimed]
    again = sweep_steps.may_take_over_again(claimed, clocks, ladders, at)
    return Sweeping(
        at=at,
        catalogue=known,
        ladders=ladders,
        clocks=clocks,
        named=sweep_rows.named_staff(ids),
        seating=_seating(claimed, clocks, ladders, at),
        not_to_close=sweep_steps.not_to_close(tickets, known),
        written=sweep_rows.levels_written(again),
        only_clock=only_clock,
    )


def _seating(
    claimed: Sequence[Claimed],
    clocks: Mapping[int, Sequence[DueClock]],
    ladders: Ladders,
    at: datetime,
) -> Seating:
    """Posts for the tickets of which a level may fire; reviews and closings need none."""
    asked: set[Asked] = set()
    climbed: set[tuple[int, str]] = set()
    for ticket, _, unit_path, *_ in claimed:
        for clock in clocks.get(ticket.pk, ()):
            if clock.next_level is not None:
                asked.add(Asked(unit_path, ticket.post_id, ticket.kind))
                climbed.add((clock.policy_id, clock.kind))
    rungs = [rung for each in climbed for rung in ladders.get(each, ())]
    roles = {role for rung in rungs for role in rung.roles if role is not None}
    return Seating.read(asked, roles, at) if asked else Seating(at)


def _tell(written: Sequence[Written], sweeping: Sweeping, at: datetime) -> None:
    """Notices and messages for the events that are new."""
    by_kind: dict[str, list[Written]] = defaultdict(list)
    for event in written:
        by_kind[event.kind].append(event)
    for kind, template in TO_POST.items():
        told = ((each, each.post_id) for each in by_kind[kind])
        _tell_posts(told if kind in FOUND_NOW else _heard(told, sweeping), template, at)
    # whoever had the ticket hears that it is theirs no longer
    taken = by_kind[EventKind.TAKEN_OVER]
    relieved = ((each, sweeping.step.relieved.get(each.ticket_id)) for each in taken)
    _tell_posts(_heard(relieved, sweeping), Template.TICKET_TAKEN_OVER, at)
    _tell_reporters(by_kind[EventKind.CLOSED], at)
    happened = (Happened(each.event_id, each.ticket_id, each.kind) for each in written)
    announcing.announce_swept(happened, at=at)


def _tell_watchers(
    written: Sequence[Written], watchers: Mapping[int, Sequence[int]], at: datetime
) -> None:
    """Whoever supervises a ticket hears of each level, unless it reached them anyway."""
    up = [event for event in written if event.kind == EventKind.ESCALATED]
    pairs = [
        (event, post_id)
        for event in up
        for post_id in watchers[event.ticket_id]
        if post_id != event.post_id
    ]
    if pairs:
        _tell_posts(pairs, Template.TICKET_ESCALATED, at)


def _heard(
    told: Iterable[tuple[Written, int | None]], sweeping: Sweeping
) -> list[tuple[Written, int]]:
    """What a post would hear that has ended, or to which somebody whom the ticket names has come
    since, the duty queue hears, as `Act.hearing` says of one ticket (docs/adr/0112)."""
    pairs = [(event, post_id) for event, post_id in told if post_id is not None]
    if not pairs:
        return []
    of_today = Post.objects.valid_on(local_date(sweeping.at))
    rows = of_today.filter(pk__in={post_id for _event, post_id in pairs})
    people = {
        pk: {holder, stand_in}
        for pk, holder, stand_in in rows.values_list("pk", "holder_id", "stand_in_id")
    }

    def hears(event: Written, post_id: int) -> int:
        about = sweeping.named.get(event.ticket_id, NOBODY)
        if post_id in people and not people[post_id] & about:
            return post_id
        return sweeping.seating.duty_post(about)

    return [(event, hears(event, post_id)) for event, post_id in pairs]


def _tell_posts(
    events: Iterable[tuple[Written, int | None]], template: Template, at: datetime
) -> None:
    notices.tell_posts_alike(
        [
            (event.event_id, post_id, event.ticket_id)
            for event, post_id in events
            if post_id is not None
        ],
        source_kind=SOURCE,
        template=template,
        object_kind=OBJECT,
        at=at,
    )


def _tell_reporters(closed: Sequence[Written], at: datetime) -> None:
    if not closed:
        return
    events = {each.ticket_id: each.event_id for each in closed}
    tellings = [
        Telling(
            SOURCE,
            events[ticket_id],
            Template.TICKET_CLOSED if own_id == ticket_id else Template.TICKET_FOLLOWED,
            OBJECT,
            own_id,
            subject_id=subject_id,
        )
        for ticket_id, own_id, subject_id in sweep_rows.reporters(list(events))
    ]
    notices.tell(tellings, at=at)
