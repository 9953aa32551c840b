"""What a version that is prepared would do to the tickets that are open now. Counts, never writes.

Streams over the open tickets in sets, each read with a handful of statements, so that it needs no
more memory for a hundred thousand than for a hundred.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, groupby, islice
from typing import Final

from complaints.clock_math import from_minutes
from complaints.ladder import Rung
from complaints.models import Policy
from complaints.recount import Recounted
from complaints.services import catalogue, sweep_rows, sweep_steps
from complaints.services.catalogue import Catalogue
from complaints.services.moving import OpenClock, Past, Target, open_clocks
from complaints.services.seating import NOBODY, Asked, Seating
from organisation.models import Post
from organisation.services.calendars import calendar_for

SET: Final = 1_000
#: ends of the groups in which shifts are counted, in minutes
GROUPS: Final = (-1_440, -240, -60, 0, 60, 240, 1_440)
NOTHING: Final = timedelta()


@dataclass
class Preview:
    """Counts of open tickets and their clocks. `shifts` by group: 0 is unmoved, -1 to -4 earlier by
    more and more, 1 to 4 later; `told` by post what it would hear at once."""

    tickets: int = 0
    moving: int = 0
    clocks: int = 0
    void: int = 0
    shifts: Counter[int] = field(default_factory=Counter)
    at_once: Counter[int] = field(default_factory=Counter)
    told: Counter[int] = field(default_factory=Counter)

    @property
    def earlier(self) -> int:
        return sum(count for group, count in self.shifts.items() if group < 0)

    @property
    def later(self) -> int:
        return sum(count for group, count in self.shifts.items() if group > 0)

    @property
    def unmoved(self) -> int:
        return self.shifts[0]

    def posts(self) -> list[tuple[Post, int]]:
        """Who would hear, the most first."""
        rows = Post.objects.with_people().in_bulk(list(self.told))
        return [(rows[post_id], count) for post_id, count in self.told.most_common()]


@dataclass(frozen=True, slots=True)
class Plan:
    """What clocks of each policy id would be counted by, and the ladder they would climb."""

    targets: Mapping[int, Target]
    rungs: Mapping[int, Mapping[str, Sequence[Rung]]]


def of_version(draft: Policy, *, at: datetime) -> Preview:
    """Every open clock on another version of the policy, as if the draft took it over now."""
    known = catalogue.current()
    target = Target(
        catalogue.terms_of(draft),
        lambda path: calendar_for(known.newest_calendar(draft.calendar, path)),
    )
    earlier = [
        policy_id
        for policy_id, each in known.terms_by_id.items()
        if each.policy.code == draft.code and each.policy.version < draft.version
    ]
    rungs = sweep_steps.rungs_by_kind(draft)
    plan = Plan(dict.fromkeys(earlier, target), dict.fromkeys(earlier, rungs))
    return preview(plan, at=at)


def preview(plan: Plan, *, at: datetime, below: str = "") -> Preview:
    """`below` is the path of the units that are concerned, and of all under them."""
    found, known = Preview(), catalogue.current()
    clocks = open_clocks(list(plan.targets), below=below, at_a_time=SET)
    tickets = (list(of_ticket) for _, of_ticket in groupby(clocks, key=_ticket))
    while some := list(islice(tickets, SET)):
        found.tickets += len(some)
        _count(list(chain.from_iterable(some)), plan, known, found, at)
    return found


def _ticket(clock: OpenClock) -> int:
    return clock.ticket_id


def _count(
    clocks: list[OpenClock], plan: Plan, known: Catalogue, found: Preview, at: datetime
) -> None:
    past = Past.of(clocks)
    calls: list[tuple[OpenClock, Rung]] = []
    moved: set[int] = set()
    for clock in clocks:
        old, new = known.terms_by_id[clock.policy_id], plan.targets[clock.policy_id]
        after = past.recounted(clock, old, new, clock.path)
        if after is None:
            found.void += 1
            continue
        shift = _shift(clock, after)
        found.shifts[group_of(shift)] += 1
        if shift:
            moved.add(clock.ticket_id)
        fallen = [firing.level for firing in after.firings if firing.at <= at]
        if fallen:
            rungs = plan.rungs[clock.policy_id][clock.kind]
            calls += [(clock, rung) for rung in rungs if rung.level in fallen]
    found.clocks += len(clocks)
    found.moving += len(moved)
    _call(calls, found, at)


def _shift(clock: OpenClock, after: Recounted) -> timedelta:
    if after.left is not None:
        return after.left - from_minutes(clock.remaining_minutes or Decimal())
    if after.due_at is None or clock.due_at is None:
        return NOTHING
    return after.due_at - clock.due_at


def group_of(shift: timedelta) -> int:
    """0 for less than a second, else which of the groups, away from the middle."""
    if abs(shift) < timedelta(seconds=1):
        return 0
    size = abs(shift) / timedelta(minutes=1)
    place = 1 + sum(size > end for end in GROUPS if end > 0)
    return place if shift > NOTHING else -place


def _call(calls: Sequence[tuple[OpenClock, Rung]], found: Preview, at: datetime) -> None:
    """Whom the levels that would fire at once would reach, by the tree as it is now."""
    if not calls:
        return
    named = sweep_rows.named_staff(list({clock.ticket_id for clock, _ in calls}))
    asked = {
        clock.ticket_id: Asked(clock.path, clock.post_id, clock.ticket_kind) for clock, _ in calls
    }
    roles = {role for _, rung in calls for role in rung.roles if role is not None}
    seating = Seating.read(set(asked.values()), roles, at)
    for clock, rung in calls:
        people = named.get(clock.ticket_id, NOBODY)
        found.at_once[rung.level] += 1
        found.told[seating.post_for(asked[clock.ticket_id], rung.roles, people)] += 1
