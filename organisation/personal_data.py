"""The data map of the company: its staff, and the dwellings that lead to who lives there."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from organisation.models import (
    Building,
    CalendarDay,
    CalendarYear,
    Dwelling,
    LegalEntity,
    Role,
    Staff,
    Supplier,
    SupplierContact,
    SupplierContract,
    Unit,
    WorkCalendar,
)
from organisation.services import suppliers
from privacy.vault.registry import (
    ErasurePlan,
    Holding,
    Needles,
    Record,
    SubjectIds,
    declare,
    declare_clear,
    declare_reference,
    hold,
)
from privacy.vault.services import sealing
from privacy.vault.terms import CONTACT, CREDENTIAL, NAME, STAFF, SUBJECT_LINK, Erasure

COMPANY = "about the company, not about a person"

declare(Staff, "username", "name", "email", "work_phone", like=STAFF)
declare(Staff, "password", like=CREDENTIAL, erased=Erasure.EMPLOYMENT)
# who holds a post is on every list; the history of a post keeps numbers of staff, never names
declare_clear(Role, "code", "name", "name_en", "permissions", reason=COMPANY)
declare_clear(Unit, "path", "code", "name", "initials", reason=COMPANY)
declare_clear(LegalEntity, "name", "credit_code", reason=COMPANY)
declare_clear(WorkCalendar, "code", "name", "time_zone", reason=COMPANY)
declare_clear(CalendarDay, "name", "minutes", reason=COMPANY)
declare_clear(CalendarYear, "source", reason=COMPANY)
declare_clear(Building, "name", reason="a building is no home: its rooms are")

declare_clear(Supplier, "code", "name", reason=COMPANY)
declare_clear(SupplierContract, "number", reason=COMPANY)
declare(SupplierContact, "subject", like=SUBJECT_LINK, erased=Erasure.DELETE_ROW)
declare(SupplierContact, "name_sealed", like=NAME)
declare(SupplierContact, "phone_sealed", like=CONTACT)

# A dwelling is an address only together with who lives there. It stays when they are erased;
# every row that ties a person to it is found by the references of the apps above.
declare_reference(Dwelling)
declare_clear(Dwelling, "room", reason="the number of a room, whoever lives there")


def _contacts(subject_ids: SubjectIds) -> QuerySet[SupplierContact]:
    return SupplierContact.objects.filter(subject_id__in=subject_ids)


def _erase_contacts(subject_ids: SubjectIds, plan: ErasurePlan) -> int:
    label = SupplierContact._meta.label_lower
    free = [row.pk for row in _contacts(subject_ids) if not plan.holds(label, row.pk)]
    return SupplierContact.objects.filter(pk__in=free).delete()[0]


def _contacts_left(subject_ids: SubjectIds, needles: Needles) -> int:
    return _contacts(subject_ids).count()


def _copy_of_contacts(subject_ids: SubjectIds) -> Iterator[Record]:
    for row in _contacts(subject_ids).select_related("supplier").order_by("pk"):
        sealed = ((suppliers.NAME, row.name_sealed), (suppliers.PHONE, row.phone_sealed))
        name, phone = sealing.reveal_many((row.subject_id, field, value) for field, value in sealed)
        yield {"supplier": row.supplier.name, "name": name, "phone": phone}


hold(
    Holding(
        name="organisation.supplier_contacts",
        order=84,
        models=(SupplierContact._meta.label_lower,),
        locate=_contacts,
        erase=_erase_contacts,
        verify=_contacts_left,
        export=_copy_of_contacts,
    )
)
