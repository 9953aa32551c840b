"""One ticket of the past with all its rows, as the services and the sweep would have left them."""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from complaints import clock_math
from complaints.enums import (
    Action,
    CallReason,
    CallResult,
    CallState,
    ClockKind,
    ClockState,
    EventKind,
    Protection,
    State,
    StepEffect,
    TextRole,
    Visibility,
)
from complaints.ladder import Rung
from complaints.rights import HANDLE, SECOND_PERSON
from complaints.services.import_storage import text_row
from complaints.spans import CONFIRM_WINDOW, REVIEW_EVERY
from core.actors import ActorKind
from demo.services.courses import Course, course
from demo.services.people import Resident
from demo.services.setting import Setting
from demo.stories import COMMENTS, NOTES, ORDERS, SATISFIED, Story
from organisation.models import Post

FIRST_WORDS = "已收到，正在安排处理。"

TICKET = (
    "id", "reference", "version", "kind", "category_id", "severity", "channel", "state", "unit_id",
    "building_id", "post_id", "policy_id", "cycle", "level", "received_at", "resolved_at",
    "ended_at", "next_step_at",
)  # fmt: skip
EVENT = (
    "id", "ticket_id", "kind", "visibility", "actor_kind", "staff_id", "occurred_at", "recorded_at",
    "cycle", "action", "from_state", "to_state", "post_id", "clock_id", "level", "effect",
    "handling_score", "outcome_score", "reason_code",
)  # fmt: skip
TEXT = (
    "ticket_id", "event_id", "role", "visibility", "author_kind", "body", "tokens", "created_at",
)  # fmt: skip
CLOCK = (
    "id", "ticket_id", "kind", "cycle", "policy_id", "state", "started_at", "due_at", "stopped_at",
    "provisional", "next_level", "next_fire_at",
)  # fmt: skip

Act = tuple[datetime, int, Callable[[], object]]
"""When, the how-manieth to be thought of, and what."""


@dataclass(slots=True)
class Rows:
    """`co_owners` maps ticket and post to the escalation that made it answerable; `photos` are the
    entry, the category and the moment."""

    tickets: list[tuple[Any, ...]] = field(default_factory=list)
    owners: list[tuple[Any, ...]] = field(default_factory=list)
    reporters: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    clocks: list[tuple[Any, ...]] = field(default_factory=list)
    call_backs: list[tuple[Any, ...]] = field(default_factory=list)
    co_owners: dict[tuple[int, int], int] = field(default_factory=dict)
    photos: list[tuple[int, str, datetime]] = field(default_factory=list)


