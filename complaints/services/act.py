"""The frame of every act on a ticket: lock, permit, check – then, at the end, write and tell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Max

from complaints import clock_math, policies, workflow
from complaints.enums import (
    Action,
    ClockKind,
    ClockState,
    EventKind,
    State,
    Template,
    TextRole,
    Visibility,
)
from complaints.models import TextEntry, Ticket, TicketClock, TicketEvent, TicketReporter
from complaints.rights import Verb
from complaints.services import announcing, catalogue, clocks, records, telling, texts
from complaints.services.catalogue import Catalogue
from complaints.services.texts import Saying
from complaints.spans import REVIEW_EVERY
from core.actors import Actor, ActorKind
from core.batch import Batch
from core.business_time import Basis
from core.errors import InvalidTransition, StaleVersion
from notifications.services import notices
from notifications.services.notices import Telling
from organisation.models import Post
from organisation.services import posts
from privacy.vault.services.sealing import KeyRing

#: the event each action leaves
EVENT_OF: Final[dict[Action, EventKind]] = {
    Action.ASSIGN: EventKind.ASSIGNED,
    Action.ACCEPT: EventKind.ACCEPTED,
    Action.START: EventKind.STARTED,
    Action.WAIT_RESIDENT: EventKind.WAITING,
    Action.WAIT_SUPPLIER: EventKind.WAITING,
    Action.RESUME: EventKind.RESUMED,
    Action.RESOLVE: EventKind.RESOLVED,
    Action.RETURN: EventKind.RETURNED,
    Action.CALL_BACK: EventKind.CALL_BACK,
    Action.CONFIRM: EventKind.CALLED_BACK,
    Action.REOPEN: EventKind.REOPENED,
    Action.CLOSE: EventKind.CLOSED,
    Action.WITHDRAW: EventKind.WITHDRAWN,
    Action.REJECT: EventKind.REJECTED,
    Action.MERGE: EventKind.MERGED,
}


class Act:
    """One act of one actor on one ticket, whose row stays locked until the transaction ends.

    Collects what the act leaves; `save` writes the ticket and its clocks, then events, texts and
    history in one statement, then the notices.
    """

    def __init__(
        self,
        ticket: Ticket,
        verb: Verb,
        *,
        actor: Actor,
        at: datetime,
        keys: KeyRing | None = None,
    ) -> None:
        self.ticket, self.verb, self.actor, self.at, self._keys = ticket, verb, actor, at, keys
        self.batch = Batch()
        self._new_clocks: list[TicketClock] = []
        self._changed_clocks: dict[int, TicketClock] = {}
        self._tellings: list[Telling] = []
        self._events: list[TicketEvent] = []
        self._stood = _standing(ticket)

    @cached_property
    def catalogue(self) -> Catalogue:
        return catalogue.current()

    @cached_property
    def clocks(self) -> list[TicketClock]:
        """Those that run or pause."""
        return list(self.ticket.clocks.live())

    @property
    def subject_id(self) -> UUID | None:
        """Whose report this is, for sealing and telling alone."""
        reporter = getattr(self.ticket, "reporter", None)
        return reporter.subject_id if reporter else None

    def move(self, action: Action, **columns: Any) -> TicketEvent:
        """Change the state as the workflow says and leave the event. Raises InvalidTransition."""
        before = State(self.ticket.state)
        after = workflow.target(before, action)
        if after is None:
            raise InvalidTransition(state=before.value, action=action.value)
        self.ticket.state = after
        return self.event(
            EVENT_OF[action], action=action, from_state=before, to_state=after, **columns
        )

    def event(
        self,
        kind: EventKind,
        visibility: Visibility = Visibility.PUBLIC,
        *,
        by: Actor | None = None,
        **columns: Any,
    ) -> TicketEvent:
        """`by` where it is not the doing of whoever acts."""
        if not self.batch.left(TicketEvent):
            self.batch.reserve({TicketEvent: 1, TextEntry: 1})
        event = self.batch.number(
            records.new_event(
                self.ticket,
                kind,
                actor=by or self.actor,
                at=self.at,
                visibility=visibility,
                **columns,
            )
        )
        self._events.append(event)
        return event

    def say(self, event: TicketEvent, role: TextRole, body: str) -> None:
        """Write a cleaned text to the entry, as visible as the entry is."""
        saying = Saying(role, Visibility(event.visibility), body)
        texts.compose(
            self.batch,
            event,
            [saying],
            actor=self.actor,
            subject_id=self.subject_id,
            at=self.at,
            keys=self._keys,
        )

    def say_internally(self, text: str) -> None:
        """A note beside the act, for colleagues alone; nothing where nothing was typed."""
        self.note(texts.clean(text, TextRole.NOTE, field="note", required=False))

    def begin_anew(self) -> TicketEvent:
        """Reopen: a new cycle with new clocks, at the post that has the ticket."""
        ticket = self.ticket
        ticket.cycle += 1
        ticket.level = ticket.urged_at = ticket.resolved_at = ticket.ended_at = None
        event = self.move(Action.REOPEN)
        self.start_clocks(clocks.IN_HAND)
        return event

    def note(self, body: str) -> None:
        """A cleaned text for colleagues, as an entry of its own; nothing when it is empty."""
        if body:
            self.say(self.event(EventKind.NOTED, Visibility.INTERNAL), TextRole.NOTE, body)

    def hand_to(self, post: Post) -> None:
        """The ticket is this post's work from now on, and the time it holds it begins."""
        if post.pk != self.ticket.post_id:
            self.stop_clocks(ClockKind.SEGMENT)
            self._new_clocks = [new for new in self._new_clocks if new.kind != ClockKind.SEGMENT]
        self.ticket.post = post
        if not self._has_segment():
            self._new_clocks += clocks.start_segment(
                self.ticket,
                self.ticket.unit.path,
                self.clocks,
                at=self.at,
                catalogue=self.catalogue,
            )

    def give_to(self, post: Post) -> None:
        """Hand it on where no state changes by that: it is assigned, and the post hears of it."""
        self.hand_to(post)
        state = self.ticket.state
        event = self.event(
            EventKind.ASSIGNED,
            Visibility.INTERNAL,
            action=Action.ASSIGN,
            from_state=state,
            to_state=state,
            post=post,
        )
        self.tell_post(event, Template.TICKET_ASSIGNED)

    def _has_segment(self) -> bool:
        """Whether the present holder's time is running or waiting."""
        known = (*self.clocks, *self._new_clocks)
        return any(
            clock.kind == ClockKind.SEGMENT and clock.state in clocks.LIVE for clock in known
        )

    def stop_clocks(self, *kinds: ClockKind) -> None:
        self._note(clocks.stop(self.clocks, kinds, at=self.at, catalogue=self.catalogue))

    def pause_clocks(self, until: datetime) -> None:
        """The ticket waits: what runs of its clocks is halted, and the wait ends at `until` whether
        any runs or none."""
        self.ticket.wait_ends_at = until
        self._note(clocks.pause(self.clocks, at=self.at, until=until, catalogue=self.catalogue))

    def resume_clocks(self) -> None:
        self._note(clocks.resume(self.clocks, at=self.at, catalogue=self.catalogue))
        # what began in this act while the ticket waited is not stored yet
        clocks.resume(self._new_clocks, at=self.at, catalogue=self.catalogue)

    def cancel_clocks(self) -> None:
        self._note(clocks.cancel(self.clocks, at=self.at))

    def set_clocks_aside(self) -> None:
        """The ticket joins another: its promises rest, and can be taken up again."""
        self._note(clocks.set_aside(self.clocks, at=self.at, catalogue=self.catalogue))

    def take_clocks_up(self, since: datetime) -> None:
        """Those that were set aside at `since` run on with what remained then."""
        aside = self.ticket.clocks.filter(
            cycle=self.ticket.cycle, state=ClockState.CANCELLED, stopped_at=since
        )
        fired = self.ticket.events.filter(kind=EventKind.ESCALATED, clock__in=aside)
        highest = dict(fired.values_list("clock_id").annotate(highest=Max("level")))
        taken = clocks.take_up(aside, at=self.at, catalogue=self.catalogue, fired=highest)
        self.clocks.extend(taken)
        self._note(taken)

    def start_clocks(self, kinds: Collection[ClockKind]) -> None:
        """Begin the ticket's cycle anew, on the version of its policy that is in force now."""
        if self.ticket.policy is None:
            return
        terms = self.catalogue.terms(self.ticket.policy.code, self.at)
        self.ticket.policy = terms.policy
        in_a_hand = self.ticket.post is not None and not self._has_segment()
        wanted = set(kinds) - (set() if in_a_hand else {ClockKind.SEGMENT})
        self._new_clocks += clocks.start(self.ticket, terms, at=self.at, kinds=wanted)

    @property
    def promised(self) -> Collection[str]:
        """The kinds of clock that the ticket's version of its policy knows."""
        if self.ticket.policy_id is None:
            return ()
        return self.catalogue.terms_by_id[self.ticket.policy_id].durations.keys()

    def start_clock(self, kind: ClockKind) -> TicketClock | None:
        """Begin one more clock of this cycle on the version of the policy the ticket has; None
        where that promises nothing of the kind."""
        if kind not in self.promised or self.ticket.policy_id is None:
            return None
        terms = self.catalogue.terms_by_id[self.ticket.policy_id]
        started = clocks.start(self.ticket, terms, at=self.at, kinds=(kind,))
        until = self.ticket.waits_until
        if until is not None and until > self.at:
            clocks.pause(started, at=self.at, until=until, catalogue=self.catalogue)
        self._new_clocks += started
        return started[0]

    def extend_clock(self, clock: TicketClock, minutes: int, basis: Basis) -> None:
        """Give one of `clocks` so many more minutes of this basis."""
        self._note([clocks.extend(clock, minutes, basis, at=self.at, catalogue=self.catalogue)])

    def tell(self, event: TicketEvent, template: Template, post_ids: Collection[int]) -> None:
        """Posts beside the one that has the ticket."""
        self._tellings += [telling.to(post_id, event, template) for post_id in post_ids]

    def tell_post(self, event: TicketEvent, template: Template) -> None:
        """The post that has the ticket, if any, as `hearing` says."""
        if self.ticket.post is not None:
            self.tell(event, template, [self.hearing(self.ticket.post)])

    def hearing(self, post: Post) -> int:
        """Who hears what this post would. Where somebody whom the ticket names has come to it
        since, or the post has ended, the duty queue, which can give it to another."""
        named = set(self.ticket.named_ids)
        if named & {post.holder_id, post.stand_in_id} or posts.has_ended(post, at=self.at):
            return posts.duty_queue(at=self.at, without_staff=named).pk
        return post.pk

    def tell_reporter(self, event: TicketEvent, template: Template) -> None:
        """Nobody is told what they did themselves."""
        if self.actor.kind is not ActorKind.REPORTER:
            self._tellings += telling.to_subject(self.subject_id, event, template)

    def save(self) -> Ticket:
        ticket = self.ticket
        self._tell_those_beside()
        live = [*self.clocks, *self._new_clocks]
        ticket.next_step_at = clocks.next_step(
            ticket, live, at=self.at, review_at=self._review_stands()
        )
        ticket.version += 1
        records.save_with_history(
            ticket, actor=self.actor, reason=self.verb.value, batch=self.batch
        )
        if self._changed_clocks:
            TicketClock.objects.bulk_update(self._changed_clocks.values(), clocks.CHANGED_FIELDS)
        self.batch.add(*self._new_clocks)
        self.batch.write()
        notices.tell(self._tellings, at=self.at)
        announcing.announce(ticket, self._events, at=self.at)
        policies.forget_facts(ticket)
        return ticket

    def _review_stands(self) -> datetime | None:
        """What is only said puts off no review: else who is pressed for an answer, or writes a note
        each day, would keep the duty queue away for good. None where the act moved anything."""
        moved = self._changed_clocks or self._new_clocks or self._stood != _standing(self.ticket)
        standing = self.ticket.next_step_at
        return None if moved or standing is None else min(standing, self.at + REVIEW_EVERY)

    def _tell_those_beside(self) -> None:
        """Co-owning posts hear of every act; whoever reported what was merged into this ticket
        hears that there is news, never whose or in which words (docs/adr/0053)."""
        ticket = self.ticket
        for event in self._events[:1]:
            self._tellings += telling.to_co_owners(ticket, event, self.actor, at=self.at)
        for event in self._events:
            self._tellings += telling.to_followers(ticket.merged_ids, event)

    def _note(self, changed: list[TicketClock]) -> None:
        self._changed_clocks.update({clock.pk: clock for clock in changed})


