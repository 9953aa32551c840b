"""Suppliers: registered, given contracts, graded by two people, barred when unqualified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actors import Actor
from core.errors import DeskError, InvalidInput, InvalidTransition, NotAllowed
from core.masking import mask_name, mask_phone
from core.phone import PhoneInvalid, normalise
from organisation import access
from organisation.enums import GradeDecision, GradeReason, SupplierGrade, SupplierService
from organisation.models import GradeChange, Supplier, SupplierContact, SupplierContract, Unit
from organisation.services.posts import local_date
from privacy.vault.registry import field_label
from privacy.vault.services import keys, sealing, subjects
from privacy.vault.services.sealing import KeyRing

MANAGE: Final = "suppliers.manage"
APPROVE: Final = "suppliers.approve"
NAME: Final = field_label(SupplierContact, "name_sealed")
PHONE: Final = field_label(SupplierContact, "phone_sealed")
LONGEST_NAME: Final = 60
#: words that stand in addresses where a code does: a supplier of that code could not be opened
#: (tests/house/test_words_beside_codes.py finds them)
RESERVED_CODES: Final = frozenset({"new", "contracts", "figures"})


class SupplierBarred(DeskError):
    code = "supplier_barred"
    message = gettext_lazy("该供应商不合格，禁用期内不能承接新的工作。")


class SecondPersonNeeded(NotAllowed):
    code = "second_person_needed"
    message = gettext_lazy("评级须由提出人以外的人批准。")


@dataclass(frozen=True, slots=True)
class NewSupplier:
    code: str
    name: str
    service: str


def register(new: NewSupplier, *, actor: Actor, at: datetime) -> Supplier:
    """A new supplier is qualified until it is graded. Raises NotAllowed or InvalidInput."""
    access.require(actor, MANAGE)
    if new.service not in SupplierService.values:
        raise InvalidInput(fields={"service": [_("请选择列出的选项。")]})
    blank = [name for name in ("code", "name") if not getattr(new, name).strip()]
    if blank:
        raise InvalidInput(fields={name: [_("请填写。")] for name in blank})
    if new.code.strip() in RESERVED_CODES:
        raise InvalidInput(fields={"code": [_("此编号是系统保留字，请换一个。")]})
    if Supplier.objects.filter(code=new.code.strip()).exists():
        raise InvalidInput(fields={"code": [_("此编号已有供应商使用。")]})
    return Supplier.objects.create(
        code=new.code.strip(),
        name=new.name.strip(),
        service=new.service,
        graded_on=local_date(at),
    )


@transaction.atomic
def sign(
    supplier: Supplier,
    unit: Unit,
    *,
    number: str,
    from_on: date,
    until_on: date,
    actor: Actor,
    at: datetime,
) -> SupplierContract:
    """Give the supplier a contract. Raises NotAllowed, InvalidInput, or SupplierBarred."""
    access.require(actor, MANAGE, unit)
    supplier = _lock(supplier)
    require_free(supplier, on=max(from_on, local_date(at)))
    if until_on <= from_on:
        raise InvalidInput(fields={"until_on": [_("结束日期必须晚于开始日期。")]})
    if not number.strip():
        raise InvalidInput(fields={"number": [_("请填写。")]})
    if SupplierContract.objects.filter(number=number.strip()).exists():
        raise InvalidInput(fields={"number": [_("此合同编号已登记。")]})
    return SupplierContract.objects.create(
        supplier=supplier, unit=unit, number=number.strip(), from_on=from_on, until_on=until_on
    )


def require_free(supplier: Supplier, *, on: date) -> None:
    """Raises SupplierBarred while a supplier may be given no work."""
    if supplier.barred_until is not None and on < supplier.barred_until:
        raise SupplierBarred


def add_contact(
    supplier: Supplier, name: str, phone: str, *, actor: Actor, at: datetime
) -> SupplierContact:
    """Write down whom to call, sealed. Call it outside a transaction: the key comes first.

    Raises NotAllowed or InvalidInput.
    """
    access.require(actor, MANAGE)
    plain, number = " ".join(name.split()), _number(phone)
    if not plain or len(plain) > LONGEST_NAME:
        raise InvalidInput(fields={"name": [_("请填写姓名，最多 60 个字。")]})
    (fresh,) = keys.create_subject_keys(1)
    ring = KeyRing.of_fresh([fresh])
    with transaction.atomic():
        subject = subjects.create_subject(fresh, at=at)
        return SupplierContact.objects.create(
            supplier=supplier,
            subject=subject,
            name_sealed=ring.seal(subject.pk, NAME, plain),
            phone_sealed=ring.seal(subject.pk, PHONE, number),
        )


def _number(phone: str) -> str:
    try:
        return normalise(phone)
    except PhoneInvalid as refused:
        raise InvalidInput(fields={"phone": [str(refused)]}) from None


@dataclass(frozen=True, slots=True)
class MaskedContact:
    """Whom one calls there, as far as everybody may read who looks after suppliers; empty where the
    key is gone."""

    id: int
    name: str
    phone: str


def contacts(supplier: Supplier) -> list[MaskedContact]:
    rows = list(supplier.contacts.order_by("pk"))
    fields = [(row.subject_id, NAME, row.name_sealed) for row in rows]
    fields += [(row.subject_id, PHONE, row.phone_sealed) for row in rows]
    opened = sealing.reveal_many(fields)
    names, phones = opened[: len(rows)], opened[len(rows) :]
    return [
        MaskedContact(row.pk, mask_name(name) if name else "", mask_phone(phone) if phone else "")
        for row, name, phone in zip(rows, names, phones, strict=True)
    ]


def propose(
    supplier: Supplier, grade: str, *, reason: str, actor: Actor, at: datetime
) -> GradeChange:
    """Ask for another grade. Raises NotAllowed, or InvalidInput for the same grade or while another
    proposal waits."""
    access.require(actor, MANAGE)
    _check_listed({"grade": (grade, SupplierGrade.values), "reason": (reason, GradeReason.values)})
    if grade == supplier.grade:
        raise InvalidInput(fields={"grade": [_("与现在的评级相同。")]})
    if actor.staff_id is None:
        raise NotAllowed
    try:
        with transaction.atomic():
            return GradeChange.objects.create(
                supplier=supplier,
                before=supplier.grade,
                grade=grade,
                reason=reason,
                on=local_date(at),
                proposed_by_id=actor.staff_id,
                proposed_at=at,
            )
    except IntegrityError:
        raise InvalidInput(fields={"grade": [_("已有一项评级等待批准。")]}) from None


@transaction.atomic
def decide(change: GradeChange, decision: str, *, actor: Actor, at: datetime) -> GradeChange:
    """Approve or refuse it; approved, it holds from today, and an unqualified supplier is barred
    for a year.

    Raises NotAllowed (a strategic supplier of the group is the group's to approve),
    SecondPersonNeeded, InvalidTransition, or InvalidInput.
    """
    change = GradeChange.objects.select_for_update().get(pk=change.pk)
    supplier = _lock(change.supplier)
    scope = access.scope(actor, APPROVE)
    of_the_group = SupplierGrade.GROUP_STRATEGIC in (change.before, change.grade)
    if not scope or (of_the_group and not scope.everything) or actor.staff_id is None:
        raise NotAllowed
    if actor.staff_id == change.proposed_by_id:
        raise SecondPersonNeeded
    if change.decision != GradeDecision.PENDING:
        raise InvalidTransition
    _check_listed({"decision": (decision, (GradeDecision.APPROVED, GradeDecision.REFUSED))})
    change.decision, change.decided_by_id, change.decided_at = decision, actor.staff_id, at
    change.on = local_date(at)
    change.save(update_fields=["decision", "decided_by", "decided_at", "on"])
    if decision == GradeDecision.APPROVED:
        _grade(supplier, change.grade, change.on)
    return change


def _grade(supplier: Supplier, grade: str, on: date) -> None:
    unqualified = grade == SupplierGrade.UNQUALIFIED
    supplier.grade, supplier.graded_on = grade, on
    supplier.barred_until = a_year_after(on) if unqualified else None
    supplier.save(update_fields=["grade", "graded_on", "barred_until"])


def a_year_after(day: date) -> date:
    """The same day of the next year; of a leap day, the first of March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _check_listed(said: dict[str, tuple[str, Iterable[str]]]) -> None:
    wrong = [name for name, (value, listed) in said.items() if value not in listed]
    if wrong:
        raise InvalidInput(fields={name: [_("请选择列出的选项。")] for name in wrong})


def _lock(supplier: Supplier) -> Supplier:
    return Supplier.objects.select_for_update().get(pk=supplier.pk)
