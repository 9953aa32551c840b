"""A year of tickets with a natural rhythm, by COPY: what services would have written, in bulk.

Late ones have gone up the ladder, some were reopened, the newest are still open with clocks that
run. Written here and not by the services, since those would take minutes for what takes seconds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from complaints import clock_math
from complaints.enums import (
    Action,
    ClockKind,
    ClockState,
    EventKind,
    Protection,
    State,
    StepEffect,
    TextRole,
    Visibility,
)
from complaints.models import TextEntry, Ticket, TicketClock, TicketEvent, TicketReporter
from complaints.services import catalogue, records, references
from complaints.services.catalogue import Catalogue
from complaints.services.import_storage import text_row
from core.actors import ActorKind
from core.copying import copy_rows, draw_keys
from demo.services.people import Resident
from demo.stories import COMMENTS, NOTES, STORIES, Story
from organisation.models import Post

BATCH = 5_000
YEAR = timedelta(days=365)
#: share of calls by hour of the day, Shanghai time
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 16, 15, 12, 9, 9, 12, 13, 12, 11, 12, 14, 13, 9, 5, 2)
OPEN_WITHIN = timedelta(days=2)
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


@dataclass(slots=True)
class Rows:
    tickets: list[tuple[Any, ...]] = field(default_factory=list)
    owners: list[tuple[Any, ...]] = field(default_factory=list)
    reporters: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    texts: list[tuple[Any, ...]] = field(default_factory=list)
    clocks: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """What all tickets share. `posts` maps role and unit id to the post that answers there."""

    rules: Catalogue
    posts: dict[tuple[str, int], Post]
    above: dict[int, dict[str, Post]]
    at: datetime
    random: Random


@dataclass(frozen=True, slots=True)
class Course:
    """How one matter went; moments are None where it has not come so far."""

    received: datetime
    accepted: datetime | None
    replied: datetime | None
    resolved: datetime | None
    closed: datetime | None
    rated: bool


def build_tickets(
    residents: Sequence[Resident],
    count: int,
    *,
    setting: Setting,
    say: Callable[[str], object],
) -> None:
    moments = sorted(_moment(setting) for _ in range(count))
    for begin in range(0, count, BATCH):
        _store(residents, moments[begin : begin + BATCH], setting)
        if count > BATCH:
            say(f"  {min(begin + BATCH, count):,} / {count:,}")


def setting_of(
    posts: Sequence[Post], units: dict[int, list[int]], at: datetime, random: Random
) -> Setting:
    """`units` maps each community to itself and all units above it, the nearest first."""
    by_place = {(post.role.code, post.unit_id): post for post in posts}
    above = {
        unit: {
            role: by_place[role, place]
            for role in {post.role.code for post in posts}
            for place in reversed(chain)
            if (role, place) in by_place
        }
        for unit, chain in units.items()
    }
    return Setting(catalogue.current(), by_place, above, at, random)


def _moment(setting: Setting) -> datetime:
    """Any day of the last year, at an hour when people call; nothing from the last ten minutes."""
    random = setting.random
    day = setting.at - YEAR * random.random()
    hour = random.choices(range(24), HOURS)[0]
    start = day.replace(minute=0, second=0, microsecond=0) - timedelta(hours=day.hour)
    moment = start + timedelta(hours=hour - 8, seconds=random.randrange(3600))
    return min(moment, setting.at - timedelta(minutes=10 + random.randrange(2_000)))


def _store(residents: Sequence[Resident], moments: Sequence[datetime], setting: Setting) -> None:
    ids = draw_keys(Ticket, len(moments))
    numbers = references.draw(len(moments))
    keys = iter(draw_keys(TicketEvent, len(moments) * 20))
    clock_ids = iter(draw_keys(TicketClock, len(moments) * 3))
    rows = Rows()
    for pk, number, received in zip(ids, numbers, moments, strict=True):
        resident = setting.random.choice(residents)
        story = setting.random.choices(STORIES, [each.weight for each in STORIES])[0]
        _Writer(rows, setting, keys, clock_ids, pk, resident, story).write(number, received)
    _copy(rows, setting.at)


def _copy(rows: Rows, at: datetime) -> None:
    own = ("public_id", "dwelling_id", "recorded_at", "source", "source_key")
    tickets = ((*ticket, *extra) for ticket, extra in zip(rows.tickets, rows.owners, strict=True))
    copy_rows(Ticket, (*TICKET, *own), tickets)
    history = Ticket.history.model
    kept = [name for name in TICKET if name in _history_columns()]
    places = [TICKET.index(name) for name in kept]
    copy_rows(
        history,
        (*kept, "history_date", "history_change_reason", "history_type"),
        ((*(row[place] for place in places), at, "demo", records.CREATED) for row in rows.tickets),
    )
    copy_rows(TicketReporter, ("ticket_id", "subject_id", "protection"), rows.reporters)
    copy_rows(TicketClock, CLOCK, rows.clocks)
    copy_rows(TicketEvent, EVENT, rows.events)
    copy_rows(TextEntry, TEXT, rows.texts)


def _history_columns() -> set[str]:
    return {column.attname for column in Ticket.history.model._meta.concrete_fields}


class _Writer:
    """One ticket with all its rows."""

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
        self.random = setting.random
        unit = resident.home.unit_id
        self.post = setting.posts.get((story.role, unit)) or setting.above[unit][story.role]
        self.terms = setting.rules.terms(story.policy, setting.at)
        self.level: int | None = None
        self.state = State.RECEIVED
        self.fires: list[datetime] = []

    def write(self, number: str, received: datetime) -> None:
        course = self._course(received)
        first = self._event(EventKind.RECEIVED, received, to=State.RECEIVED)
        self._say(first, TextRole.SUMMARY, ActorKind.REPORTER, self._summary(), received)
        self._say(first, TextRole.BODY, ActorKind.REPORTER, self.story.body, received)
        self._event(
            EventKind.ASSIGNED, received, Action.ASSIGN, to=State.ASSIGNED, post_id=self.post.pk
        )
        self._clock(ClockKind.FIRST_RESPONSE, received, course.replied or course.resolved)
        self._clock(ClockKind.RESOLVE, received, course.resolved)
        self._handle(course)
        self._ticket(number, course)

    def _summary(self) -> str:
        return self.story.body.replace("，", "。").split("。")[0][:30]

    def _course(self, received: datetime) -> Course:
        random = self.random
        pace = random.lognormvariate(0, 0.9)
        minutes = self.terms.durations[ClockKind.FIRST_RESPONSE].minutes
        replied = received + timedelta(minutes=max(2.0, 0.5 * minutes * pace))
        resolve = self.terms.durations[ClockKind.RESOLVE]
        stretch = 2.2 if resolve.basis.name == "WORKING" else 0.7
        resolved = replied + timedelta(minutes=0.6 * stretch * resolve.minutes * pace)
        closed = resolved + timedelta(days=random.choice((1, 2, 7)))
        accepted = received + (replied - received) * 0.4
        fresh = self.setting.at - received < OPEN_WITHIN and random.random() < 0.7

        def past(moment: datetime) -> datetime | None:
            return moment if moment < self.setting.at and not fresh else None

        return Course(
            received,
            past(accepted),
            past(replied),
            past(resolved) if past(replied) else None,
            past(closed) if past(resolved) else None,
            rated=random.random() < 0.35,
        )

    def _handle(self, course: Course) -> None:
        if course.accepted:
            self._move(EventKind.ACCEPTED, Action.ACCEPT, State.ACCEPTED, course.accepted)
            self._move(EventKind.STARTED, Action.START, State.IN_PROGRESS, course.accepted)
        if course.replied:
            event = self._staff_event(EventKind.REPLIED, course.replied)
            self._say(
                event, TextRole.REPLY, ActorKind.STAFF, "已收到，正在安排处理。", course.replied
            )
            if self.random.random() < 0.3:
                self._note(course.replied)
        if course.resolved:
            event = self._move(EventKind.RESOLVED, Action.RESOLVE, State.RESOLVED, course.resolved)
            self._say(event, TextRole.REPLY, ActorKind.STAFF, self.story.reply, course.resolved)
        if course.closed:
            if course.rated:
                self._rate(course.closed)
            self._event(
                EventKind.CLOSED, course.closed, Action.CLOSE, before=State.RESOLVED,
                to=State.CLOSED,
            )  # fmt: skip
            self.state = State.CLOSED

    def _note(self, at: datetime) -> None:
        event = self._staff_event(EventKind.NOTED, at, visibility=Visibility.INTERNAL)
        words = self.random.choice(NOTES)
        self._say(event, TextRole.NOTE, ActorKind.STAFF, words, at, Visibility.INTERNAL)

    def _rate(self, at: datetime) -> None:
        late = self.level is not None and self.level > 0
        scores = (3, 4, 4, 5, 5) if not late else (1, 2, 3, 3, 4)
        event = self._event(
            EventKind.RATED, at, actor=ActorKind.REPORTER,
            handling_score=self.random.choice(scores), outcome_score=self.random.choice(scores),
        )  # fmt: skip
        if words := self.random.choice(COMMENTS):
            self._say(event, TextRole.COMMENT, ActorKind.REPORTER, words, at)

    def _clock(self, kind: ClockKind, start: datetime, stop: datetime | None) -> None:
        duration, calendar = self.terms.durations[kind], self.terms.calendar
        deadline = clock_math.due(duration, calendar, start)
        pk, until = next(self.clock_ids), stop or self.setting.at
        firings = clock_math.firings(
            self.terms.ladders.get(kind, ()), duration, calendar, start, deadline.at
        )
        fallen = [firing for firing in firings if firing.at < until]
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
        for firing in fallen:
            self._escalate(pk, firing)

    def _escalate(self, clock_id: int, firing: clock_math.Firing) -> None:
        roles = {1: "project_manager", 2: "region_service_head", 3: "region_general_manager",
                 4: "group_executive"}  # fmt: skip
        role = roles.get(firing.level)
        post = self.setting.above[self.resident.home.unit_id][role] if role else self.post
        self._event(
            EventKind.ESCALATED, firing.at, visibility=Visibility.INTERNAL, post_id=post.pk,
            clock_id=clock_id, level=firing.level, effect=StepEffect.INFORM.value,
        )  # fmt: skip
        self.level = max(self.level or 0, firing.level)

    def _move(self, kind: EventKind, action: Action, to: State, at: datetime) -> int:
        before, self.state = self.state, to
        if before is State.RECEIVED:
            before = State.ASSIGNED
        return self._event(
            kind, at, action, before=before, to=to, actor=ActorKind.STAFF,
            staff_id=self.post.holder_id,
        )  # fmt: skip

    def _staff_event(
        self, kind: EventKind, at: datetime, visibility: Visibility = Visibility.PUBLIC
    ) -> int:
        return self._event(
            kind, at, actor=ActorKind.STAFF, staff_id=self.post.holder_id, visibility=visibility
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

    def _ticket(self, number: str, course: Course) -> None:
        story, home = self.story, self.resident.home
        if self.state is State.RECEIVED:
            self.state = State.ASSIGNED
        self.rows.tickets.append((
            self.pk, number, 1, story.kind.value, self.setting.rules.category(story.category).pk,
            story.severity.value, self.random.choice(("hotline", "hotline", "app", "portal")),
            self.state.value, home.unit_id, home.building_id, self.post.pk, self.terms.policy.pk, 1,
            self.level, course.received, course.resolved, course.closed, self._next_step(course),
        ))  # fmt: skip
        self.rows.owners.append((uuid.uuid4(), home.dwelling_id, self.setting.at, "", ""))
        self.rows.reporters.append((self.pk, self.resident.subject_id, Protection.NONE.value))

    def _next_step(self, course: Course) -> datetime | None:
        if course.closed:
            return None
        if course.resolved:
            return course.resolved + timedelta(days=7)
        return min(self.fires, default=self.setting.at + timedelta(days=1))
