"""The demo's organisation: a group, three regions, their cities and communities, and the posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from core.actors import SYSTEM
from demo import accounts, names
from organisation.enums import UnitLevel
from organisation.models import LegalEntity, Post, Role, Staff, Unit
from organisation.services import units
from organisation.services.units import NewUnit

GROUP = "JK"
REGIONS = (
    ("CQ", "重庆区域公司", ("重庆", "成都")),
    ("HD", "华东区域公司", ("苏州", "无锡")),
    ("HN", "华中区域公司", ("长沙", "武汉")),
)
SINCE = date(2020, 1, 1)

GROUP_POSTS = (
    *["hotline_agent"] * 4, "hotline_supervisor", "dispatcher", "duty_officer", "duty_officer",
    "group_executive", "quality_manager", "inspector", "inspector", "privacy_officer",
    "privacy_approver", "key_account_manager", "discipline_inspector",
    "discipline_inspector", "procurement_manager",
    "legal_counsel", "legal_counsel", "administrator",
)  # fmt: skip
REGION_POSTS = ("region_service_head", "region_general_manager", "security_lead")
COMMUNITY_POSTS = ("project_manager", "steward", "engineer")


@dataclass(frozen=True, slots=True)
class Company:
    units: dict[str, Unit]
    communities: list[Unit]


def build(communities: int, random: Random) -> Company:
    entity, _ = LegalEntity.objects.get_or_create(
        credit_code="91500112DEMO00001X", defaults={"name": "金科物业服务集团有限公司（演示）"}
    )
    rows = list(_units(communities, entity))
    built = units.get_or_create_many(rows, actor=SYSTEM)
    company = Company(
        units=built,
        communities=[built[row.code] for row in rows if row.level == UnitLevel.COMMUNITY],
    )
    _fill_posts(company, random)
    return company


def _units(communities: int, entity: LegalEntity) -> Iterator[NewUnit]:
    yield NewUnit(GROUP, "金科物业集团（演示）", UnitLevel.GROUP)
    cities = []
    for code, name, towns in REGIONS:
        yield NewUnit(code, name, UnitLevel.REGION, GROUP)
        for town in towns:
            city = f"{code}-{units.initials(town).upper()}"
            cities.append(city)
            yield NewUnit(city, f"{town}城市公司", UnitLevel.CITY, code)
    for place in range(communities):
        city = cities[place % len(cities)]
        yield NewUnit(
            f"{city}-{place + 1:03d}",
            names.community(place),
            UnitLevel.COMMUNITY,
            city,
            entity,
        )


def _fill_posts(company: Company, random: Random) -> None:
    wanted = list(_posts(company))
    roles = {role.code: role for role in Role.objects.all()}
    staff = _staff([role for role, _ in wanted], random)
    Post.objects.bulk_create(
        [
            Post(unit=unit, role=roles[role], holder=holder, valid_from=SINCE)
            for (role, unit), holder in zip(wanted, staff, strict=True)
        ]
    )


def _posts(company: Company) -> Iterator[tuple[str, Unit]]:
    for role in GROUP_POSTS:
        yield role, company.units[GROUP]
    for code, _, _ in REGIONS:
        for role in REGION_POSTS:
            yield role, company.units[code]
    for unit in company.communities:
        for role in COMMUNITY_POSTS:
            yield role, unit


def _staff(roles: list[str], random: Random) -> list[Staff]:
    """One person for each post; the first of a role gets the account that the demo names."""
    named = {account.role: account.username for account in accounts.STAFF}
    password = make_password(accounts.PASSWORD)
    rows = []
    for number, role in enumerate(roles, start=1):
        username = named.pop(role, f"{role}{number}")
        rows.append(
            Staff(
                username=username,
                name=names.person(random),
                email=f"{username}@demo.invalid",
                work_phone=f"023-6300{number:04d}",
                password=password,
                is_staff=role == "administrator",
                is_superuser=role == "administrator",
            )
        )
    return Staff.objects.bulk_create(rows)
