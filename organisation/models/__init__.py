from organisation.models.calendar import CalendarDay, CalendarInterval, CalendarYear, WorkCalendar
from organisation.models.dwelling import Building, Dwelling
from organisation.models.post import Post, Role
from organisation.models.staff import PostInForce, Staff
from organisation.models.supplier import (
    GradeChange,
    Supplier,
    SupplierContact,
    SupplierContract,
)
from organisation.models.unit import LegalEntity, Unit

__all__ = [
    "Building",
    "CalendarDay",
    "CalendarInterval",
    "CalendarYear",
    "Dwelling",
    "GradeChange",
    "LegalEntity",
    "Post",
    "PostInForce",
    "Role",
    "Staff",
    "Supplier",
    "SupplierContact",
    "SupplierContract",
    "Unit",
    "WorkCalendar",
]
