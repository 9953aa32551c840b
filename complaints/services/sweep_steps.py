"""What falls due on a claimed ticket: a pause ends, levels fire, the resident's time is over, the
duty queue looks again. Decides and collects; `escalation` writes what is collected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db.models import F

from complaints import ladder
from complaints.enums import (
    CONFIRM_WINDOW,
    Action,
    ClockState,
    EventKind,
    State,
    StepEffect,
    TextRole,
    Visibility,
)
from complaints.ladder import Climb, Fallen, Rung
from complaints.models import Attachment, LadderStep, TextEntry
from complaints.policies import SECOND_PERSON
from complaints.services import clocks as clock_service
from complaints.services.catalogue import Catalogue
from complaints.services.seating import NOBODY, Asked, Seating
from complaints.services.sweep_rows import Claimed, DueClock, DueTicket, NewEvent
from complaints.workflow import WAITING, target
from core.actors import ActorKind

Ladders = Mapping[tuple[int, str], Sequence[Rung]]
"""(policy id, clock kind) to the rungs in order of level."""


@dataclass
class Step:
    """Everything one batch will write."""

    events: list[NewEvent] = field(default_factory=list)
    clocks: dict[int, DueClock] = field(default_factory=dict)
    #: ticket id to the post that lost it to a rung that takes over
    relieved: dict[int, int] = field(default_factory=dict)

    def change(self, clocks: Iterable[DueClock]) -> None:
        self.clocks.update({clock.pk: clock for clock in clocks})


@dataclass
class Sweeping:
    """One batch under way: what is known beside the tickets themselves."""

    at: datetime
    catalogue: Catalogue
    ladders: Ladders
    clocks: Mapping[int, list[DueClock]]
    named: Mapping[int, frozenset[int]]
    seating: Seating
    #: resolved tickets that somebody must look at first
    not_to_close: Collection[int]
    #: the one clock to look at, when a batch is taken apart
    only_clock: int | None = None
    step: Step = field(default_factory=Step)

    def carry(self, claimed: Claimed) -> None:
        """Take one ticket to its next step. Changes the rows in memory only."""
        ticket = claimed.ticket
        live = self.clocks.get(ticket.pk, [])
        before = len(self.step.events)
        self._end_pause(ticket, live)
        for clock in live:
            if self.only_clock in (None, clock.pk):
                self._fire(ticket, clock, claimed.unit_path)
        if (ended_at := self._closes_at(ticket)) is not None:
            self._close(ticket, live, ended_at)
        elif len(self.step.events) == before and not _awaits_a_clock(ticket, live):
            self._review(ticket, claimed.due_at)
        ticket.next_step_at = clock_service.next_step(ticket, live, at=self.at)

    def _end_pause(self, ticket: DueTicket, live: Sequence[DueClock]) -> None:
        """At the end of its pause a clock runs on by itself, from that moment, however late the
        sweep comes."""
        over = [clock for clock in live if _pause_is_over(clock, self.at)]
        if not over:
            return
        ended_at = min(clock.pause_ends_at or self.at for clock in over)
        self.step.change(clock_service.resume(over, at=ended_at, catalogue=self.catalogue))
        state = target(State(ticket.state), Action.RESUME)
        if ticket.state in WAITING and state is not None:
            self._note(
                ticket,
                EventKind.RESUMED,
                ended_at,
                visibility=Visibility.PUBLIC,
                action=Action.RESUME,
                to_state=state,
                post_id=ticket.post_id,
            )
            ticket.state = state

    def _fire(self, ticket: DueTicket, clock: DueClock, unit_path: str) -> None:
        climb = self._climb(clock)
        if not climb.fallen:
            return
        taken: tuple[int, datetime] | None = None
        asked = Asked(unit_path, ticket.post_id, ticket.kind)
        for fallen in climb.fallen:
            post_id = self._tell(ticket, clock, fallen, asked)
            taken = (post_id, fallen.at) if post_id is not None else taken
        if taken is not None:
            self._take_over(ticket, *taken)
        clock.next_level, clock.next_fire_at = climb.next_level, climb.next_at
        self.step.change([clock])

    def _climb(self, clock: DueClock) -> Climb:
        due, level, next_at = clock.due_at, clock.next_level, clock.next_fire_at
        if due is None or level is None or next_at is None or next_at > self.at:
            return Climb([], level, next_at)
        terms = self.catalogue.terms_by_id[clock.policy_id]

        def warning_at(rung: Rung) -> datetime:
            minutes, basis = terms.durations[clock.kind]
            return ladder.warning_before(
                due,
                percent=rung.percent or 0,
                minutes=minutes,
                basis=basis,
                calendar=terms.calendar,
            )

        return ladder.climb(
            self.ladders[clock.policy_id, clock.kind],
            next_level=level,
            next_at=next_at,
            due_at=due,
            at=self.at,
            warning_at=warning_at,
        )

    def _tell(self, ticket: DueTicket, clock: DueClock, fallen: Fallen, asked: Asked) -> int | None:
        """Note the escalation; returns the post if it takes the ticket over."""
        rung = fallen.rung
        named = self.named.get(ticket.pk, NOBODY)
        post_id = self.seating.post_for(asked, rung.roles, named)
        self._note(
            ticket,
            EventKind.ESCALATED,
            fallen.at,
            post_id=post_id,
            clock_id=clock.pk,
            level=rung.level,
            effect=rung.effect,
        )
        if ticket.level is None or ticket.level < rung.level:
            ticket.level = rung.level
        return post_id if rung.effect == StepEffect.TAKE_OVER else None

    def _take_over(self, ticket: DueTicket, post_id: int, at: datetime) -> None:
        """The ticket changes hands once, to the last post of those that took it over: the others
        never had it in their hands."""
        if ticket.post_id == post_id:
            return
        if ticket.post_id is not None:
            self.step.relieved[ticket.pk] = ticket.post_id
        ticket.post_id = post_id
        self._note(ticket, EventKind.TAKEN_OVER, at, post_id=post_id)

    def _closes_at(self, ticket: DueTicket) -> datetime | None:
        """The end of the resident's time, once it is over; None where a person must look first."""
        if ticket.state != State.RESOLVED or ticket.resolved_at is None:
            return None
        if ticket.severity in SECOND_PERSON or ticket.pk in self.not_to_close:
            return None
        over_at = ticket.resolved_at + CONFIRM_WINDOW
        return over_at if over_at <= self.at else None

    def _close(self, ticket: DueTicket, live: Sequence[DueClock], ended_at: datetime) -> None:
        """The resident did not object in time. A clock that still runs has nothing to wait for."""
        self._note(
            ticket,
            EventKind.CLOSED,
            ended_at,
            visibility=Visibility.PUBLIC,
            action=Action.CLOSE,
            to_state=State.CLOSED,
        )
        ticket.state, ticket.ended_at = State.CLOSED, ended_at
        self.step.change(clock_service.cancel(live, at=ended_at))

    def _review(self, ticket: DueTicket, due_at: datetime) -> None:
        post_id = self.seating.duty_post(self.named.get(ticket.pk, NOBODY))
        self._note(ticket, EventKind.REVIEWED, due_at, post_id=post_id)

    def _note(
        self,
        ticket: DueTicket,
        kind: EventKind,
        at: datetime,
        *,
        visibility: Visibility = Visibility.INTERNAL,
        action: Action | None = None,
        to_state: State | None = None,
        post_id: int | None = None,
        clock_id: int | None = None,
        level: int | None = None,
        effect: str = "",
    ) -> None:
        self.step.events.append(
            NewEvent(
                ticket_id=ticket.pk,
                kind=kind,
                visibility=visibility,
                occurred_at=at,
                cycle=ticket.cycle,
                action=action or "",
                from_state=ticket.state if to_state else "",
                to_state=to_state or "",
                post_id=post_id,
                clock_id=clock_id,
                level=level,
                effect=effect,
            )
        )


