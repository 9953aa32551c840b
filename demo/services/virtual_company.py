"""The smallest company in which a replay can be handled and escalated: every post is filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from complaints.imports.normalise import UnitRef
from core.actors import SYSTEM, Actor
from organisation.enums import UnitLevel
from organisation.models import Staff, Unit
from organisation.services import posts, units
from organisation.services.posts import NewPost
from organisation.services.units import NewUnit

GROUP: Final = NewUnit("VIRTUAL", "虚拟集团", UnitLevel.GROUP)
GROUP_POSTS: Final = (
    ("duty_officer", "值班员"),
    ("group_executive", "集团分管高管"),
    ("quality_manager", "质量经理"),
    ("inspector", "检查员"),
)
REGION_POSTS: Final = (
    ("project_manager", "项目经理"),
    ("steward", "管家"),
    ("engineer", "工程师"),
    ("security_lead", "秩序主管"),
    ("region_service_head", "区域客服负责人"),
    ("region_general_manager", "区域总经理"),
)
#: answers every message; may handle whatever the region has, also what others took over
HANDLER_ROLE: Final = "project_manager"
SINCE: Final = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class VirtualCompany:
    region: Unit
    handler: Actor


@transaction.atomic
def build(region: UnitRef, *, at: datetime) -> VirtualCompany:
    """A group with one region, by the region's code in the source."""
    below = NewUnit(region.code, region.name, UnitLevel.REGION, GROUP.code)
    built = units.get_or_create_many([GROUP, below], actor=SYSTEM)
    for role, name in GROUP_POSTS:
        _fill(role, name, built[GROUP.code], at)
    handlers = {role: _fill(role, name, built[region.code], at) for role, name in REGION_POSTS}
    return VirtualCompany(built[region.code], Actor.staff(handlers[HANDLER_ROLE].pk))


def _fill(role: str, name: str, unit: Unit, at: datetime) -> Staff:
    """Nobody can sign in as the holder: there is no password."""
    staff = Staff.objects.create(
        username=f"virtual_{role}",
        name=name,
        email=f"{role}@virtual.invalid",
        password=make_password(None),
    )
    posts.create(NewPost(unit, role, SINCE, holder=staff), actor=SYSTEM, at=at)
    return staff
