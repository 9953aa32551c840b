"""How long to wait after a delivery failed. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FIRST: Final = timedelta(seconds=10)
LONGEST: Final = timedelta(hours=6)
MOST_ATTEMPTS: Final = 20
JITTER: Final = 0.2


def wait_after(attempts: int, chance: float) -> timedelta:
    """Ten seconds after the first failure, doubling to six hours.

    `chance` (0 to 1) shortens it by up to a fifth, so that what failed together is not tried
    together.
    """
    doubled = FIRST * 2 ** min(attempts - 1, 20)
    return min(doubled, LONGEST) * (1 - JITTER * chance)
