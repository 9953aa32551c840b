"""People: written down once, found by exact telephone number, shown with where they live."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor, ActorKind
from core.errors import InvalidInput, NotAllowed, NotFound
from core.masking import mask_name
from organisation import access
from organisation.enums import Language
from organisation.models import Dwelling, Unit
from organisation.services.posts import local_date
from privacy.vault.registry import field_label
from privacy.vault.services import keys, sealing, subjects
from privacy.vault.services.blind_index import blind_index
from privacy.vault.services.keys import FreshKey
from privacy.vault.services.sealing import KeyRing
from residents.enums import AccountTier, OccupancyRole
from residents.models import Occupancy, Person
from residents.services import contacts
from residents.services.contacts import Address

NAME = field_label(Person, "name_sealed")
NAME_LENGTH = 60
EDIT, LOOKUP, SEE_NAMES = "residents.edit", "callers.lookup", "tickets.view_reporter"

# A statement for each question, so that its plan can be kept: who is behind a number, who this
# subject is, and who these are. A list that PostgreSQL cannot see it takes for a long one, and
# plans anew each time to look at it.
_BY_NUMBER = """
    FROM residents_contactpoint contact
    JOIN vault_datasubject subject ON subject.id = contact.subject_id
    WHERE contact.blind_index = %(index)s
"""
_BY_SUBJECT = """
    FROM vault_datasubject subject WHERE subject.id = %(subject)s
"""
_BY_SUBJECTS = """
    FROM vault_datasubject subject WHERE subject.id = ANY(%(subjects)s::uuid[])
"""

# Everybody found, in one statement. `kin` walks merges in both directions (UNION ends circles);
# `top` is the subject that a merged person goes by.
_CALLERS = """
WITH RECURSIVE kin (found, id, merged_into) AS (
    SELECT subject.id, subject.id, subject.merged_into_id
    {found}
    UNION
    SELECT kin.found, other.id, other.merged_into_id
    FROM kin
    CROSS JOIN LATERAL (
        SELECT id, merged_into_id FROM vault_datasubject WHERE id = kin.merged_into
        UNION ALL
        SELECT id, merged_into_id FROM vault_datasubject WHERE merged_into_id = kin.id
    ) AS other
),
top AS (
    SELECT found, id FROM kin WHERE merged_into IS NULL
),
member AS (
    SELECT DISTINCT top.id AS top, kin.id FROM top JOIN kin ON kin.found = top.found
)
SELECT person.subject_id, person.name_sealed,
    (SELECT bool_or(each.do_not_call) FROM member JOIN residents_person each
     ON each.subject_id = member.id WHERE member.top = person.subject_id),
    person.preferred_language,
    (SELECT bool_or(each.is_minor) FROM member JOIN residents_person each
     ON each.subject_id = member.id WHERE member.top = person.subject_id),
    (SELECT bool_or(contact.login AND contact.verified_at IS NOT NULL)
     FROM member JOIN residents_contactpoint contact ON contact.subject_id = member.id
     WHERE member.top = person.subject_id AND contact.blind_index = %(index)s::bytea),
    (SELECT json_agg(json_build_object(
         'dwelling_id', dwelling.id, 'public_id', dwelling.public_id,
         'building', building.name, 'room', dwelling.room,
         'role', occupancy.role, 'unit_id', unit.id, 'unit', unit.name, 'unit_path', unit.path
     ) ORDER BY occupancy.from_on DESC, occupancy.id DESC)
     FROM member
     JOIN residents_occupancy occupancy ON occupancy.subject_id = member.id
     JOIN organisation_dwelling dwelling ON dwelling.id = occupancy.dwelling_id
     JOIN organisation_building building ON building.id = dwelling.building_id
     JOIN organisation_unit unit ON unit.id = building.unit_id
     WHERE member.top = person.subject_id
       AND occupancy.from_on <= today.day
       AND (occupancy.until_on IS NULL OR occupancy.until_on > today.day)),
    (SELECT json_agg(json_build_object(
         'id', account.id, 'code', account.code, 'name', account.name, 'tier', account.tier,
         'manager_post_id', account.manager_id) ORDER BY account.id)
     FROM residents_keyaccount account
     WHERE account.id IN (SELECT speaker.account_id FROM residents_keyaccountcontact speaker
                          JOIN member ON member.id = speaker.subject_id
                          WHERE member.top = person.subject_id))
FROM residents_person person
CROSS JOIN (SELECT (now() AT TIME ZONE %(zone)s)::date AS day) AS today
WHERE person.subject_id IN (SELECT id FROM top)
ORDER BY 6 DESC NULLS LAST, person.created_at, person.subject_id
"""


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives now."""

    dwelling_id: int
    public_id: str
    building: str
    room: str
    role: OccupancyRole
    unit_id: int
    unit: str
    unit_path: str

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.unit, self.building, self.room) if part)


