"""Clocks that run move to the version of their policy that takes them over, and to the calendar
that their region has now.

Chunk by chunk, each a transaction that locks its tickets as an act or a sweep does and skips those
that somebody holds. What is left to do is asked of the clocks themselves, so a process that is
killed leaves nothing behind and any other goes on; a clock that has moved is not found again
(docs/adr/0057). `ticket.version` counts people's edits and stays.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from complaints.clock_math import to_minutes
from complaints.enums import ClockKind
from complaints.models import CallBack, Ticket, TicketClock
from complaints.recount import Recounted
from complaints.services import catalogue, sweep_rows
from complaints.services import clocks as clock_service
from complaints.services.catalogue import Catalogue, Terms
from complaints.services.moving import Past, Target, live_clocks
from core.arrays import literals
from core.clock import database_now
from core.models import Job
from core.models.job import JobState
from core.services import jobs
from organisation.services.calendars import calendar_for

JOB: Final = "complaints.recompute"
REASON: Final = "policy"
CHUNK: Final = 200
#: a ticket being taken in while the version changed may still come with the old one
STRAGGLERS: Final = timedelta(minutes=2)
PATIENCE: Final = 0.2  # seconds until what others held is tried again
PASSES: Final = 20
PREPARED: Final = datetime.max.replace(tzinfo=UTC)

# Live clocks on a version that gave way, or by a calendar that is not the newest for their unit: of
# the smallest region around it, else of the whole company. No id stands for the policy's own.
_OUTSTANDING = """
WITH newest AS (
    SELECT DISTINCT ON (code) code, id FROM organisation_workcalendar
    WHERE base_id IS NULL ORDER BY code, version DESC
)
SELECT DISTINCT clock.ticket_id
FROM complaints_ticketclock clock
JOIN complaints_ticket ticket ON ticket.id = clock.ticket_id
JOIN organisation_unit unit ON unit.id = ticket.unit_id
JOIN complaints_policy policy ON policy.id = clock.policy_id
JOIN organisation_workcalendar own ON own.id = policy.calendar_id
JOIN newest ON newest.code = own.code
WHERE clock.state IN ('running', 'paused')
  AND (clock.policy_id = ANY(%(superseded)s)
       OR coalesce(clock.calendar_id, own.id) <> coalesce((
           SELECT region.id FROM organisation_workcalendar region
           JOIN organisation_unit above ON above.id = region.unit_id
           WHERE region.base_id = newest.id AND starts_with(unit.path, above.path)
           ORDER BY above.path DESC, region.version DESC LIMIT 1), newest.id))
ORDER BY clock.ticket_id
"""

_UPDATE = """
UPDATE complaints_ticketclock clock
SET policy_id = new.policy_id, calendar_id = new.calendar_id, state = new.state,
    due_at = new.due_at, stopped_at = new.stopped_at, provisional = new.provisional,
    remaining_minutes = new.remaining_minutes, pause_ends_at = new.pause_ends_at,
    next_level = new.next_level, next_fire_at = new.next_fire_at
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[],
            %s::timestamptz[], %s::boolean[], %s::numeric[], %s::timestamptz[], %s::smallint[],
            %s::timestamptz[])
     AS new (id, policy_id, calendar_id, state, due_at, stopped_at, provisional,
             remaining_minutes, pause_ends_at, next_level, next_fire_at)
