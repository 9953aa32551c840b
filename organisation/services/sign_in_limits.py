"""How often passwords may fail: by address, by name and by computer, in PostgreSQL.

The lockout of django-axes counts one name at one address. These count what it does not see: one
address that tries many names, and one name that is tried from many addresses (docs/adr/0129).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from core.services import limits

HOUR: Final = 60
ADDRESS, NAME, COMPUTER = "sign_in.address", "sign_in.name", "sign_in.computer"
#: of one name on a computer on which it has signed in before
PER_COMPUTER: Final = 20


def count_try(name: str, *, address: str, computer: str, at: datetime) -> None:
    """Count a try; `computer` is the id of one on which this name has signed in before, else "".

    Raises LimitReached. Call it outside a transaction.
    """
    for scope, bucket, most in _counted(name, address, computer):
        limits.hit(scope, bucket, at=at, window_minutes=HOUR, most=most)


def forgive(name: str, *, address: str, computer: str, at: datetime) -> None:
    """The try that was counted at this moment was a good one: only failures count."""
    for scope, bucket, _most in _counted(name, address, computer):
        limits.give_back(scope, bucket, at=at, window_minutes=HOUR)


def _counted(name: str, address: str, computer: str) -> list[tuple[str, str, int]]:
    plain = name.strip().casefold()
    if computer:
        return [(COMPUTER, f"{computer} {plain}", PER_COMPUTER)]
    return [
        (ADDRESS, address, settings.SIGN_IN_FAILURES_PER_ADDRESS_PER_HOUR),
        (NAME, plain, settings.SIGN_IN_FAILURES_PER_NAME_PER_HOUR),
    ]
