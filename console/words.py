"""Names of rows in the language that is active."""

from __future__ import annotations

from django.utils import translation

from complaints.models import Category
from residents.services.people import Home


def in_english() -> bool:
    return (translation.get_language() or "").startswith("en")


def category_name(category: Category) -> str:
    return category.name_en if in_english() else category.name


def home_name(home: Home) -> str:
    """Building and room; the room is empty where it may not be seen."""
    return " ".join(part for part in (home.building, home.room) if part)