WHERE clock.id = new.id
"""


@dataclass(frozen=True)
class Takeover:
    """Which versions give way to which, by the catalogue of one moment."""

    known: Catalogue
    targets: Mapping[int, Terms]

    @classmethod
    def now(cls, at: datetime) -> Takeover:
        known = catalogue.current()
        return cls(known, successors(known, at))

    def target(self, policy_id: int) -> Terms:
        return self.targets.get(policy_id) or self.known.terms_by_id[policy_id]

    def find(self) -> list[int]:
        """Tickets with a clock that is to move, in the order of their ids."""
        with connection.cursor() as cursor:
            cursor.execute(_OUTSTANDING, {"superseded": list(self.targets)})
            return [row[0] for row in cursor.fetchall()]


def successors(known: Catalogue, at: datetime) -> dict[int, Terms]:
    """Policy ids to the terms that take their running clocks over, where there are such. Of two
    versions the later is the one that came into force later, whichever was made first."""
    taking: dict[str, Terms] = {}
    for terms in known.terms_by_id.values():
        policy = terms.policy
        if policy.moves_open_clocks and policy.effective_from and policy.effective_from <= at:
            best = taking.get(policy.code)
            if best is None or _age(best) < _age(terms):
                taking[policy.code] = terms
    return {
        policy_id: taker
        for policy_id, terms in known.terms_by_id.items()
        if (taker := taking.get(terms.policy.code)) is not None and _age(terms) < _age(taker)
    }


def _age(terms: Terms) -> tuple[datetime, int]:
    """A version that is only prepared has no clock."""
    return terms.policy.effective_from or PREPARED, terms.policy.version


def order(fingerprint: str, *, at: datetime) -> Job:
    """Write down that clocks are to move; whoever looks next begins. In the transaction of what
    makes it necessary."""
    total = len(Takeover.now(at).find())
    return jobs.start_or_resume(JOB, fingerprint, total=total, at=at)


def pending() -> list[Job]:
    return list(Job.objects.filter(kind=JOB, state=JobState.RUNNING).order_by("pk"))


def run(*, chunk: int = CHUNK, stopping: Callable[[], bool] = lambda: False) -> int:
    """Move what there is to move, and finish the orders for which nothing can come any more.
    Returns how many tickets moved. Raises JobIsRunning while another process is at it."""
    ordered = pending()
    if not ordered:
        return 0
    with jobs.exclusive(JOB, ""):
        moved = 0
        for _ in range(PASSES):
            ids = Takeover.now(database_now()).find()
            done = _pass(ids, ordered, chunk, stopping)
            moved += done
            if done == len(ids) or stopping():
                break
            time.sleep(PATIENCE)
        _finish(ordered)
    return moved


def _pass(
    ids: Sequence[int], ordered: Sequence[Job], chunk: int, stopping: Callable[[], bool]
) -> int:
    moved = 0
    for begin in range(0, len(ids), chunk):
        if stopping():
            break
        moved += move_chunk(ids[begin : begin + chunk], ordered, at=database_now())
    return moved


def _finish(ordered: Sequence[Job]) -> None:
    at = database_now()
    if Takeover.now(at).find():
        return
    for job in ordered:
        if job.started_at + STRAGGLERS <= at:
            jobs.finish(job, at=at)


@transaction.atomic
def move_chunk(ids: Sequence[int], ordered: Sequence[Job], *, at: datetime) -> int:
    """Returns how many of these tickets it saw: those that are open and that nobody else holds."""
    tickets = _locked(ids)
    _note(ordered, len(_move_all(tickets, at)), at)
    return len(tickets)


@transaction.atomic
def move_started(ids: Sequence[int], *, since: datetime, at: datetime) -> None:
    """Clocks of these tickets have just been started as of `since`, which is past: move them to
    what has taken over by now. The job that did so may have ended without them."""
    known = catalogue.current()
    if successors(known, since) != successors(known, at):
        _move_all(_locked(ids), at)


@transaction.atomic
def catch_up(ticket: Ticket, *, at: datetime) -> None:
    """Move one ticket that goes on after it rested in another one, where no job found it. Levels
    are dated from now on: it was nobody's delay before. The caller holds the ticket locked."""
    if _move_all(_locked([ticket.pk]), at, not_before=at):
        ticket.refresh_from_db(fields=["policy", "next_step_at"])


def put_under(ticket: Ticket, terms: Terms, *, at: datetime) -> None:
    """Count the live clocks of one ticket by other terms, each from when it began: what the matter
    turned out to be it was from the start. A promise that they do not make is void; levels are
    dated from now on. The caller holds the ticket locked and saves it."""
    path = ticket.unit.path
    calendar = catalogue.current().newest_calendar(terms.policy.calendar, path)
    target = Target(terms, lambda _: calendar_for(calendar))
    clocks = live_clocks([ticket.pk])
    past = Past.of(clocks)
    for clock in clocks:
        found = past.counted_afresh(clock, target, path)
        clock.policy_id = terms.policy.pk
        clock.calendar_id = None if calendar == terms.policy.calendar else calendar.pk
        if found is None:
            clock_service.cancel([clock], at=at)
        else:
            _set(clock, found, since=at)
    _write(clocks)
    ticket.policy = terms.policy