def ladders_of(catalogue: Catalogue) -> Ladders:
    """From the rows that the catalogue keeps; reads nothing."""
    found: dict[tuple[int, str], Sequence[Rung]] = {}
    for policy_id, terms in catalogue.terms_by_id.items():
        steps = sorted(terms.policy.ladder.all(), key=lambda step: (step.clock_kind, step.level))
        for kind, group in groupby(steps, key=lambda step: step.clock_kind):
            found[policy_id, kind] = _rungs(list(group))
    return found


def not_to_close(tickets: Sequence[DueTicket], catalogue: Catalogue) -> set[int]:
    """Resolved tickets without an answer of staff in this cycle, or without the photo of the work
    that their category wants (`closing_gate` says the same of one ticket)."""
    resolved = {ticket.pk: ticket.category_id for ticket in tickets if _is_resolved(ticket)}
    if not resolved:
        return set()
    answers = TextEntry.objects.filter(
        ticket_id__in=resolved,
        role=TextRole.REPLY,
        visibility=Visibility.PUBLIC,
        event__cycle=F("ticket__cycle"),
    )
    asking = {each.pk for each in catalogue.categories.values() if each.evidence_to_close}
    wanting = {pk for pk, category_id in resolved.items() if category_id in asking}
    unanswered = resolved.keys() - set(answers.values_list("ticket_id", flat=True))
    return unanswered | (wanting - _shown(wanting))


def _is_resolved(ticket: DueTicket) -> bool:
    return ticket.state == State.RESOLVED


def _shown(ids: Collection[int]) -> set[int]:
    """Of these tickets, those whose work staff have shown in a photo."""
    if not ids:
        return set()
    shown = Attachment.objects.filter(
        event__ticket_id__in=ids,
        event__actor_kind=ActorKind.STAFF,
        event__cycle=F("event__ticket__cycle"),
    )
    return set(shown.values_list("event__ticket_id", flat=True))


def _rungs(steps: Sequence[LadderStep]) -> list[Rung]:
    roles = tuple(step.role_id for step in steps)
    return [
        Rung(step.level, step.percent, step.after_minutes, step.effect, roles[place:])
        for place, step in enumerate(steps)
    ]


def _pause_is_over(clock: DueClock, at: datetime) -> bool:
    return (
        clock.state == ClockState.PAUSED
        and clock.pause_ends_at is not None
        and clock.pause_ends_at <= at
    )


def _awaits_a_clock(ticket: DueTicket, live: Sequence[DueClock]) -> bool:
    """A clock will bring the ticket up again. Of a resolved one only the resident is awaited."""
    if ticket.state == State.RESOLVED:
        return False
    return any(clock.next_fire_at or clock.pause_ends_at for clock in live)
