"""What falls due on a claimed ticket: a pause ends, levels fire, the resident's time is over, the
duty queue looks again. Decides and collects; `escalation` writes what is collected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet

from complaints import clock_math, ladder
from complaints.enums import (
    Action,
    ClockKind,
    ClockState,
    EventKind,
    State,
    StepEffect,
    TextRole,
    Visibility,
)
from complaints.ladder import Climb, Fallen, Rung
from complaints.models import (
    Attachment,
    LadderStep,
    Policy,
    TextEntry,
    TicketClock,
    TicketEvent,
)
from complaints.rights import SECOND_PERSON
from complaints.services import clocks as clock_service
from complaints.services.catalogue import Catalogue
from complaints.services.seating import NOBODY, Asked, Seating
from complaints.services.sweep_rows import Claimed, DueClock, DueTicket, NewEvent
from complaints.spans import CONFIRM_WINDOW
from complaints.workflow import WAITING, target
from core.actors import ActorKind

SEGMENT: Final = ClockKind.SEGMENT

Ladders = Mapping[tuple[int, str], Sequence[Rung]]
"""(policy id, clock kind) to the rungs in order of level."""


@dataclass
class Step:
    """Everything one batch will write."""

    events: list[NewEvent] = field(default_factory=list)
    clocks: dict[int, DueClock] = field(default_factory=dict)
    #: clocks of posts that took a ticket over
    started: list[TicketClock] = field(default_factory=list)
    #: ticket id to the post that lost it to a rung that takes over
    relieved: dict[int, int] = field(default_factory=dict)

    def change(self, clocks: Iterable[DueClock]) -> None:
        self.clocks.update({clock.pk: clock for clock in clocks})


class Called(NamedTuple):
    """A level that is due, its clock, and the post that it calls."""

    clock: DueClock
    fallen: Fallen
    post_id: int

    @property
    def takes_over(self) -> bool:
        """A late call-back is not the handler's, whose ticket stays where it is."""
        late_work = self.clock.kind != ClockKind.CALL_BACK
        return late_work and self.fallen.rung.effect == StepEffect.TAKE_OVER


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
    #: (clock, level) of `may_take_over_again` that are written: they neither call nor take over
    written: Collection[tuple[int, int | None]] = ()
    #: the one clock to look at, when a batch is taken apart
    only_clock: int | None = None
    step: Step = field(default_factory=Step)

    def carry(self, claimed: Claimed) -> None:
        """Take one ticket to its next step. Changes the rows in memory only."""
        ticket = claimed.ticket
        live = self.clocks.get(ticket.pk, [])
        before = len(self.step.events)
        self._end_pause(ticket, live)
        started = self._fire(ticket, live, claimed.unit_path)
        if (ended_at := self._closes_at(ticket, claimed.due_at)) is not None:
            self._close(ticket, live, ended_at)
        elif len(self.step.events) == before and not _awaits_a_clock(ticket, live):
            self._review(ticket, claimed.due_at)
        ticket.next_step_at = clock_service.next_step(ticket, [*live, *started], at=self.at)

    def _end_pause(self, ticket: DueTicket, live: Sequence[DueClock]) -> None:
        """At the end of a wait the ticket and its clocks go on by themselves, from that moment,
        however late the sweep comes."""
        over = [clock for clock in live if _pause_is_over(clock, self.at)]
        ends = [ticket.waits_until, *(clock.pause_ends_at for clock in over)]
        past = [end for end in ends if end is not None and end <= self.at]
        if not past:
            return
        ended_at = min(past)
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

    def _fire(
        self, ticket: DueTicket, live: Sequence[DueClock], unit_path: str
    ) -> list[TicketClock]:
        """Write the levels of all clocks that have fallen due, in the order of their moments. Of a
        holder's segment those count that fell before somebody above took the ticket over. Returns
        the clock of the new holder."""
        asked = Asked(unit_path, ticket.post_id, ticket.kind)
        climbs = [
            (clock, self._climb(clock)) for clock in live if self.only_clock in (None, clock.pk)
        ]
        called = [
            Called(clock, fallen, self._post_for(ticket, fallen.rung, asked))
            for clock, climb in climbs
            for fallen in climb.fallen
            if (clock.pk, fallen.rung.level) not in self.written
        ]
        called.sort(key=lambda each: each.fallen.at)
        taken = next((each for each in reversed(called) if each.takes_over), None)
        for each in called:
            if taken is None or each.clock.kind != SEGMENT or each.fallen.at <= taken.fallen.at:
                self._tell(ticket, each)
        for clock, climb in climbs:
            if climb.fallen:
                clock.next_level, clock.next_fire_at = climb.next_level, climb.next_at
                self.step.change([clock])
        return self._take_over(ticket, live, unit_path, taken) if taken is not None else []

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
                calendar=terms.calendar_of(clock.calendar_id),
            )

        return ladder.climb(
            self.ladders[clock.policy_id, clock.kind],
            next_level=level,
            next_at=next_at,
            due_at=due,
            at=self.at,
            warning_at=warning_at,
        )

    def _post_for(self, ticket: DueTicket, rung: Rung, asked: Asked) -> int:
        return self.seating.post_for(asked, rung.roles, self.named.get(ticket.pk, NOBODY))

    def _tell(self, ticket: DueTicket, called: Called) -> None:
        """Note the escalation."""
        rung = called.fallen.rung
        self._note(
            ticket,
            EventKind.ESCALATED,
            called.fallen.at,
            post_id=called.post_id,
            clock_id=called.clock.pk,
            level=rung.level,
            effect=rung.effect,
        )
        if ticket.level is None or ticket.level < rung.level:
            ticket.level = rung.level

    def _take_over(
        self, ticket: DueTicket, live: Sequence[DueClock], unit_path: str, taken: Called
    ) -> list[TicketClock]:
        """The ticket changes hands once, to the last post of those that took it over: the others
        never had it in their hands. The time of the one before ends, just after a level of it that
        fell with this one, and the new one's begins. What waited to be dispatched is assigned by
        that."""
        at = taken.fallen.at
        if ticket.post_id == taken.post_id:
            return []
        if ticket.post_id is not None:
            self.step.relieved[ticket.pk] = ticket.post_id
        ticket.post_id = taken.post_id
        assigned = State.ASSIGNED if ticket.state == State.RECEIVED else None
        self._note(ticket, EventKind.TAKEN_OVER, at, to_state=assigned, post_id=taken.post_id)
        ticket.state = assigned or ticket.state
        over_at = at + clock_math.JUST_AFTER
        self.step.change(clock_service.stop(live, [SEGMENT], at=over_at, catalogue=self.catalogue))
        started = clock_service.start_segment(
            ticket, unit_path, live, at=at, catalogue=self.catalogue
        )
        self.step.started += started
        return started

    def _closes_at(self, ticket: DueTicket, due_at: datetime) -> datetime | None:
        """The end of the resident's time, once it is over, or the later review that finds nothing
        missing any more; None where a person must look first."""
        if ticket.state != State.RESOLVED or ticket.resolved_at is None:
            return None
        if ticket.severity in SECOND_PERSON or ticket.pk in self.not_to_close:
            return None
        over_at = ticket.resolved_at + CONFIRM_WINDOW
        return max(over_at, due_at) if over_at <= self.at else None

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
    return {
        (policy_id, kind): rungs
        for policy_id, terms in catalogue.terms_by_id.items()
        for kind, rungs in rungs_by_kind(terms.policy).items()
    }


