"""How many cases must be inspected so that a share is known well enough."""

from __future__ import annotations

import math
from statistics import NormalDist


def z_score(confidence: float) -> float:
    """The two-sided normal quantile: 1.95996… for 0.95."""
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def sample_size(
    population: int, *, confidence: float = 0.95, margin: float = 0.05, share: float = 0.5
) -> int:
    """Cases to draw from `population` to know a share to ± `margin`.

    n = N z² p q / (e² (N − 1) + z² p q), rounded up: simple random sampling without replacement
    (Cochran, Sampling Techniques, 3rd ed., 4.4). `margin` and `share` are fractions of one;
    `share` is what one expects, 0.5 when nothing is known.
    """
    if population < 0 or not 0 < margin < 1 or not 0 < share < 1:
        raise ValueError("needs a population of 0 or more, a margin and a share between 0 and 1")
    spread = z_score(confidence) ** 2 * share * (1 - share)
    needed = population * spread / (margin**2 * (population - 1) + spread) if population else 0
    return math.ceil(needed)
