"""The data map of people: what is held about them here, and how it is shown, copied and ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM
from privacy.vault.registry import (
    ErasurePlan,
    Holding,
    Needles,
    Record,
    SubjectIds,
    declare,
    declare_clear,
    hold,
)
from privacy.vault.services import sealing
from privacy.vault.terms import (
    CODE,
    CONTACT,
    CREDENTIAL,
    DWELLING_LINK,
    FREE_TEXT,
    LOOKUP,
    NAME,
    SECURITY_PURPOSE,
    SUBJECT_LINK,
    Erasure,
    Retention,
)
from residents.models import (
    Call,
    ContactPoint,
    DeviceToken,
    KeyAccount,
    KeyAccountContact,
    Occupancy,
    Person,
    SignInCode,
)
from residents.services import account_changes, call_drafts, contacts, people

GONE_WITH_ROW = {"erased": Erasure.DELETE_ROW}

declare(Person, "subject", like=SUBJECT_LINK, **GONE_WITH_ROW)
declare(Person, "name_sealed", like=NAME)
declare(Person, "name_index", like=LOOKUP)

declare(ContactPoint, "subject", like=SUBJECT_LINK, **GONE_WITH_ROW)
declare(ContactPoint, "sealed", like=CONTACT)
declare(ContactPoint, "blind_index", like=LOOKUP)

declare(Occupancy, "subject", like=SUBJECT_LINK, **GONE_WITH_ROW)
declare(Occupancy, "dwelling", like=DWELLING_LINK, **GONE_WITH_ROW)

declare(
    SignInCode,
    "subject",
    like=SUBJECT_LINK,
    purpose=SECURITY_PURPOSE,
    retention=CODE,
    **GONE_WITH_ROW,
)
declare(SignInCode, "code_hash", like=CREDENTIAL, retention=CODE)
declare(DeviceToken, "subject", like=SUBJECT_LINK, purpose=SECURITY_PURPOSE, **GONE_WITH_ROW)
declare(DeviceToken, "token_sha256", like=CREDENTIAL)

declare_clear(KeyAccount, "code", "name", "line_number", reason="a company's, not a person's")
declare(KeyAccountContact, "subject", like=SUBJECT_LINK, **GONE_WITH_ROW)

CALL = Retention("call", _("通话后三十天"), 30, "PIPL article 19: the shortest needed")
declare(Call, "subject", like=SUBJECT_LINK, retention=CALL)
declare(Call, "number_sealed", like=CONTACT, retention=CALL, erased=Erasure.NULL)
declare(Call, "number_index", like=LOOKUP, retention=CALL, erased=Erasure.NULL)
declare(Call, "draft_sealed", like=FREE_TEXT, retention=CALL, erased=Erasure.NULL)
declare_clear(Call, "call_id", "line", reason="the exchange's number of a call, and a line of ours")


def _rows(model: Any) -> Callable[[SubjectIds], QuerySet[Any]]:
    def locate(subject_ids: SubjectIds) -> QuerySet[Any]:
        return model.objects.filter(subject_id__in=subject_ids)

    return locate


def _delete(model: Any) -> Callable[[SubjectIds, ErasurePlan], int]:
    """Delete whole rows, but for those that the plan holds back."""

    def erase(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
        label = model._meta.label_lower
        found = _rows(model)(subject_ids).values_list("pk", flat=True)
        free = [pk for pk in found if not plan.holds(label, pk)]
        return len(free) and model.objects.filter(pk__in=free).delete()[1].get(model._meta.label, 0)

    return erase


def _still_there(model: Any) -> Callable[[SubjectIds, Needles], int]:
    """Rows of these subjects. The needles are no help here: what lies under another subject's key
    is that person's own, although a couple shares a number."""

    def verify(subject_ids: SubjectIds, needles: Needles) -> int:
        return _rows(model)(subject_ids).count()

    return verify


def _copy_of_people(subject_ids: SubjectIds) -> Iterator[Record]:
    rows = list(Person.objects.filter(pk__in=subject_ids))
    names = sealing.reveal_many((row.pk, people.NAME, row.name_sealed) for row in rows)
    for row, name in zip(rows, names, strict=True):
        yield {
            "name": name,
            "is_minor": row.is_minor,
            "do_not_call": row.do_not_call,
            "preferred_language": row.preferred_language,
            "created_at": row.created_at,
        }


