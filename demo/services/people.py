"""Residents, homes and key accounts, by COPY and as many as wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from random import Random
from uuid import UUID, uuid4

from core.actors import SYSTEM
from core.copying import copy_rows, draw_keys
from demo import accounts, names
from organisation.models import Building, Dwelling, Post, Unit
from privacy.vault.services import keys, subjects
from privacy.vault.services.blind_index import blind_index
from privacy.vault.services.sealing import KeyRing
from residents.enums import AccountTier, ContactKind, OccupancyRole
from residents.models import ContactPoint, KeyAccountContact, Occupancy, Person
from residents.services import accounts as key_accounts
from residents.services import contacts, people

BATCH = 20_000
HOMES_PER_BUILDING = 60
PEOPLE_PER_HOME = 4 / 3

PERSON = (
    "subject_id", "name_sealed", "name_index", "is_minor", "do_not_call", "preferred_language",
    "created_at",
)  # fmt: skip
CONTACT = ("subject_id", "kind", "sealed", "blind_index", "verified_at", "login")
OCCUPANCY = ("subject_id", "dwelling_id", "role", "from_on")


@dataclass(frozen=True, slots=True)
class Home:
    dwelling_id: int
    building_id: int
    unit_id: int


@dataclass(frozen=True, slots=True)
class Resident:
    subject_id: UUID
    home: Home


def build_homes(communities: list[Unit], residents: int) -> list[Home]:
    """Three homes for four people, spread evenly, in buildings of sixty."""
    wanted = max(len(communities), round(residents / PEOPLE_PER_HOME))
    homes: list[Home] = []
    for place, unit in enumerate(communities):
        count = wanted // len(communities) + (place < wanted % len(communities))
        homes += _homes_of(unit, count)
    return homes


def _homes_of(unit: Unit, count: int) -> list[Home]:
    buildings = Building.objects.bulk_create(
        [
            Building(unit=unit, name=f"{number} 栋")
            for number in range(1, -(-count // HOMES_PER_BUILDING) + 1)
        ]
    )
    ids = draw_keys(Dwelling, count)
    places = [buildings[number // HOMES_PER_BUILDING].pk for number in range(count)]
    copy_rows(
        Dwelling,
        ("id", "public_id", "building_id", "room"),
        (
            (pk, uuid4(), place, _room(number))
            for number, (pk, place) in enumerate(zip(ids, places, strict=True))
        ),
    )
    return [Home(pk, place, unit.pk) for pk, place in zip(ids, places, strict=True)]


def _room(number: int) -> str:
    within = number % HOMES_PER_BUILDING
    return f"{within // 4 + 1}{within % 4 + 1:02d}"


def build_residents(
    homes: list[Home],
    count: int,
    *,
    random: Random,
    at: datetime,
    say: Callable[[str], object],
    first: int = 0,
) -> list[Resident]:
    """People with name, number and home; number 0 is the one whom the demo signs in as. Those
    before `first` are there already."""
    made: list[Resident] = []
    numbers = iter(range(first, first + count))
    while batch := list(islice(numbers, BATCH)):
        made += _batch(batch, homes, random, at)
        if count > BATCH:
            say(f"  {len(made):,} / {count:,}")
    return made


def _batch(numbers: list[int], homes: list[Home], random: Random, at: datetime) -> list[Resident]:
    fresh = keys.create_subject_keys(len(numbers))
    ring = KeyRing.of_fresh(fresh)
    subjects.create_subjects(fresh, at=at)
    residents = [
        Resident(key.subject_id, homes[int(number / PEOPLE_PER_HOME) % len(homes)])
        for number, key in zip(numbers, fresh, strict=True)
    ]
    copy_rows(Person, PERSON, _people(residents, numbers, ring, random, at))
    copy_rows(ContactPoint, CONTACT, _contacts(residents, numbers, ring, at))
    copy_rows(Occupancy, OCCUPANCY, _occupancies(residents, numbers))
    return residents


def _people(
    residents: list[Resident], numbers: list[int], ring: KeyRing, random: Random, at: datetime
) -> Iterator[tuple[object, ...]]:
    for resident, number in zip(residents, numbers, strict=True):
        name = names.person(random)
        yield (
            resident.subject_id,
            ring.seal(resident.subject_id, people.NAME, name),
            people.name_index(name),
            number % 40 == 39,
            number % 97 == 96,
            "zh-hans",
            at,
        )


def _contacts(
    residents: list[Resident], numbers: list[int], ring: KeyRing, at: datetime
) -> Iterator[tuple[object, ...]]:
    for resident, number in zip(residents, numbers, strict=True):
        mobile = f"+86{accounts.RESIDENT_PHONE}" if number == 0 else names.mobile(number)
        yield (
            resident.subject_id,
            ContactKind.PHONE.value,
            ring.seal(resident.subject_id, contacts.SEALED, mobile),
            blind_index("phone", mobile),
            at,
            True,
        )


def _occupancies(residents: list[Resident], numbers: list[int]) -> Iterator[tuple[object, ...]]:
    roles = (OccupancyRole.OWNER, OccupancyRole.FAMILY, OccupancyRole.TENANT)
    for resident, number in zip(residents, numbers, strict=True):
        role = roles[number % 7 % 3] if number % 7 in (2, 5) else OccupancyRole.OWNER
        yield resident.subject_id, resident.home.dwelling_id, role.value, date(2020, 1, 1)


def build_key_accounts(communities: list[Unit], residents: list[Resident]) -> None:
    """Two organisations, each with its own line and two people who speak for it, and with the
    communities in which they do."""
    manager = Post.objects.filter(role__code="key_account_manager").first()
    if manager is None:
        return
    wanted = (
        ("KA-001", "华云数据产业园", AccountTier.GROUP_STRATEGIC, "4008881001"),
        ("KA-002", "东方商务中心", AccountTier.REGION_STRATEGIC, "4008881002"),
    )
    for place, (code, name, tier, line) in enumerate(wanted):
        speakers = residents[10 + place * 2 : 12 + place * 2]
        offices = {each.home.unit_id for each in speakers}
        account = key_accounts.create(
            code,
            name,
            tier=tier,
            manager=manager,
            line_number=line,
            communities={
                *communities[place::2][:2],
                *(unit for unit in communities if unit.pk in offices),
            },
            actor=SYSTEM,
        )
        KeyAccountContact.objects.bulk_create(
            [KeyAccountContact(account=account, subject_id=each.subject_id) for each in speakers]
        )
