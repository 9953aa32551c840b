"""Names of rows in the language that is active."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.enums import ClockKind, ClockState
from complaints.models import Category, Extension, TicketClock
from core.spoken import when
from residents.services.people import Home

PROMISES: Final[dict[str, Promise]] = {
    ClockKind.FIRST_RESPONSE: gettext_lazy("请告诉住户：最迟%(when)s答复"),
    ClockKind.RESOLVE: gettext_lazy("请告诉住户：最迟%(when)s解决"),
}


def in_english() -> bool:
    return (translation.get_language() or "").startswith("en")


def category_name(category: Category) -> str:
    return category.name_en if in_english() else category.name


def home_name(home: Home) -> str:
    """Building and room; the room is empty where it may not be seen."""
    return " ".join(part for part in (home.building, home.room) if part)


def promise(clocks: Iterable[TicketClock], at: datetime) -> str:
    """What an agent tells who is on the line: by when somebody answers. Empty for no promise."""
    due = next((one for one in clocks if one.kind in PROMISES and one.due_at), None)
    if due is None or due.due_at is None or due.due_at < at or due.state != ClockState.RUNNING:
        return ""
    return str(PROMISES[due.kind]) % {"when": when(due.due_at, at)}


def moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "m-d H:i")


def how_much(extension: Extension) -> str:
    """So much more time, in its own measure, and why."""
    values = {
        "hours": f"{extension.minutes / 60:.1f}".removesuffix(".0"),
        "basis": extension.get_basis_display(),
        "reason": extension.get_reason_code_display(),
    }
    return _("%(hours)s 小时（%(basis)s，%(reason)s）") % values