def _copy_of_contacts(subject_ids: SubjectIds) -> Iterator[Record]:
    rows = list(ContactPoint.objects.filter(subject_id__in=subject_ids).order_by("pk"))
    texts = sealing.reveal_many((row.subject_id, contacts.SEALED, row.sealed) for row in rows)
    for row, text in zip(rows, texts, strict=True):
        yield {"kind": row.kind, "contact": text, "verified_at": row.verified_at}


def _copy_of_homes(subject_ids: SubjectIds) -> Iterator[Record]:
    rows = Occupancy.objects.filter(subject_id__in=subject_ids).order_by("from_on", "pk")
    for row in rows.select_related("dwelling__building__unit"):
        yield {
            "community": row.dwelling.building.unit.name,
            "building": row.dwelling.building.name,
            "room": row.dwelling.room,
            "role": row.role,
            "from_on": row.from_on,
            "until_on": row.until_on,
        }


def _copy_of_devices(subject_ids: SubjectIds) -> Iterator[Record]:
    rows = DeviceToken.objects.filter(subject_id__in=subject_ids).order_by("created_at")
    yield from rows.values("created_at", "last_used_on", "expires_at", "revoked_at")


def _copy_of_accounts(subject_ids: SubjectIds) -> Iterator[Record]:
    rows = KeyAccountContact.objects.filter(subject_id__in=subject_ids).order_by("pk")
    for row in rows.select_related("account"):
        yield {"account": row.account.name}


def _end_speaking(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """They speak for no account any more; its page says that one less does."""
    label = KeyAccountContact._meta.label_lower
    rows = _rows(KeyAccountContact)(subject_ids).values_list("pk", "account_id")
    spoken_for = [account for pk, account in rows if not plan.holds(label, pk)]
    gone = _delete(KeyAccountContact)(subject_ids, plan)
    if gone:
        account_changes.note_erased(spoken_for, actor=SYSTEM, at=plan.at)
    return gone


def _calls(subject_ids: SubjectIds) -> QuerySet[Call]:
    """Theirs, and calls from their numbers of which nobody knows whose they were."""
    numbers = ContactPoint.objects.filter(subject_id__in=subject_ids).values("blind_index")
    unknown = Q(subject__isnull=True, number_index__in=numbers)
    return Call.objects.filter(Q(subject_id__in=subject_ids) | unknown)


def _empty_calls(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    """Numbers, drafts and the tie to the person go; that somebody called stays as a count."""
    return call_drafts.forget(_calls(subject_ids))


def _calls_left(subject_ids: SubjectIds, needles: Needles) -> int:
    """What is sealed cannot hold a needle in clear."""
    return _calls(subject_ids).count()


def _copy_of_calls(subject_ids: SubjectIds) -> Iterator[Record]:
    columns = ("direction", "began_at", "answered_at", "ended_at")
    yield from _rows(Call)(subject_ids).order_by("began_at", "pk").values(*columns)


def _hold(
    name: str, order: int, model: Any, export: Callable[[SubjectIds], Iterator[Record]] | None
) -> None:
    hold(
        Holding(
            name=f"residents.{name}",
            order=order,
            models=(model._meta.label_lower,),
            locate=_rows(model),
            erase=_delete(model),
            verify=_still_there(model),
            export=export,
        )
    )


# Sign-ins end first. Names and contacts go late: the floors above still look for them in texts.
_hold("sign_in_codes", 10, SignInCode, None)
_hold("device_tokens", 11, DeviceToken, _copy_of_devices)
hold(
    Holding(
        name="residents.key_account_contacts",
        order=80,
        models=(KeyAccountContact._meta.label_lower,),
        locate=_rows(KeyAccountContact),
        erase=_end_speaking,
        verify=_still_there(KeyAccountContact),
        export=_copy_of_accounts,
    )
)
_hold("occupancies", 81, Occupancy, _copy_of_homes)
_hold("contact_points", 82, ContactPoint, _copy_of_contacts)
_hold("people", 83, Person, _copy_of_people)
# before the contacts, by which calls are found
hold(
    Holding(
        name="residents.calls",
        order=40,
        models=(Call._meta.label_lower,),
        locate=_calls,
        erase=_empty_calls,
        verify=_calls_left,
        export=_copy_of_calls,
    )
)
