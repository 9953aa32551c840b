"""The reference number of a ticket: a sequence number and its check digit, digits only.

Made to be heard over a telephone and written down. It is an address, never a credential.
The check digit is ISO 7064, MOD 11,10: every wrong digit is noticed, and of swapped neighbours all
but about one pair in forty-four.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

FIRST_SEQUENCE = 100_000_000
"""Where the database's sequence begins, so that every reference has ten digits for 900 million
tickets and none begins with a zero that a caller would leave out."""

SHORTEST, LONGEST = 2, 19
GROUPS = {10: (3, 3, 4), 11: (3, 4, 4)}

_SEPARATORS = re.compile(r"[\s\u200b\u2010-\u2015\u2212-]+")
_DIGITS = re.compile(r"[1-9][0-9]*", re.ASCII)


class ReferenceInvalid(InvalidInput):
    code = "reference_invalid"
    message = _("工单号不正确，请核对后重新输入。")


def make(sequence: int) -> str:
    """The reference of a sequence number of 1 or more."""
    if sequence < 1:
        raise ValueError("a sequence number is 1 or more")
    payload = str(sequence)
    return payload + check_digit(payload)


def parse(text: str) -> int:
    """The sequence number of a reference as people type it: blanks, hyphens, full-width digits.

    Raises ReferenceInvalid when it is no number or its check digit does not fit.
    """
    digits = normalise(text)
    if check_digit(digits[:-1]) != digits[-1]:
        raise ReferenceInvalid
    return int(digits[:-1])


def normalise(text: str) -> str:
    """The digits of a typed reference, check digit included but not checked."""
    if len(text) > 4 * LONGEST:
        raise ReferenceInvalid
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not SHORTEST <= len(digits) <= LONGEST or not _DIGITS.fullmatch(digits):
        raise ReferenceInvalid
    return digits


def pretty(reference: str) -> str:
    """Grouped for reading aloud: 100 000 0013, 100 0000 0013, and threes from the left else."""
    pieces = []
    rest = reference
    for size in GROUPS.get(len(reference), ()):
        pieces.append(rest[:size])
        rest = rest[size:]
    pieces += [rest[start : start + 3] for start in range(0, len(rest), 3)]
    return " ".join(pieces)


def check_digit(payload: str) -> str:
    """The check digit of ISO 7064, MOD 11,10, for a string of ASCII digits."""
    product = 10
    for digit in payload:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