@dataclass(frozen=True, slots=True)
class Account:
    """A key account that somebody speaks for; some speak for several."""

    id: int
    code: str
    name: str
    tier: AccountTier
    manager_post_id: int


@dataclass(frozen=True, slots=True)
class CallerMatch:
    """One person, with everything the screen shows before the second ring.

    `name` is None when the person's key is destroyed. `verified`: a code sent to this number has
    been answered. `shown_in_full` says whether `name` and rooms are in clear.
    """

    subject_id: UUID
    name: str | None
    is_minor: bool
    do_not_call: bool
    language: str
    verified: bool
    homes: tuple[Home, ...]
    accounts: tuple[Account, ...]
    shown_in_full: bool = True

    @property
    def account(self) -> Account | None:
        """The first, where there is room for one."""
        return self.accounts[0] if self.accounts else None

    def masked(self) -> CallerMatch:
        """The same person for those who must recognise but not know them: 张*, no room."""
        return replace(
            self,
            name=mask_name(self.name) if self.name else None,
            homes=tuple(replace(home, room="") for home in self.homes),
            shown_in_full=False,
        )


def register(
    name: str,
    phone: str,
    dwelling: Dwelling | None = None,
    role: OccupancyRole = OccupancyRole.OWNER,
    *,
    actor: Actor,
    at: datetime,
    email: str | None = None,
    is_minor: bool = False,
) -> Person:
    """Write a person down. Their key is committed first, so call it outside a transaction.

    The number signs them in unless it already signs in somebody else. Raises NotAllowed,
    PhoneInvalid or InvalidInput, and then writes nothing.
    """
    access.require(actor, EDIT, dwelling.building.unit if dwelling else None)
    addresses = [contacts.phone_address(phone)]
    if email:
        addresses.append(contacts.email_address(email))
    plain = clean_name(name)
    key = keys.create_subject_key()
    with transaction.atomic():
        person = enter(key, plain, addresses, is_minor=is_minor, at=at)
        if dwelling is not None:
            move_in(person.subject_id, dwelling, role, actor=actor, at=at)
    return person


def enter(
    key: FreshKey, name: str, addresses: list[Address], *, is_minor: bool, at: datetime
) -> Person:
    """The rows of a new person, under a key that is committed; a part of `register`."""
    subject = subjects.create_subject(key, at=at)
    ring = KeyRing.of_fresh([key])
    person = Person.objects.create(
        subject=subject,
        name_sealed=ring.seal(subject.pk, NAME, name),
        name_index=name_index(name),
        is_minor=is_minor,
        created_at=at,
    )
    for address in addresses:
        contacts.add(subject.pk, address, ring=ring)
    return person


def move_in(
    subject_id: UUID, dwelling: Dwelling, role: OccupancyRole, *, actor: Actor, at: datetime
) -> Occupancy:
    """The person lives there from today; saying it twice changes nothing."""
    access.require(actor, EDIT, dwelling.building.unit)
    occupancy, _ = Occupancy.objects.get_or_create(
        subject_id=subject_id,
        dwelling=dwelling,
        role=role,
        until_on=None,
        defaults={"from_on": local_date(at)},
    )
    return occupancy


@transaction.atomic
def move_out(subject_id: UUID, dwelling: str, *, actor: Actor, at: datetime) -> None:
    """The person lives in this dwelling, named by its public id, no longer, as whatever they did.

    Raises NotFound where they do not live there, or NotAllowed.
    """
    today = local_date(at)
    theirs = Occupancy.objects.of_person(subject_id, today)
    rows = list(theirs.filter(dwelling__public_id=_uuid(dwelling)).select_for_update())
    if not rows:
        raise NotFound
    access.require(actor, EDIT, rows[0].dwelling.building.unit)
    for row in rows:
        row.until_on = max(today, row.from_on)
        row.save(update_fields=["until_on"])


def find_by_phone(phone: str) -> list[CallerMatch]:
    """Everybody who can be reached at this number: two statements, however many they are.

    Those whom the number signs in stand first. In clear: for what staff see, ask `look_up`.
    Raises PhoneInvalid.
    """
    return _callers(index=contacts.phone_address(phone).index, subject_ids=())


def describe(subject_ids: Collection[UUID]) -> list[CallerMatch]:
    """The same for known people, as on the page of a ticket; merged ones are one person."""
    return _callers(index=None, subject_ids=subject_ids) if subject_ids else []


def look_up(phone: str, *, actor: Actor, permission: str = LOOKUP) -> list[CallerMatch]:
    """`find_by_phone` as far as this actor may see it; `permission` is what they look for.

    People outside the actor's scope are left out, people without a home are not. Names and rooms
    are masked without permission, and those of minors always. Raises NotAllowed or PhoneInvalid.
    """
    return look_up_index(contacts.phone_address(phone).index, actor=actor, permission=permission)


