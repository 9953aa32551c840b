"""Finds identity numbers, bank cards and telephone numbers in free Chinese text.

They are recognised however they are typed: full-width digits, blanks or hyphens between groups,
+86 before a mobile, brackets around an area code. The digits decide: an identity number has a
region, a date of birth and its check character (GB 11643, ISO 7064 MOD 11-2), a bank card passes
Luhn, a telephone number begins like one. Service numbers (400, 95xxx) belong to nobody and stay.

One pass over the text, a bounded look ahead from each group of digits: time grows with the length.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from core.masking import keep_ends


class Kind(enum.StrEnum):
    IDENTITY = "identity"
    BANK_CARD = "bank_card"
    PHONE = "phone"


class Span(NamedTuple):
    """A half-open range of characters."""

    start: int
    end: int
    kind: Kind


class _Group(NamedTuple):
    """Digits without a gap; `joins` says whether they may continue the group before."""

    start: int
    end: int
    text: str
    joins: bool
    plus: bool


_PLAIN = str.maketrans(
    {0xFF10 + digit: 0x30 + digit for digit in range(10)}
    | dict.fromkeys("xｘＸ", "X")
    | dict.fromkeys("－‐‑‒–—―−", "-")
    | dict.fromkeys("　\u00a0\u2009\u200b\t", " ")
    | {"（": "(", "）": ")", "＋": "+"}
)
_DIGITS = re.compile(r"[0-9]+(?:X(?![0-9A-Za-z]))?", re.ASCII)
_GAP = re.compile(r"[ -]{1,3}|\)[ -]{0,2}|(?:-\(|\() ?")

MOST_GROUPS = 6
LONGEST_GAP = 3
_PROVINCE_RANGES = [
    *[(11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65)],  # the mainland
    *[(71, 71), (81, 83), (91, 91)],  # Taiwan, Hong Kong, Macao; foreigners with residence
]
PROVINCES = frozenset(
    str(code) for first, last in _PROVINCE_RANGES for code in range(first, last + 1)
)
IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS = "10X98765432"
IDENTITY_LENGTH = 18
FIRST_BIRTH_YEAR = 1850
CARD_LENGTHS = range(16, 20)

_MOBILE = re.compile(r"(?:0086|86|0)?(?=1[3-9][0-9]{9}$)")
_LANDLINE = re.compile(
    r"(?:00860?|860?|0)(?:(?:10|2[0-57-9])[1-9][0-9]{7}|[3-9][0-9]{2}[1-9][0-9]{6,7})$"
)
PHONE_PREFIXES = frozenset({"0086", "86", "0"})
SHORTEST_PHONE_GROUP = 3
INTERNATIONAL_LENGTHS = range(8, 16)


def find(text: str) -> list[Span]:
    """What was found, in order, without overlaps."""
    groups = list(_groups(text.translate(_PLAIN)))
    spans = []
    at = 0
    while at < len(groups):
        taken, kind = _longest_match(groups, at)
        if kind is not None:
            first, last = groups[at], groups[at + taken - 1]
            spans.append(Span(first.start - first.plus, last.end, kind))
        at += taken
    return spans


def mask(text: str, spans: Iterable[Span]) -> str:
    """The text with what was found hidden: 138****1234, 1****************X, ****7890.

    As long as before, separators where they were.
    """
    pieces = []
    seen = 0
    for span in spans:
        pieces += [text[seen : span.start], _masked(text[span.start : span.end], span.kind)]
        seen = span.end
    return "".join([*pieces, text[seen:]])


def is_identity_number(digits: str) -> bool:
    """Whether 18 plain characters are a citizen's identity number."""
    if len(digits) != IDENTITY_LENGTH or digits[:2] not in PROVINCES:
        return False
    if not digits[:-1].isdecimal() or not _is_birth_date(digits[6:14]):
        return False
    total = sum(
        weight * int(digit) for weight, digit in zip(IDENTITY_WEIGHTS, digits, strict=False)
    )
    return IDENTITY_CHECKS[total % 11] == digits[-1]


def is_bank_card(digits: str) -> bool:
    """Whether 16 to 19 plain digits pass Luhn."""
    if len(digits) not in CARD_LENGTHS or not digits.isdecimal() or digits[0] == "0":
        return False
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[::-2])) % 10 == 0


def _is_birth_date(digits: str) -> bool:
    try:
        return date.fromisoformat(digits).year >= FIRST_BIRTH_YEAR
    except ValueError:
        return False


def _is_phone(groups: list[str], plus: bool) -> bool:
    digits = "".join(groups)
    parts = groups[1:] if groups[0] in PHONE_PREFIXES or plus else groups
    if any(len(part) < SHORTEST_PHONE_GROUP for part in parts) and not plus:
        return False
    if plus and not digits.startswith("86"):
        return digits.isdecimal() and len(digits) in INTERNATIONAL_LENGTHS
    return bool(_MOBILE.match(digits) or _LANDLINE.match(digits))


def _is_card_grouped(groups: list[str]) -> bool:
    return len(groups) == 1 or all(len(group) == 4 for group in groups[:-1])


def _kind(groups: list[str], plus: bool) -> Kind | None:
    if is_identity_number("".join(groups)):
        return Kind.IDENTITY
    groups = [*groups[:-1], groups[-1].removesuffix("X")]
    if _is_phone(groups, plus):
        return Kind.PHONE
    if is_bank_card("".join(groups)) and _is_card_grouped(groups):
        return Kind.BANK_CARD
    return None


def _longest_match(groups: list[_Group], at: int) -> tuple[int, Kind | None]:
    """How many groups to pass from `at`, and what they are together."""
    texts = [groups[at].text]
    for group in groups[at + 1 : at + MOST_GROUPS]:
        if not group.joins:
            break
        texts.append(group.text)
    for taken in range(len(texts), 0, -1):
        kind = _kind(texts[:taken], groups[at].plus)
        if kind is not None:
            return taken, kind
    return 1, None


def _groups(plain: str) -> Iterator[_Group]:
    previous_end = -1
    for found in _DIGITS.finditer(plain):
        start, end = found.span()
        gap = plain[previous_end:start] if start - previous_end <= LONGEST_GAP else ""
        plus = start > 0 and plain[start - 1] == "+"
        yield _Group(start, end, found.group(), bool(_GAP.fullmatch(gap)), plus)
        previous_end = end


def _masked(fragment: str, kind: Kind) -> str:
    if kind is Kind.IDENTITY:
        return keep_ends(fragment, 1, 1)
    digits = "".join(c for c in fragment.translate(_PLAIN) if c.isdecimal())
    mobile = _MOBILE.match(digits) if kind is Kind.PHONE else None
    return keep_ends(fragment, mobile.end() + 3 if mobile else 0, 4)
