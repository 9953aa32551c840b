"""What all seeded tickets share: the rules in force, the ladders, and who sits where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from complaints.ladder import Rung
from complaints.services import catalogue, sweep_steps
from complaints.services.catalogue import Catalogue
from complaints.services.seating import Asked, Roles, Seating
from organisation.models import Post, Unit


@dataclass(frozen=True, slots=True)
class Setting:
    """`paths` are by the id of a community; `rungs` are those of a policy's clock, by level."""

    rules: Catalogue
    rungs: Mapping[tuple[int, str], Mapping[int, Rung]]
    seating: Seating
    roles: Mapping[str, int]
    posts: Mapping[int, Post]
    paths: Mapping[int, str]
    at: datetime
    random: Random

    def post(self, unit_id: int, role: str) -> Post:
        """Who answers there: the product's own walk up the tree."""
        return self.posts[self.post_for(unit_id, None, (self.roles[role],))]

    def post_for(self, unit_id: int, own_post_id: int | None, roles: Roles) -> int:
        return self.seating.post_for(Asked(self.paths[unit_id], own_post_id, ""), roles)


def setting_of(
    posts: Sequence[Post], communities: Sequence[Unit], at: datetime, random: Random
) -> Setting:
    rules = catalogue.current()
    ladders = sweep_steps.ladders_of(rules)
    roles = {post.role.code: post.role_id for post in posts}
    asked = [Asked(unit.path, None, "") for unit in communities]
    own = [Asked(communities[0].path, post.pk, "") for post in posts]
    return Setting(
        rules=rules,
        rungs={key: {rung.level: rung for rung in rungs} for key, rungs in ladders.items()},
        seating=Seating.read([*asked, *own], roles.values(), at),
        roles=roles,
        posts={post.pk: post for post in posts},
        paths={unit.pk: unit.path for unit in communities},
        at=at,
        random=random,
    )
