"""Loads the demo company from one seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from complaints.reference_data import load_demo_policy
from core.models import Installation
from demo.services import company, people, scenes, suppliers, tickets
from demo.services.setting import setting_of
from demo.services.stage import Stage
from organisation.models import Post, Unit

#: more residents than this make more communities of about this size
RESIDENTS_PER_COMMUNITY = 8_500
FEWEST_COMMUNITIES = 12

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Size:
    residents: int
    tickets: int

    @property
    def communities(self) -> int:
        return max(FEWEST_COMMUNITIES, self.residents // RESIDENTS_PER_COMMUNITY)


def load(size: Size, *, seed: int, at: datetime, say: Say) -> bool:
    """False, and nothing is written, where demo data is loaded already.

    Not one transaction: keys are committed before their subjects. A load that was cut off is not
    marked as loaded and says so; its database is to be emptied.
    """
    installation = Installation.objects.get(id=1)
    if installation.demo_loaded_at:
        return False
    if Unit.objects.exists():
        raise SystemExit(
            "An earlier load of the demo was cut off, or this database holds a real company. "
            "Remove the data directory and start again."
        )
    random = Random(seed)
    cast = build(size, random=random, at=at, say=say)
    say("Stories …")
    scenes.play(cast, random)
    installation.demo_loaded_at = at
    installation.save(update_fields=["demo_loaded_at"])
    say("Demo data is loaded.")
    return True


def build(size: Size, *, random: Random, at: datetime, say: Say) -> Stage:
    """The company, its people and a year of tickets: what is made in bulk."""
    say("Company …")
    built = company.build(size.communities, random)
    load_demo_policy()
    say(f"{size.residents:,} residents …")
    homes = people.build_homes(built.communities, size.residents)
    residents = people.build_residents(homes, size.residents, random=random, at=at, say=say)
    people.build_key_accounts(built.communities, residents)
    say(f"{size.tickets:,} tickets …")
    posts = list(Post.objects.select_related("role", "unit"))
    setting = setting_of(posts, built.communities, at, random)
    tickets.build_tickets(residents, size.tickets, setting=setting, say=say)
    suppliers.build(built.communities, at=at, random=random)
    return Stage(built.communities, residents, at)
