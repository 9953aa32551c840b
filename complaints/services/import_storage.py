"""Writes a batch of imported tickets by COPY: ticket, events, texts, clocks, history.

What is known of a matter is written and nothing else: no reporter, no post, no notice, no hour.
An open ticket waits for the duty queue's review; its clocks are records of the past.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import models

from complaints.enums import (
    Action,
    ClockKind,
    ClockState,
    EventKind,
    Severity,
    State,
    TextRole,
    Visibility,
)
from complaints.imports.moments import Moment
from complaints.imports.normalise import ImportedTicket
from complaints.models import TextEntry, Ticket, TicketClock, TicketEvent
from complaints.services import records, references
from complaints.services.import_target import Target, unit_code
from core import bigrams, detect
from core.actors import ActorKind
from core.copying import copy_rows, draw_keys

IMPORTED: Final = "imported"
# Control characters are accidents of the exporting program.
UNSTORABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

HISTORY: Final = (
    "id", "reference", "version", "kind", "category_id", "severity", "channel", "state",
    "unit_id", "policy_id", "cycle", "received_at", "resolved_at", "ended_at", "next_step_at",
    "received_on",
)  # fmt: skip
HISTORY_OWN: Final = ("history_date", "history_change_reason", "history_type")
TICKET_OWN: Final = ("public_id", "recorded_at", "source", "source_key")
EVENT: Final = (
    "id", "ticket_id", "kind", "visibility", "actor_kind", "occurred_at", "occurred_on",
    "recorded_at", "cycle", "action", "from_state", "to_state", "effect", "reason_code",
)  # fmt: skip
TEXT: Final = (
    "ticket_id", "event_id", "role", "visibility", "author_kind", "body", "tokens", "created_at",
)  # fmt: skip
CLOCK: Final = (
    "ticket_id", "kind", "cycle", "policy_id", "state", "started_at", "stopped_at", "provisional",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """What all tickets of an import share: `review_at` is when the duty queue sees open ones;
    with `adopting`, unsolved ones get clocks that run instead of records."""

    target: Target
    at: datetime
    recorded_at: datetime
    review_at: datetime
    adopting: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return self.target.mapping.zone


@dataclass(slots=True)
class _Rows:
    tickets: list[tuple[Any, ...]] = field(default_factory=list)
    history: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    clocks: list[tuple[Any, ...]] = field(default_factory=list)


def store(tickets: Sequence[ImportedTicket], frame: Frame) -> list[int]:
    """Insert them in the open transaction; returns their ids in order.  Units must be known."""
    ids = draw_keys(Ticket, len(tickets))
    numbers = references.draw(len(tickets))
    event_ids = iter(draw_keys(TicketEvent, sum(map(_event_count, tickets))))
    rows = _Rows()
    for ticket, pk, number in zip(tickets, ids, numbers, strict=True):
        _add(rows, ticket, pk, number, event_ids, frame)
    history: type[models.Model] = Ticket.history.model
    copy_rows(Ticket, (*HISTORY, *TICKET_OWN), rows.tickets)
    copy_rows(history, (*HISTORY, *HISTORY_OWN), rows.history)
    copy_rows(TicketEvent, EVENT, rows.events)
    copy_rows(TextEntry, TEXT, rows.texts)
    copy_rows(TicketClock, CLOCK, rows.clocks)
    return ids


def _add(
    rows: _Rows,
    ticket: ImportedTicket,
    pk: int,
    number: str,
    event_ids: Iterator[int],
    frame: Frame,
) -> None:
    shared = _ticket(ticket, pk, number, frame)
    own = (uuid.uuid4(), frame.recorded_at, frame.target.mapping.origin, ticket.key)
    rows.tickets.append((*shared, *own))
    rows.history.append((*shared, frame.recorded_at, IMPORTED, records.CREATED))
    events = list(_events(ticket, pk, event_ids, frame))
    rows.events += events
    rows.texts += _texts(ticket, pk, events, frame)
    rows.clocks += _clocks(ticket, pk, frame)


def _ticket(ticket: ImportedTicket, pk: int, number: str, frame: Frame) -> tuple[Any, ...]:
    target, ended = frame.target, _at(ticket.closed, frame)
    return (
        pk, number, 1, ticket.kind, target.categories[ticket.category], Severity.ORDINARY.value,
        target.mapping.channel, state_of(ticket).value, target.unit_ids[unit_code(ticket)],
        target.policy_id(ticket), 1, _at(ticket.received, frame), _at(ticket.answered, frame),
        ended, None if ended else frame.review_at, _on(ticket.received),
    )  # fmt: skip


def state_of(ticket: ImportedTicket) -> State:
    if ticket.closed:
        return State.CLOSED
    return State.RESOLVED if ticket.answered else State.RECEIVED


def _event_count(ticket: ImportedTicket) -> int:
    return 1 + 2 * (ticket.answered is not None) + (ticket.closed is not None)


def _events(
    ticket: ImportedTicket, pk: int, ids: Iterator[int], frame: Frame
) -> Iterator[tuple[Any, ...]]:
    yield _event(next(ids), pk, EventKind.RECEIVED, ticket.received, frame, to=State.RECEIVED)
    if ticket.answered:
        yield from answer_events(ids, pk, ticket.answered, frame)
    if ticket.closed:
        before = State.RESOLVED if ticket.answered else State.RECEIVED
        yield close_event(next(ids), pk, ticket.closed, frame, before)


def answer_events(
    ids: Iterator[int], pk: int, answered: Moment, frame: Frame
) -> Iterator[tuple[Any, ...]]:
    """The reply, which is the first response, and what it resolves."""
    yield _event(next(ids), pk, EventKind.REPLIED, answered, frame)
    yield _event(
        next(ids), pk, EventKind.RESOLVED, answered, frame,
        Action.RESOLVE, State.RECEIVED, State.RESOLVED,
    )  # fmt: skip


def close_event(
    event_id: int, pk: int, closed: Moment, frame: Frame, before: State
) -> tuple[Any, ...]:
    return _event(event_id, pk, EventKind.CLOSED, closed, frame, Action.CLOSE, before, State.CLOSED)


def _event(
    event_id: int,
    pk: int,
    kind: EventKind,
    moment: Moment,
    frame: Frame,
    action: Action | str = "",
    before: State | str = "",
    to: State | str = "",
) -> tuple[Any, ...]:
    return (
        event_id, pk, kind.value, Visibility.PUBLIC.value, ActorKind.SYSTEM.value,
        _at(moment, frame), _on(moment), frame.recorded_at, 1, str(action), str(before), str(to),
        "", IMPORTED,
    )  # fmt: skip


def _texts(
    ticket: ImportedTicket, pk: int, events: list[tuple[Any, ...]], frame: Frame
) -> Iterator[tuple[Any, ...]]:
    written = (
        (TextRole.SUMMARY, ticket.subject),
        (TextRole.BODY, ticket.body),
        (TextRole.PLACE, ticket.place),
    )
    received = _at(ticket.received, frame)
    for role, body in written:
        if body:
            yield text_row(pk, events[0][0], role, ActorKind.REPORTER, body, received)
    if ticket.answered:
        answered = _at(ticket.answered, frame)
        yield text_row(pk, events[1][0], TextRole.REPLY, ActorKind.SYSTEM, ticket.reply, answered)


def text_row(
    pk: int,
    event_id: int,
    role: TextRole,
    author: ActorKind,
    body: str,
    created_at: datetime | None,
) -> tuple[Any, ...]:
    masked, tokens = _prepared(body)
    public = Visibility.PUBLIC.value
    return (pk, event_id, role.value, public, author.value, masked, tokens, created_at)


@lru_cache(maxsize=4_096)
def _prepared(body: str) -> tuple[str, str]:
    """The text as it may be kept, and its search words as a tsvector is written.

    Nobody's key is at hand for the numbers found in it, so they are masked and not kept.
    """
    kept = UNSTORABLE.sub("", body)
    masked = detect.mask(kept, detect.find(kept))
    return masked, bigrams.vector(masked)


def _clocks(ticket: ImportedTicket, pk: int, frame: Frame) -> Iterator[tuple[Any, ...]]:
    if frame.adopting and ticket.is_unsolved:
        return
    policy, started = frame.target.policy_id(ticket), _at(ticket.received, frame)
    ends = {ClockKind.RESOLVE: ticket.answered or ticket.closed}
    if ticket.answered:
        ends[ClockKind.FIRST_RESPONSE] = ticket.answered
    for kind, end in ends.items():
        state = ClockState.HISTORICAL.value
        yield pk, kind.value, 1, policy, state, started, _at(end, frame), False


def _at(moment: Moment | None, frame: Frame) -> datetime | None:
    return moment.anchor(frame.zone) if moment else None


def _on(moment: Moment) -> date | None:
    return moment.on if moment.is_day else None
