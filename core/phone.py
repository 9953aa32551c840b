"""Telephone numbers as people write them, brought to E.164."""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import NamedTuple

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
)

from core.errors import InvalidInput, Text
from core.masking import mask_phone

__all__ = [
    "Line",
    "Phone",
    "PhoneInvalid",
    "as_dialled",
    "display",
    "mask_phone",
    "normalise",
    "parse",
]

LONGEST_TEXT = 40
HOME = 86
MOBILE_DIGITS = 11

_EXTENSION = re.compile(r"(?:转分机|转接|转|分机)[:\s]*(?=\d)")
_SWITCHBOARD = re.compile(
    r"^(\(?0[1-9][0-9]{1,2}\)?[- ]?[0-9]{3,4}[- ]?[0-9]{4})-([0-9]{1,6})$", re.ASCII
)
_SCHEME = re.compile(r"^tel:", re.IGNORECASE)
_SIP = re.compile(r"^sips?:", re.IGNORECASE)
#: an exchange names a number and itself: 13812345678@10.0.0.1:5060;user=phone
_AT_EXCHANGE = re.compile(r"(\+?[0-9]{3,20})@[^@]*", re.ASCII)
_SPELT = re.compile(r"[^\W\d_]")
_MOBILE_START = re.compile(r"1[3-9]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


class PhoneInvalid(InvalidInput):
    """The text is no telephone number that can be called; the `code` says why."""

    code = "phone_invalid"
    message = _("电话号码不正确，请核对后重新输入。")

    def __init__(self, message: Text | None = None, *, code: str = "phone_invalid") -> None:
        super().__init__(message or MESSAGES.get(code))
        self.code = code


MESSAGES: dict[str, Text] = {
    "phone_missing": _("请填写电话号码。"),
    "phone_too_short": _("电话号码位数不足。"),
    "phone_too_long": _("电话号码位数过多。"),
    "phone_needs_area_code": _("固定电话请加上区号，例如 010-12345678。"),
    "phone_not_in_use": _("没有这样的号段，请核对电话号码。"),
}


REASONS = {
    ValidationResult.TOO_SHORT: "phone_too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone_too_short",
    ValidationResult.TOO_LONG: "phone_too_long",
}


class Line(enum.StrEnum):
    """What kind of line a number belongs to. Only a mobile can receive a code."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    OTHER = "other"


class Phone(NamedTuple):
    """`e164` without the extension, `extension` digits or empty."""

    e164: str
    extension: str
    line: Line


def parse(text: str, region: str = "CN") -> Phone:
    """Read a number typed in `region`: blanks, hyphens, brackets, full-width digits, 转801.

    Raises PhoneInvalid with one of the codes of MESSAGES, or `phone_invalid`.
    """
    try:
        number = phonenumbers.parse(_clean(text), region)
    except NumberParseException as error:
        raise _reason(error.error_type) from None
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:  # which is how the library knows that nobody has it
        raise _not_in_use(number)
    return Phone(
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        number.extension or "",
        _line(kind),
    )


def normalise(text: str, region: str = "CN") -> str:
    """E.164, such as +8613812345678. An extension is left out: the switchboard is the line."""
    return parse(text, region).e164


def as_dialled(text: str) -> str:
    """The number in the address by which an exchange names it. Only of what an exchange says: what
    a person types, 13812345678@139.com, is a mailbox."""
    plain = _SIP.sub("", text.strip())
    at_exchange = _AT_EXCHANGE.fullmatch(plain)
    return at_exchange[1] if at_exchange else plain


def display(e164: str) -> str:
    """The number as read in China, 138 1234 5678; others with their country code."""
    number = phonenumbers.parse(e164)
    at_home = number.country_code == HOME
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def _clean(text: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    plain = _SCHEME.sub("", plain)
    if not plain:
        raise PhoneInvalid(code="phone_missing")
    if len(plain) > LONGEST_TEXT:
        raise PhoneInvalid(code="phone_too_long")
    number = _EXTENSION.sub("#", plain)
    # phonenumbers would read letters as the keys they stand on
    if _SPELT.search(number):
        raise PhoneInvalid
    return _SWITCHBOARD.sub(r"\1#\2", number)


def _not_in_use(number: phonenumbers.PhoneNumber) -> PhoneInvalid:
    if number.country_code == HOME:
        _explain_at_home(phonenumbers.national_significant_number(number))
    reason = phonenumbers.is_possible_number_with_reason(number)
    return PhoneInvalid(code=REASONS.get(reason, "phone_not_in_use"))


def _explain_at_home(digits: str) -> None:
    if _MOBILE_START.match(digits) and len(digits) != MOBILE_DIGITS:
        raise PhoneInvalid(code=f"phone_too_{'long' if len(digits) > MOBILE_DIGITS else 'short'}")
    if len(digits) in {7, 8}:
        raise PhoneInvalid(code="phone_needs_area_code")


def _reason(error_type: int) -> PhoneInvalid:
    if error_type == NumberParseException.TOO_LONG:
        return PhoneInvalid(code="phone_too_long")
    if error_type == NumberParseException.TOO_SHORT_NSN:
        return PhoneInvalid(code="phone_too_short")
    return PhoneInvalid()


def _line(kind: int) -> Line:
    if kind in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}:
        return Line.MOBILE
    return Line.LANDLINE if kind == PhoneNumberType.FIXED_LINE else Line.OTHER
