"""What somebody typed into the one search box: a telephone number, a ticket's number or words."""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import Final

from core import phone, reference
from core.errors import InvalidInput

#: fewer digits are a room or a house number
FEWEST: Final = 7
_NUMBER: Final = re.compile(r"[+＋]?[\d\s()（）\-–—转#]+")


class Sought(enum.Enum):
    NOTHING = enum.auto()
    PHONE = enum.auto()
    REFERENCE = enum.auto()
    WORDS = enum.auto()


def sought(typed: str) -> Sought:
    """Digits with a reference's length and check digit are one, others are a telephone number.

    The two hardly meet: a reference has ten digits and begins with 1, as only a number of Beijing
    without its 0 does, and of those one in ten has the check digit by chance.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().removeprefix("tel:")
    if not plain:
        return Sought.NOTHING
    if not _NUMBER.fullmatch(plain) or _digits(plain) < FEWEST:
        return Sought.WORDS
    if _is_reference(plain):
        return Sought.REFERENCE
    return Sought.PHONE if _is_phone(plain) or _looks_like_phone(plain) else Sought.REFERENCE


def _is_reference(plain: str) -> bool:
    try:
        reference.parse(plain)
    except InvalidInput:
        return False
    return True


def _is_phone(plain: str) -> bool:
    try:
        phone.parse(plain)
    except InvalidInput:
        return False
    return True


def _looks_like_phone(plain: str) -> bool:
    """Mistyped, but meant as a number to call: 11 digits, a mobile's beginning, an area code."""
    mobile = re.match(r"1[3-9]", plain) is not None
    return mobile or plain.startswith(("+", "0")) or _digits(plain) != len("1000000013")


def _digits(plain: str) -> int:
    return sum(map(str.isdecimal, plain))
