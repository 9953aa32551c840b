"""What the intake asks, by what the matter is about. Everything else stays unasked."""

from __future__ import annotations

from typing import Final

from complaints.enums import Kind

PLACE: Final = "place"
NAMED_STAFF: Final = "named_staff"
PROTECTION: Final = "protection"
SUPPLIER: Final = "supplier"
#: whether it is a matter of safety, asked where words tell of danger
SAFETY: Final = "safety"
#: that the answer to that has been asked for once more
CONFIRMED: Final = "confirmed"

#: matters of the site rather than of a home, by the first part of the category's code
_OF_THE_SITE: Final = frozenset(
    "lifts parking public_facilities greening cleaning environment security transport".split()
)
_ABOUT_PEOPLE: Final = frozenset({"staff_conduct", "integrity"})


def asked(kind: str, category_code: str) -> frozenset[str]:
    """Names of the further fields."""
    branch = category_code.partition(".")[0]
    questions: set[str] = set()
    if branch in _OF_THE_SITE:
        questions.add(PLACE)
    if branch in _ABOUT_PEOPLE or kind == Kind.INTEGRITY:
        questions |= {NAMED_STAFF, PROTECTION}
    if branch == SUPPLIER:
        questions.add(SUPPLIER)
    return frozenset(questions)
