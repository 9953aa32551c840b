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
#: of all references, until the desk has taken in 900 million tickets
REFERENCE_DIGITS: Final = 10
_NUMBER: Final = re.compile(r"[+＋]?[\d\s()（）\-–—转#]+")


class Sought(enum.Enum):
    NOTHING = enum.auto()
    PHONE = enum.auto()
    REFERENCE = enum.auto()
    WORDS = enum.auto()


def sought(typed: str) -> Sought:
    """What digits are follows from how they begin: references have ten and begin with 1, mobile
    telephones have eleven, area codes begin with 0."""
    plain = unicodedata.normalize("NFKC", typed).strip().removeprefix("tel:")
    if not plain:
        return Sought.NOTHING
    if not _NUMBER.fullmatch(plain) or _digits(plain) < FEWEST:
        return Sought.WORDS
    if _digits(plain) == REFERENCE_DIGITS and plain.startswith("1"):
        return Sought.PHONE if _short_mobile(plain) else Sought.REFERENCE
    if _has_check_digit(plain) and not _can_be_called(plain):
        return Sought.REFERENCE
    return Sought.PHONE


def _short_mobile(plain: str) -> bool:
    """A mobile telephone with a digit left out; as a reference it would not pass its check."""
    return re.match(r"1[3-9]", plain) is not None and not _has_check_digit(plain)


def _has_check_digit(plain: str) -> bool:
    try:
        reference.parse(plain)
    except InvalidInput:
        return False
    return True


def _can_be_called(plain: str) -> bool:
    try:
        phone.parse(plain)
    except InvalidInput:
        return False
    return True


def _digits(plain: str) -> int:
    return sum(map(str.isdecimal, plain))