class Past:
    """What happened and what fell due, told in the order of the moments: who holds the ticket when
    somebody acts depends on who took it over before."""

    def __init__(
        self,
        rows: Rows,
        setting: Setting,
        keys: Iterator[int],
        clock_ids: Iterator[int],
        pk: int,
        resident: Resident,
        story: Story,
    ) -> None:
        self.rows, self.setting, self.pk, self.story = rows, setting, pk, story
        self.keys, self.clock_ids, self.resident = keys, clock_ids, resident
        self.random, self.unit_id = setting.random, resident.home.unit_id
        self.post = self.handler = setting.post(self.unit_id, story.role)
        self.terms = setting.rules.terms(story.policy, setting.at)
        self.level: int | None = None
        self.state = State.RECEIVED
        self.order = count()
        self.to_come: list[Act] = []
        self.worked: list[datetime] = []
        self.fires: list[datetime] = []

    def write(self, number: str, received: datetime) -> None:
        went = course(received, self.terms, at=self.setting.at, random=self.random)
        self._receive(received)
        self._clock(ClockKind.ACKNOWLEDGE, received, received)
        self._clock(ClockKind.FIRST_RESPONSE, received, went.replied or went.resolved)
        self._clock(ClockKind.RESOLVE, received, went.resolved)
        self._handle(went)
        while self.to_come:
            _, _, act = heapq.heappop(self.to_come)
            act()
        self._ticket(number, went)

    def _receive(self, at: datetime) -> None:
        first = self._event(EventKind.RECEIVED, at, to=State.RECEIVED)
        summary = self.story.body.replace("，", "。").split("。")[0][:30]
        self._say(first, TextRole.SUMMARY, ActorKind.REPORTER, summary, at)
        self._say(first, TextRole.BODY, ActorKind.REPORTER, self.story.body, at)
        self._event(
            EventKind.ASSIGNED, at, Action.ASSIGN,
            before=State.RECEIVED, to=State.ASSIGNED, post_id=self.post.pk,
        )  # fmt: skip
        self.state = State.ASSIGNED

    def _handle(self, went: Course) -> None:
        acted = (went.accepted, went.replied, went.resolved)
        self.worked = [moment for moment in acted if moment is not None]
        if went.accepted:
            self._then(went.accepted, self._accept)
        if went.replied:
            self._then(went.replied, self._reply)
        if went.resolved:
            self._then(went.resolved, self._resolve)
            if ClockKind.CALL_BACK in self.terms.durations:
                self._promise_call_back(went.resolved, went.called)
        if went.closed:
            if went.rated:
                self._then(went.closed, self._rate)
            self._then(went.closed, self._ended if went.lapsed else self._close)

    def _then(self, at: datetime, act: Callable[[datetime], object]) -> None:
        heapq.heappush(self.to_come, (at, next(self.order), lambda: act(at)))

    def _accept(self, at: datetime) -> None:
        self._move(EventKind.ACCEPTED, Action.ACCEPT, State.ACCEPTED, at)
        self._move(EventKind.STARTED, Action.START, State.IN_PROGRESS, at)

    def _reply(self, at: datetime) -> None:
        event = self._staff_event(EventKind.REPLIED, at)
        self._say(event, TextRole.REPLY, ActorKind.STAFF, FIRST_WORDS, at)
        if self.random.random() < 0.3:
            self._note(self.random.choice(NOTES), at)

    def _resolve(self, at: datetime) -> None:
        event = self._move(EventKind.RESOLVED, Action.RESOLVE, State.RESOLVED, at)
        self._say(event, TextRole.REPLY, ActorKind.STAFF, self.story.reply, at)
        if self.setting.rules.category(self.story.category).evidence_to_close:
            self.rows.photos.append((event, self.story.category, at))

    def _promise_call_back(self, resolved: datetime, called: datetime | None) -> None:
        """As the policy says: somebody of the hotline asks, who had no part in it."""
        caller = self.setting.post(self.unit_id, "hotline_agent")
        due_at = self._clock(ClockKind.CALL_BACK, resolved, called)
        self.rows.call_backs.append((
            self.pk, 1, caller.pk, CallReason.POLICY.value,
            (CallState.SATISFIED if called else CallState.OPEN).value, resolved, due_at, called,
        ))  # fmt: skip
        self._then(resolved, lambda at: self._ask(caller, at))
        if called:
            self._then(called, lambda at: self._confirm(caller, at))

    def _ask(self, caller: Post, at: datetime) -> None:
        self._event(
            EventKind.CALL_BACK, at, Action.CALL_BACK,
            before=self.state, to=State.CALL_BACK, post_id=caller.pk,
        )  # fmt: skip
        self.state = State.CALL_BACK

    def _confirm(self, caller: Post, at: datetime) -> None:
        self._event(
            EventKind.CALLED_BACK, at, Action.CONFIRM, before=self.state, to=State.RESOLVED,
            actor=ActorKind.STAFF, staff_id=caller.holder_id,
            reason_code=CallResult.SATISFIED.value,
        )  # fmt: skip
        self.state = State.RESOLVED
        self._note(self.random.choice(SATISFIED), at, caller)

    def _close(self, at: datetime) -> None:
        """By the resident; what was serious, by somebody of staff who did not handle it."""
        who: dict[str, Any] = {"actor": ActorKind.REPORTER}
        if self.story.severity in SECOND_PERSON:
            second = self.setting.post(self.unit_id, "hotline_supervisor")
            who = {"actor": ActorKind.STAFF, "staff_id": second.holder_id}
        self._ended(at, **who)

    def _ended(self, at: datetime, **who: Any) -> None:
        self._event(EventKind.CLOSED, at, Action.CLOSE, before=self.state, to=State.CLOSED, **who)
        self.state = State.CLOSED

    def _note(self, words: str, at: datetime, post: Post | None = None) -> None:
        event = self._staff_event(EventKind.NOTED, at, Visibility.INTERNAL, post)
        self._say(event, TextRole.NOTE, ActorKind.STAFF, words, at, Visibility.INTERNAL)

    def _rate(self, at: datetime) -> None:
        late = self.level is not None and self.level > 0
        scores = (3, 4, 4, 5, 5, 5, 5) if not late else (1, 2, 3, 3, 4)
        event = self._event(
            EventKind.RATED, at, actor=ActorKind.REPORTER,
            handling_score=self.random.choice(scores), outcome_score=self.random.choice(scores),
        )  # fmt: skip
        if words := self.random.choice(COMMENTS):
            self._say(event, TextRole.COMMENT, ActorKind.REPORTER, words, at)

    def _clock(self, kind: ClockKind, start: datetime, stop: datetime | None) -> datetime:
        """Write the clock and what of its ladder fell due; returns when it was due."""
        duration, calendar = self.terms.durations[kind], self.terms.calendar
        deadline = clock_math.due(duration, calendar, start)
        pk, until = next(self.clock_ids), stop or self.setting.at
        ladder = self.terms.ladders.get(kind, ())
        firings = clock_math.firings(ladder, duration, calendar, start, deadline.at)
        coming = next((firing for firing in firings if firing.at >= until), None)
        if stop:
            state, coming = ClockState.KEPT if stop <= deadline.at else ClockState.BROKEN, None
        else:
            state = ClockState.RUNNING
        self.rows.clocks.append((
            pk, self.pk, kind.value, 1, self.terms.policy.pk, state.value, start, deadline.at,
            stop, deadline.provisional, coming.level if coming else None,
            coming.at if coming else None,
        ))  # fmt: skip
        if coming:
            self.fires.append(coming.at)
        rungs = self.setting.rungs.get((self.terms.policy.pk, kind.value), {})
        for firing in firings:
            if firing.at < until:
                self._will_fall(pk, rungs[firing.level], firing.at)
        return deadline.at

    def _will_fall(self, clock_id: int, rung: Rung, at: datetime) -> None:
        self._then(at, lambda at: self._escalate(clock_id, rung, at))

    def _escalate(self, clock_id: int, rung: Rung, at: datetime) -> None:
        """Tell whom the rung names; as it says, they answer beside the handler or take over."""
        post_id = self.setting.post_for(self.unit_id, self.post.pk, rung.roles)
        event = self._event(
            EventKind.ESCALATED, at, visibility=Visibility.INTERNAL, post_id=post_id,
            clock_id=clock_id, level=rung.level, effect=rung.effect,
        )  # fmt: skip
        self.level = max(self.level or 0, rung.level)
        if rung.effect == StepEffect.CO_OWN:
            self.rows.co_owners[self.pk, post_id] = event
        elif rung.effect == StepEffect.TAKE_OVER and post_id != self.post.pk:
            taker = self.post = self.setting.posts[post_id]
            self._event(EventKind.TAKEN_OVER, at, visibility=Visibility.INTERNAL, post_id=post_id)
            if HANDLE not in taker.role.permissions and (then := self._next_work(at)):
                self._then(at + (then - at) / 2, lambda at: self._give_back(taker, at))

    def _next_work(self, at: datetime) -> datetime | None:
        return min((moment for moment in self.worked if moment > at), default=None)

    def _give_back(self, taker: Post, at: datetime) -> None:
        """Who takes over without handling tickets orders what is to be done, unless somebody
        further up has it by now."""
        if self.post is not taker:
            return
        self.post = self.handler
        event = self._event(
            EventKind.GIVEN_BACK, at, visibility=Visibility.INTERNAL, actor=ActorKind.STAFF,
            staff_id=taker.holder_id, post_id=self.post.pk,
        )  # fmt: skip
        words = self.random.choice(ORDERS)
        self._say(event, TextRole.NOTE, ActorKind.STAFF, words, at, Visibility.INTERNAL)

    def _move(self, kind: EventKind, action: Action, to: State, at: datetime) -> int:
        before, self.state = self.state, to
        return self._event(
            kind, at, action, before=before, to=to, actor=ActorKind.STAFF,
            staff_id=self.post.holder_id,
        )  # fmt: skip

    def _staff_event(
        self,
        kind: EventKind,
        at: datetime,
        visibility: Visibility = Visibility.PUBLIC,
        post: Post | None = None,
    ) -> int:
        staff_id = (post or self.post).holder_id
        return self._event(
            kind, at, actor=ActorKind.STAFF, staff_id=staff_id, visibility=visibility
        )

    def _event(
        self,
        kind: EventKind,
        at: datetime,
        action: Action | str = "",
        *,
        before: State | str = "",
        to: State | str = "",
        actor: ActorKind | None = None,
        visibility: Visibility = Visibility.PUBLIC,
        **columns: Any,
    ) -> int:
        if actor is None:
            actor = ActorKind.REPORTER if kind is EventKind.RECEIVED else ActorKind.SYSTEM
        pk = next(self.keys)
        own = {"effect": "", "reason_code": "", **columns}
        fixed = {
            "id": pk, "ticket_id": self.pk, "kind": kind.value, "visibility": visibility.value,
            "actor_kind": actor.value, "occurred_at": at, "recorded_at": self.setting.at,
            "cycle": 1, "action": str(action), "from_state": str(before), "to_state": str(to),
        }  # fmt: skip
        row = {**fixed, **own}
        self.rows.events.append(tuple(row.get(name) for name in EVENT))
        return pk

    def _say(
        self,
        event: int,
        role: TextRole,
        author: ActorKind,
        body: str,
        at: datetime,
        visibility: Visibility = Visibility.PUBLIC,
    ) -> None:
        pk, event_id, role_value, _, author_value, masked, tokens, created = text_row(
            self.pk, event, role, author, body, at
        )
        self.rows.texts.append(
            (pk, event_id, role_value, visibility.value, author_value, masked, tokens, created)
        )

    def _ticket(self, number: str, went: Course) -> None:
        story, home = self.story, self.resident.home
        self.rows.tickets.append((
            self.pk, number, 1, story.kind.value, self.setting.rules.category(story.category).pk,
            story.severity.value, self.random.choice(("hotline", "hotline", "app", "portal")),
            self.state.value, home.unit_id, home.building_id, self.post.pk, self.terms.policy.pk, 1,
            self.level, went.received, went.resolved, went.closed, self._next_step(went),
        ))  # fmt: skip
        self.rows.owners.append((uuid.uuid4(), home.dwelling_id, self.setting.at, "", ""))
        self.rows.reporters.append((self.pk, self.resident.subject_id, Protection.NONE.value))

    def _next_step(self, went: Course) -> datetime | None:
        """As `clocks.next_step` says it."""
        if went.closed:
            return None
        if self.state is State.RESOLVED and went.resolved is not None:
            confirmed_by = went.resolved + CONFIRM_WINDOW
            if confirmed_by > self.setting.at:
                return confirmed_by
            return self.setting.at + REVIEW_EVERY
        return min(self.fires, default=self.setting.at + REVIEW_EVERY)
