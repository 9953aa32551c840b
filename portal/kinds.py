"""What a resident can report: five kinds, and for each the categories that come up most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.enums import Kind
from complaints.models import Category


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind as it is offered. `often` are codes of categories; what is not there is left out."""

    kind: Kind
    icon: str
    hint: Promise
    often: tuple[str, ...]


OFFERS: Final = (
    Offer(
        Kind.REPAIR,
        "wrench",
        _("水电、门窗、电梯、公共设施"),
        (
            "engineering.water",
            "engineering.electric",
            "lifts",
            "public_facilities",
            "engineering.heating",
            "engineering.gas",
            "security",
            "parking",
        ),
    ),
    Offer(
        Kind.COMPLAINT,
        "megaphone",
        _("服务、噪音、卫生、安全"),
        ("noise", "cleaning", "parking", "security", "staff_conduct", "neighbours", "renovation"),
    ),
    Offer(
        Kind.INQUIRY,
        "question",
        _("收费、装修、停车、政策"),
        ("fees", "renovation", "parking", "moving_in", "community_services"),
    ),
    Offer(
        Kind.SUGGESTION,
        "lightbulb",
        _("希望小区变得更好"),
        ("community_services", "environment", "greening", "public_facilities", "parking"),
    ),
    Offer(
        Kind.PRAISE,
        "heart",
        _("谢谢做得好的人"),
        ("engineering", "security", "cleaning", "greening", "community_services"),
    ),
)

BY_KIND: Final[Mapping[str, Offer]] = {offer.kind.value: offer for offer in OFFERS}

#: requests about personal data have a page of their own; the others are what people write to an
#: authority about, and come with imports
NOT_OFFERED: Final = frozenset(
    {
        "privacy",
        "integrity",
        "intellectual_property",
        "uncategorised",
        "transport",
        "legal_documents",
        "welfare",
        "education",
        "health",
        "employment",
        "consumer",
        "housing",
    }
)
EXAMPLES: Final = 5
#: what one can only complain about
ABOUT_OTHERS: Final = frozenset({"staff_conduct", "supplier", "neighbours"})


def categories(
    offer: Offer, known: Mapping[str, Category]
) -> tuple[list[Category], list[Category]]:
    """Those that come up most, and all others."""
    open_to = {code: row for code, row in known.items() if _offered(offer, row)}
    often = [open_to[code] for code in offer.often if code in open_to]
    return often, [row for row in open_to.values() if row not in often]


def category(offer: Offer, code: str, known: Mapping[str, Category]) -> Category | None:
    row = known.get(code)
    return row if row is not None and _offered(offer, row) else None


def examples(row: Category) -> str:
    """What falls under a category, by its first keywords; those are Chinese."""
    english = (translation.get_language() or "").startswith("en")
    return "" if english else "、".join(row.keywords.split()[:EXAMPLES])


def _offered(offer: Offer, row: Category) -> bool:
    if not row.active or row.code in NOT_OFFERED:
        return False
    return offer.kind is Kind.COMPLAINT or row.code not in ABOUT_OTHERS
