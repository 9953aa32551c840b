"""A later export of the same source: what is already here is filled where it had gaps.

The rule is the one for repeats within a file: the first value stays, another one is listed.  A
ticket that people or clocks have worked on since is not answered or closed by a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from complaints.enums import ClockKind, ClockState, State, TextRole
from complaints.imports.merge import Absorbed, Conflict
from complaints.imports.moments import Moment
from complaints.imports.normalise import ImportedTicket
from complaints.imports.outcomes import Outcome
from complaints.models import TextEntry, Ticket, TicketClock, TicketEvent
from complaints.querysets import TicketQuerySet
from complaints.services import import_storage, records
from complaints.services.import_storage import Frame
from complaints.services.import_target import unit_code
from core.actors import Actor, ActorKind
from core.batch import Batch
from core.copying import copy_rows, draw_keys


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket of an earlier import; `worked_on` since by people, or under a running clock."""

    ticket: Ticket
    worked_on: bool


@dataclass
class Difference:
    """What a later row adds to a known ticket, and what it says otherwise."""

    filled: dict[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    def weigh(self, column: str, kept: str, new: str, *, may_fill: bool) -> None:
        if not new or new == kept:
            return
        if kept or not may_fill:
            self.conflicts.append(Conflict(column, kept, new))
        else:
            self.filled[column] = new


def earlier(batch: Iterable[Outcome], frame: Frame) -> TicketQuerySet:
    """What an earlier import brought in of this batch. Who writes locks it: a ticket that somebody
    works on meanwhile must not be set back."""
    keys = [outcome.key for outcome in batch if isinstance(outcome, ImportedTicket)]
    rows = Ticket.objects.select_related("unit", "category").order_by("pk")
    return rows.filter(source=frame.target.mapping.origin, source_key__in=keys)


def known_tickets(tickets: TicketQuerySet) -> dict[str, Known]:
    """By source key."""
    running = TicketClock.objects.filter(
        ticket__in=[ticket.pk for ticket in tickets],
        state__in=[ClockState.RUNNING, ClockState.PAUSED],
    )
    busy = set(running.values_list("ticket_id", flat=True)) if tickets else set()
    return {
        ticket.source_key: Known(ticket, ticket.version > 1 or ticket.pk in busy)
        for ticket in tickets
    }


def compare(outcome: Outcome, known: Mapping[str, Known], frame: Frame) -> Outcome:
    """The outcome as an import would report it; writes nothing."""
    old = known.get(outcome.key) if isinstance(outcome, ImportedTicket) else None
    if old is None or not isinstance(outcome, ImportedTicket):
        return outcome
    difference = _difference(old, outcome, frame)
    conflicts = tuple(difference.conflicts)
    return Absorbed(outcome.line, 0, outcome.key, difference.filled, conflicts, {})


def settle(outcome: Outcome, known: Mapping[str, Known], frame: Frame, *, actor: Actor) -> Outcome:
    """As `compare`, and the gaps of the known ticket are filled."""
    settled = compare(outcome, known, frame)
    if isinstance(settled, Absorbed) and isinstance(outcome, ImportedTicket) and settled.filled:
        _fill(known[outcome.key].ticket, outcome, settled.filled, frame, actor)
    return settled


def _difference(known: Known, row: ImportedTicket, frame: Frame) -> Difference:
    mapping, ticket, found = frame.target.mapping, known.ticket, Difference()
    may_fill = not known.worked_on
    community = row.unit[-1].code if len(row.unit) > 1 else ""
    if mapping.community and not ticket.unit.code.endswith(f"-{community}"):
        kept = "" if ticket.unit.code == row.unit[0].code else ticket.unit.code
        found.weigh(mapping.community.column, kept, community, may_fill=may_fill)
    received = _as_given(ticket.received_at, row.received, frame)
    found.weigh(mapping.received.column, received, _shown(row.received, frame), may_fill=False)
    kept_kind = f"{ticket.category.code}/{ticket.kind}"
    found.weigh("category/kind", kept_kind, f"{row.category}/{row.kind}", may_fill=False)
    for rule, stored, moment in (
        (mapping.answered, ticket.resolved_at, row.answered),
        (mapping.closed, ticket.ended_at, row.closed),
    ):
        if rule and moment:
            kept = _as_given(stored, moment, frame)
            found.weigh(rule.column, kept, _shown(moment, frame), may_fill=may_fill)
    return found


def _fill(
    ticket: Ticket, row: ImportedTicket, filled: Mapping[str, str], frame: Frame, actor: Actor
) -> None:
    mapping = frame.target.mapping
    if mapping.community and mapping.community.column in filled:
        ticket.unit_id = frame.target.unit_ids[unit_code(row)]
    if mapping.answered and mapping.answered.column in filled and row.answered:
        _answer(ticket, row, row.answered, frame)
    if mapping.closed and mapping.closed.column in filled and row.closed:
        _close(ticket, row.closed, frame)
    batch = Batch()
    records.save_with_history(ticket, actor=actor, reason=import_storage.IMPORTED, batch=batch)
    batch.write()


def _answer(ticket: Ticket, row: ImportedTicket, answered: Moment, frame: Frame) -> None:
    keys = draw_keys(TicketEvent, 2)
    events = import_storage.answer_events(iter(keys), ticket.pk, answered, frame)
    copy_rows(TicketEvent, import_storage.EVENT, events)
    at = answered.anchor(frame.zone)
    reply = import_storage.text_row(
        ticket.pk, keys[0], TextRole.REPLY, ActorKind.SYSTEM, row.reply, at
    )
    copy_rows(TextEntry, import_storage.TEXT, [reply])
    _stop_records(ticket, ClockKind.FIRST_RESPONSE, at)
    ticket.resolved_at, ticket.state = at, State.RESOLVED


def _close(ticket: Ticket, closed: Moment, frame: Frame) -> None:
    (key,) = draw_keys(TicketEvent, 1)
    event = import_storage.close_event(key, ticket.pk, closed, frame, State(ticket.state))
    copy_rows(TicketEvent, import_storage.EVENT, [event])
    at = closed.anchor(frame.zone)
    _stop_records(ticket, ClockKind.RESOLVE, at)
    ticket.ended_at, ticket.state, ticket.next_step_at = at, State.CLOSED, None


def _stop_records(ticket: Ticket, kind: ClockKind, at: datetime) -> None:
    TicketClock.objects.filter(
        ticket=ticket, kind=kind, state=ClockState.HISTORICAL, stopped_at=None
    ).update(stopped_at=at)


def _as_given(stored: datetime | None, like: Moment, frame: Frame) -> str:
    """A stored instant in the precision of the file, so that like is compared with like."""
    if stored is None:
        return ""
    local = stored.astimezone(frame.zone)
    return local.date().isoformat() if like.is_day else local.isoformat()


def _shown(moment: Moment, frame: Frame) -> str:
    if moment.at is None:
        return moment.on.isoformat()
    return moment.at.astimezone(frame.zone).isoformat()