def rungs_by_kind(policy: Policy) -> dict[str, list[Rung]]:
    """The ladders of a policy that was read with its parts."""
    steps = sorted(policy.ladder.all(), key=lambda step: (step.clock_kind, step.level))
    by_kind = groupby(steps, key=lambda step: step.clock_kind)
    return {kind: _rungs(list(group)) for kind, group in by_kind}


def may_take_over_again(
    claimed: Sequence[Claimed],
    clocks: Mapping[int, Sequence[DueClock]],
    ladders: Ladders,
    at: datetime,
) -> list[int]:
    """Clocks that are due with a rung before them that takes over and is not above the level at
    which their ticket stands: it may have been written, where the auditor put back one below."""
    return [
        clock.pk
        for ticket, *_ in claimed
        if ticket.level is not None
        for clock in clocks.get(ticket.pk, ())
        if clock.next_fire_at is not None and clock.next_fire_at <= at
        if any(
            rung.effect == StepEffect.TAKE_OVER
            and (clock.next_level or 0) <= rung.level <= ticket.level
            for rung in ladders.get((clock.policy_id, clock.kind), ())
        )
    ]


def not_to_close(tickets: Sequence[DueTicket], catalogue: Catalogue) -> set[int]:
    """Resolved tickets without an answer of staff in this cycle, or to which the resident has added
    something since that nobody answered, or without the photo of the work that their category
    wants (`closing_gate` says the same of one ticket, but for what a person can read)."""
    resolved = {ticket.pk: ticket.category_id for ticket in tickets if _is_resolved(ticket)}
    if not resolved:
        return set()
    answers = TextEntry.objects.filter(
        ticket_id__in=resolved,
        role=TextRole.REPLY,
        visibility=Visibility.PUBLIC,
        event__cycle=F("ticket__cycle"),
    ).filter(~Exists(_added_since()))
    asking = {each.pk for each in catalogue.categories.values() if each.evidence_to_close}
    wanting = {pk for pk, category_id in resolved.items() if category_id in asking}
    unanswered = resolved.keys() - set(answers.values_list("ticket_id", flat=True))
    return unanswered | (wanting - _shown(wanting))


def _added_since() -> QuerySet[TicketEvent]:
    """What was added to the ticket of a text after it."""
    return TicketEvent.objects.filter(
        ticket=OuterRef("ticket"), kind=EventKind.ADDED, pk__gt=OuterRef("event")
    )


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
    """A clock, or the end of its wait, will bring the ticket up again. Of a resolved one only the
    resident is awaited."""
    if ticket.state == State.RESOLVED:
        return False
    return ticket.waits_until is not None or any(
        clock.next_fire_at or clock.pause_ends_at for clock in live
    )
