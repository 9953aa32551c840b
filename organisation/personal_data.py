"""The data map of the company: its staff, and the dwellings that lead to who lives there."""

from __future__ import annotations

from organisation.models import (
    Building,
    CalendarDay,
    CalendarYear,
    Dwelling,
    LegalEntity,
    Role,
    Staff,
    Unit,
    WorkCalendar,
)
from privacy.vault.registry import declare, declare_clear, declare_reference
from privacy.vault.terms import CREDENTIAL, STAFF, Erasure

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

# A dwelling is an address only together with who lives there. It stays when they are erased;
# every row that ties a person to it is found by the references of the apps above.
declare_reference(Dwelling)
declare_clear(Dwelling, "room", reason="the number of a room, whoever lives there")