def _move_all(
    found: Sequence[Ticket], at: datetime, *, not_before: datetime | None = None
) -> list[Ticket]:
    """Move the clocks of these locked tickets; those of which any moved."""
    takeover, tickets = Takeover.now(at), {ticket.pk: ticket for ticket in found}
    clocks = live_clocks(list(tickets))
    past = Past.of(clocks)
    live: dict[int, list[TicketClock]] = {pk: [] for pk in tickets}
    moved = []
    for clock in clocks:
        live[clock.ticket_id].append(clock)
        if _move(clock, tickets[clock.ticket_id], takeover, past, at, not_before):
            moved.append(clock)
    concerned = [tickets[pk] for pk in sorted({clock.ticket_id for clock in moved})]
    for ticket in concerned:
        if ticket.policy_id is not None:
            ticket.policy_id = takeover.target(ticket.policy_id).policy.pk
        ticket.next_step_at = clock_service.next_step(ticket, live[ticket.pk], at=at)
    _write(moved)
    _move_call_backs(moved)
    sweep_rows.update_tickets(concerned, reason=REASON)
    return concerned


def _locked(ids: Sequence[int]) -> list[Ticket]:
    rows = Ticket.objects.select_for_update(of=("self",), skip_locked=True).select_related("unit")
    return list(rows.filter(pk__in=ids, next_step_at__isnull=False).order_by("pk"))


def _move(
    clock: TicketClock,
    ticket: Ticket,
    takeover: Takeover,
    past: Past,
    at: datetime,
    not_before: datetime | None,
) -> bool:
    """Whether it had to."""
    old, terms = takeover.known.terms_by_id[clock.policy_id], takeover.target(clock.policy_id)
    calendar = takeover.known.newest_calendar(terms.policy.calendar, ticket.unit.path)
    calendar_id = None if calendar == terms.policy.calendar else calendar.pk
    if terms is old and clock.calendar_id == calendar_id:
        return False
    target = Target(terms, lambda _: calendar_for(calendar))
    found = past.recounted(clock, old, target, ticket.unit.path)
    clock.policy_id, clock.calendar_id = terms.policy.pk, calendar_id
    if found is None:
        clock_service.cancel([clock], at=at)
    else:
        begun = calendar.created_at if terms is old else terms.policy.effective_from
        _set(clock, found, since=not_before or begun or at)
    return True


def _set(clock: TicketClock, found: Recounted, *, since: datetime) -> None:
    """No level is dated before the version that calls for it, but for one that was owed already."""
    owed = clock.next_fire_at if clock.next_fire_at and clock.next_fire_at <= since else since
    clock.due_at, clock.provisional = found.due_at, found.provisional
    clock.remaining_minutes = None if found.left is None else to_minutes(found.left)
    clock.next_level = found.next_level
    clock.next_fire_at = max(found.firings[0].at, owed) if found.firings else None


def _write(moved: Sequence[TicketClock]) -> None:
    rows = [
        (
            clock.pk,
            clock.policy_id,
            clock.calendar_id,
            clock.state,
            clock.due_at,
            clock.stopped_at,
            clock.provisional,
            clock.remaining_minutes,
            clock.pause_ends_at,
            clock.next_level,
            clock.next_fire_at,
        )
        for clock in moved
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, literals(rows))


def _move_call_backs(moved: Sequence[TicketClock]) -> None:
    """Whoever is to ring up reads on the list when it is due; an ended promise leaves that day."""
    due = {
        clock.ticket_id: clock.due_at
        for clock in moved
        if clock.kind == ClockKind.CALL_BACK and clock.due_at and clock.state in clock_service.LIVE
    }
    if not due:
        return
    tasks = list(CallBack.objects.open().filter(ticket__in=due))
    for task in tasks:
        task.due_at = due[task.ticket_id]
    CallBack.objects.bulk_update(tasks, ["due_at"])


def _note(ordered: Sequence[Job], moved: int, at: datetime) -> None:
    """How far it is, in the transaction of the work itself."""
    for job in ordered:
        counts = Counter(job.counts) + Counter(tickets=moved)
        jobs.advance(job, cursor=job.cursor + moved, counts=dict(counts), at=at)
