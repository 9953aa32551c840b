"""Whom an escalation reaches: the post found by walking up the tree at the moment it fires.

A rung names a role. Its post is the filled one nearest upward from the ticket's unit; where it is
vacant, away without a stand-in or conflicted, the roles of the higher rungs are asked in turn, and
at last the duty queue. One statement reads the posts for a whole batch of tickets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from django.db.models import Q

from complaints.enums import Kind
from complaints.querysets import GATED
from organisation.models import Post, Role
from organisation.querysets import PATH_STEP, paths_above, served_path
from organisation.services.posts import duty_queue, local_date

NOBODY: Final[frozenset[int]] = frozenset()


Roles = tuple[int | None, ...]
"""A rung's role and those of the rungs above; None for the ticket's own post."""


class Asked(NamedTuple):
    """One ticket that needs posts: the path of its unit, its own post, the kind it is of."""

    path: str
    own_post_id: int | None
    kind: str


class Seat(NamedTuple):
    """A post that somebody answers for now, and whoever is tied to it."""

    post_id: int
    people: frozenset[int]


@dataclass
class Seating:
    """The posts that a batch of tickets may need, as they are at `at`."""

    at: datetime
    by_place: dict[tuple[int, str], list[Seat]] = field(default_factory=dict)
    by_post: dict[int, Seat] = field(default_factory=dict)
    confidants: dict[str, frozenset[int]] = field(default_factory=dict)
    _duty: dict[frozenset[int], int] = field(default_factory=dict)
    _known: dict[tuple[Asked, Roles], int] = field(default_factory=dict)

    @classmethod
    def read(cls, tickets: Collection[Asked], roles: Collection[int], at: datetime) -> Seating:
        seating = cls(at)
        kinds = {ticket.kind for ticket in tickets} & set(GATED)
        if kinds:
            seating.confidants = _confidants(kinds)
        wanted = set(roles).union(*seating.confidants.values())
        paths = {path for ticket in tickets for path in paths_above(ticket.path)}
        own = {ticket.own_post_id for ticket in tickets if ticket.own_post_id is not None}
        seating._read_posts(wanted, paths, own)
        return seating

    def _read_posts(self, roles: set[int], paths: set[str], own: set[int]) -> None:
        rows = (
            Post.objects.valid_on(local_date(self.at))
            .annotate(served=served_path())
            .filter(Q(role__in=roles, served__in=paths) | Q(pk__in=own))
            .order_by("pk")
            .values_list("pk", "role_id", "served", *PEOPLE)
        )
        places: dict[tuple[int, str], list[Seat]] = defaultdict(list)
        for pk, role_id, served, *people in rows:
            if (seat := _seat(pk, self.at, *people)) is not None:
                places[role_id, served].append(seat)
                self.by_post[pk] = seat
        self.by_place = dict(places)

    def post_for(self, asked: Asked, roles: Roles, named: frozenset[int] = NOBODY) -> int:
        """The post to tell. `named` are the people whom the ticket names.

        Raises DutyQueueEmpty when nobody is left and there is no duty post either.
        """
        if named:
            return self._climb(asked, roles, named)
        alike = asked if None in roles else asked._replace(own_post_id=None)
        if (alike, roles) not in self._known:
            self._known[alike, roles] = self._climb(asked, roles, named)
        return self._known[alike, roles]

    def _climb(self, asked: Asked, roles: Roles, named: frozenset[int]) -> int:
        confidants = self.confidants.get(asked.kind)
        for role in roles:
            if confidants is not None and role is not None and role not in confidants:
                continue
            seat = self._seat_of(asked, role, named)
            if seat is not None:
                return seat.post_id
        for role in sorted(confidants or ()):
            if (seat := self._nearest(asked.path, role, named)) is not None:
                return seat.post_id
        return self.duty_post(named)

    def _seat_of(self, asked: Asked, role: int | None, named: frozenset[int]) -> Seat | None:
        if role is not None:
            return self._nearest(asked.path, role, named)
        own = self.by_post.get(asked.own_post_id) if asked.own_post_id is not None else None
        return own if own is not None and not own.people & named else None

    def duty_post(self, named: frozenset[int] = NOBODY) -> int:
        """The last resort. Raises DutyQueueEmpty."""
        if named not in self._duty:
            self._duty[named] = duty_queue(at=self.at, without_staff=named).pk
        return self._duty[named]

    def _nearest(self, path: str, role: int, named: frozenset[int]) -> Seat | None:
        for end in range(len(path), 0, -PATH_STEP):
            for seat in self.by_place.get((role, path[:end]), ()):
                if not seat.people & named:
                    return seat
        return None


PEOPLE: Final = (
    "holder_id",
    "holder__is_active",
    "stand_in_id",
    "stand_in__is_active",
    "holder_absent_until",
)


def _seat(
    post_id: int,
    at: datetime,
    holder: int | None,
    holder_works: bool | None,
    stand_in: int | None,
    stand_in_works: bool | None,
    absent_until: datetime | None,
) -> Seat | None:
    """None when nobody answers. Stricter than `posts.current_holder`: a holder who is away and left
    nobody in charge would hear of the matter too late, so the way leads past the post."""
    away = absent_until is not None and absent_until > at
    answers = stand_in_works if away or not holder_works else holder_works
    if not answers:
        return None
    return Seat(post_id, frozenset(person for person in (holder, stand_in) if person is not None))


def _confidants(kinds: Iterable[str]) -> dict[str, frozenset[int]]:
    roles = list(Role.objects.values_list("pk", "permissions"))
    return {
        kind: frozenset(pk for pk, granted in roles if GATED[Kind(kind)] in granted)
        for kind in kinds
    }