def keys_for(ticket: Ticket, body: str) -> KeyRing | None:
    """As `texts.keys_for`, of a text that is about to be said on this ticket."""
    reporters = TicketReporter.objects.filter(ticket=ticket.pk).values_list("subject", flat=True)
    return texts.keys_for([body], reporters.first)


def begin(
    ticket: Ticket,
    verb: Verb,
    *,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    keys: KeyRing | None = None,
) -> Act:
    """Lock the ticket and check that the actor may, on the version they saw, in its state.

    `keys` are those of what will be said (`keys_for`), read before anything is locked. The act is
    at `at`, or just after a level that was written while it waited for the lock (docs/adr/0101).
    Must run in a transaction. Raises NotAllowed, StaleVersion or InvalidTransition, in that order.
    """
    locked = Ticket.objects.lock(ticket.pk, at)
    policies.require(policies.may(actor, verb, locked))
    if version is not None and version != locked.version:
        raise StaleVersion(version=locked.version)
    if not policies.possible(verb, locked.state):
        raise InvalidTransition(state=locked.state, action=verb.value)
    return Act(locked, verb, actor=actor, at=_after_levels(locked, at), keys=keys)


def _standing(ticket: Ticket) -> tuple[object, ...]:
    """In which state and whose hand it is."""
    return ticket.state, ticket.cycle, ticket.post_id, ticket.severity


def _after_levels(ticket: Ticket, at: datetime) -> datetime:
    """Nothing fires after the end, so no end comes before what has fired."""
    if ticket.level is None:
        return at
    fired = ticket.events.filter(kind=EventKind.ESCALATED)
    last = fired.aggregate(last=Max("occurred_at"))["last"]
    return clock_math.after_level(at, last) if last is not None else at


def lock_together(*ticket_ids: int) -> None:
    """Lock several tickets in one order, so that two who want the same ones wait for each other
    and no more."""
    rows = Ticket.objects.filter(pk__in=ticket_ids).order_by("pk").select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))
