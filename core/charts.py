"""Geometry of the small charts drawn on the server. Pure: numbers in, percentages out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """A stretch of shares between 0 and 1, drawn from 0 to 100 %."""

    low: float
    high: float

    def place(self, share: float) -> float:
        """Where a share stands, in percent of the width, one decimal, kept inside the drawing."""
        inside = min(max(share, self.low), self.high)
        return round(100 * (inside - self.low) / (self.high - self.low), 1)

    def ticks(self) -> list[float]:
        """Up to six round shares from end to end, both ends among them."""
        step = next(s for s in (0.02, 0.05, 0.1, 0.2) if (self.high - self.low) / s <= 5 + 1e-9)
        count = round((self.high - self.low) / step)
        return [round(self.low + step * i, 4) for i in range(count + 1)]


def scale_for(shares: Iterable[float]) -> Scale:
    """The narrowest scale on steps of ten points that shows all shares and at least 20 points.

    It need not begin at zero: intervals are compared by position, not by length.
    """
    values = list(shares)
    if not values:
        return Scale(0.0, 1.0)
    low = math.floor(min(values) * 10 + 1e-9) / 10
    high = min(1.0, math.ceil(max(values) * 10 - 1e-9) / 10)
    return Scale(max(0.0, min(low, high - 0.2)), max(high, 0.2))