def look_up_index(index: bytes, *, actor: Actor, permission: str = LOOKUP) -> list[CallerMatch]:
    """`look_up` by the blind index of a number that is kept nowhere in clear."""
    scope = access.scope(actor, permission)
    access.require(actor, permission)
    found = _callers(index=index, subject_ids=())
    return [as_seen(match, actor) for match in found if _within(match, scope)]


def as_seen(match: CallerMatch, actor: Actor) -> CallerMatch:
    """Masked unless the actor may see reporters where this person lives, and with the homes in
    their reach alone: the others are nobody's business there."""
    scopes = access.scopes(actor, (SEE_NAMES, LOOKUP, EDIT))
    near = [home for home in match.homes if _reaches(scopes.values(), home)]
    shown = replace(match, homes=tuple(near))
    if match.is_minor or not _within(match, scopes[SEE_NAMES]):
        return shown.masked()
    return shown


def find_by_name(name: str, unit: Unit, *, actor: Actor) -> list[CallerMatch]:
    """People of exactly this name who live below `unit`. Raises NotAllowed."""
    access.require(actor, LOOKUP, unit)
    homes = Occupancy.objects.filter(dwelling__building__unit__path__startswith=unit.path)
    named = Person.objects.filter(name_index=name_index(name), pk__in=homes.values("subject"))
    found = describe(named.values_list("pk", flat=True)[:50])
    return [as_seen(match, actor) for match in found]


def may_edit(match: CallerMatch, actor: Actor) -> bool:
    """Whether what this person says about themselves is this actor's to write down."""
    return _within(match, access.scope(actor, EDIT))


def may_move_out(home: Home, actor: Actor) -> bool:
    return access.scope(actor, EDIT).covers_path(home.unit_path)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def clean_name(name: str) -> str:
    """Raises InvalidInput for a name that is missing or too long."""
    plain = " ".join(name.split())
    if not plain:
        raise InvalidInput(fields={"name": [_("请填写姓名。")]})
    if len(plain) > NAME_LENGTH:
        raise InvalidInput(fields={"name": [_("姓名最多 60 个字。")]})
    return plain


def name_index(name: str) -> bytes:
    return blind_index("name", clean_name(name))


def choose_language(subject_id: UUID, language: Language, *, actor: Actor) -> None:
    """In which language the desk writes to somebody: their own choice, no matter of the record.

    Raises NotAllowed for anybody else.
    """
    if actor.kind is not ActorKind.REPORTER or actor.subject_id != subject_id:
        raise NotAllowed
    Person.objects.filter(pk=subject_id).update(preferred_language=language)


def choose_calls(subject_id: UUID, *, do_not_call: bool, actor: Actor) -> None:
    """Whether somebody wants to be rung up: their own word, by themselves or told to staff.

    Raises NotFound for somebody whom the actor does not see, or NotAllowed.
    """
    if actor.kind is ActorKind.REPORTER:
        own = actor.subject_id
        theirs = own is not None and subject_id in subjects.closure([own])
    else:
        access.require(actor, EDIT)
        found = describe([subject_id])
        theirs = bool(found) and may_edit(found[0], actor)
    if not theirs:
        raise NotFound
    Person.objects.filter(pk__in=subjects.closure([subject_id])).update(do_not_call=do_not_call)


def _reaches(scopes: Iterable[access.Scope], home: Home) -> bool:
    return any(scope.covers_path(home.unit_path) for scope in scopes)


def _within(match: CallerMatch, scope: access.Scope) -> bool:
    if scope.everything:
        return True
    if not match.homes:
        return bool(scope)
    return any(home.unit_path.startswith(path) for home in match.homes for path in scope.paths)


def _callers(*, index: bytes | None, subject_ids: Collection[UUID]) -> list[CallerMatch]:
    ids = list(subject_ids)
    by_ids = _BY_SUBJECT if len(ids) == 1 else _BY_SUBJECTS
    statement = _CALLERS.format(found=by_ids if index is None else _BY_NUMBER)
    values = {"index": index, "subject": ids[0] if ids else None, "subjects": ids}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "zone": settings.TIME_ZONE})
        rows = cursor.fetchall()
    names = sealing.reveal_many((row[0], NAME, row[1]) for row in rows)
    return [_match(row, name) for row, name in zip(rows, names, strict=True)]


def _match(row: tuple[Any, ...], name: str | None) -> CallerMatch:
    subject_id, _, do_not_call, language, is_minor, verified, homes, accounts = row
    return CallerMatch(
        subject_id=subject_id,
        name=name,
        is_minor=is_minor,
        do_not_call=do_not_call,
        language=language,
        verified=bool(verified),
        homes=tuple(Home(**{**home, "role": OccupancyRole(home["role"])}) for home in homes or ()),
        accounts=tuple(
            Account(**{**each, "tier": AccountTier(each["tier"])}) for each in accounts or ()
        ),
    )
