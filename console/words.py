"""Names of rows in the language that is active."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints.models import Category, Extension
from residents.services.people import Home


def in_english() -> bool:
    return (translation.get_language() or "").startswith("en")


def category_name(category: Category) -> str:
    return category.name_en if in_english() else category.name


def home_name(home: Home) -> str:
    """Building and room; the room is empty where it may not be seen."""
    return " ".join(part for part in (home.building, home.room) if part)


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
