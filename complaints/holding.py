"""Who had a ticket in hand, from when to when, and how long of that they could work. Pure.

Read from events, so that it is known for every ticket, also where the policy gives a holder no time
of their own and no clock of kind segment ever ran (docs/adr/0056).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from complaints.enums import EventKind, State
from complaints.workflow import TERMINAL, WAITING

#: events whose post is the new holder
HANDS_OVER: Final = frozenset(
    {EventKind.ASSIGNED, EventKind.RETURNED, EventKind.TAKEN_OVER, EventKind.GIVEN_BACK}
)
#: states in which a ticket is nobody's work
OUT_OF_HAND: Final = frozenset({*TERMINAL, State.RESOLVED, State.CALL_BACK})

Measure = Callable[[datetime, datetime], timedelta]
"""Time between two moments in the basis that the policy counts in."""


class Happening(Protocol):
    """What is asked of an event."""

    kind: str
    occurred_at: datetime
    to_state: str
    post_id: int | None


@dataclass(slots=True)
class Held:
    """One holder's time. `worked` leaves out what was spent waiting for somebody outside."""

    post_id: int
    since: datetime
    until: datetime | None = None
    worked: timedelta = timedelta()


class _Hand:
    """The walk over the events of one ticket."""

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        self.found: list[Held] = []
        self.held: Held | None = None
        #: where the stretch began that has not been counted yet; None while others must act
        self.running_since: datetime | None = None

    def take(self, post_id: int, at: datetime) -> None:
        waits = self.held is not None and self.running_since is None
        self.leave(at)
        self.held = Held(post_id, at)
        self.running_since = None if waits else at
        self.found.append(self.held)

    def leave(self, at: datetime) -> None:
        if self.held is not None:
            self.halt(at)
            self.held.until = max(at, self.held.since)
        self.held = self.running_since = None

    def halt(self, at: datetime) -> None:
        if self.held is not None and self.running_since is not None:
            self.held.worked += self.measure(self.running_since, max(at, self.running_since))
        self.running_since = None

    def go_on(self, at: datetime) -> None:
        if self.held is not None and self.running_since is None:
            self.running_since = at


def history(events: Iterable[Happening], measure: Measure, at: datetime) -> list[Held]:
    """One entry per stay in a post's hands, oldest first; of the present one what has passed by
    `at`, and no end. `events` are those of one ticket in their order."""
    hand = _Hand(measure)
    for event in events:
        _follow(hand, event)
    hand.halt(at)
    return hand.found


def _follow(hand: _Hand, event: Happening) -> None:
    moment, state = event.occurred_at, event.to_state
    if event.kind in HANDS_OVER and event.post_id is not None:
        if hand.held is None or hand.held.post_id != event.post_id:
            hand.take(event.post_id, moment)
    elif state in OUT_OF_HAND:
        hand.leave(moment)
    elif state in WAITING:
        hand.halt(moment)
    elif state and hand.held is not None:
        hand.go_on(moment)
    elif state and hand.found:
        hand.take(hand.found[-1].post_id, moment)
