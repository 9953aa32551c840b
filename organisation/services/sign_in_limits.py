"""How often passwords may fail: by address, by name and by computer, in PostgreSQL.

The lockout of django-axes counts one name at one address. These count what it does not see: one
address that tries many names, and one name that is tried from many addresses (docs/adr/0129).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from core.errors import LimitReached
from core.services import limits
from core.typed_names import plain_name

HOUR: Final = 60
ADDRESS, NAME, COMPUTER = "sign_in.address", "sign_in.name", "sign_in.computer"
#: of one name on a computer on which it has signed in before
PER_COMPUTER: Final = 20


def count_try(name: str, *, address: str, computer: str, at: datetime) -> None:
    """Count a try; `computer` is the id of one on which this name has signed in before, else "".

    A try that the name's count refuses counts for the address no longer: one name that is locked
    must not lock the office from which it is tried. Raises LimitReached. Call it outside a
    transaction.
    """
    counted: list[tuple[str, str]] = []
    for scope, bucket, most in _counted(name, address, computer):
        try:
            limits.hit(scope, bucket, at=at, window_minutes=HOUR, most=most)
        except LimitReached:
            _give_back(counted, at)
            raise
        counted.append((scope, bucket))


def forgive(name: str, *, address: str, computer: str, at: datetime) -> None:
    """The try that was counted at this moment was a good one: only failures count."""
    _give_back([(scope, bucket) for scope, bucket, _ in _counted(name, address, computer)], at)


def _give_back(counted: list[tuple[str, str]], at: datetime) -> None:
    for scope, bucket in counted:
        limits.give_back(scope, bucket, at=at, window_minutes=HOUR)


def _counted(name: str, address: str, computer: str) -> list[tuple[str, str, int]]:
    plain = plain_name(name)
    if computer:
        return [(COMPUTER, f"{computer} {plain}", PER_COMPUTER)]
    return [
        (ADDRESS, address, settings.SIGN_IN_FAILURES_PER_ADDRESS_PER_HOUR),
        (NAME, plain, settings.SIGN_IN_FAILURES_PER_NAME_PER_HOUR),
    ]
