"""How a sample is divided among strata.

Strata taken with certainty are inspected whole and stand beside the sample: `size` counts only what
is drawn by chance, so that a quarter with many grave cases does not thin out the ordinary ones.
Every other stratum gets at least two cases (one is not enough to estimate a variance) or all it
has, even when the total then exceeds `size`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

AT_LEAST = 2


def proportional(
    sizes: Mapping[str, int], size: int, *, certainty: Collection[str] = ()
) -> dict[str, int]:
    """Cases per stratum in proportion to the strata's sizes."""
    return _allocate(sizes, {code: Fraction(n) for code, n in sizes.items()}, size, certainty)


def neyman(
    sizes: Mapping[str, int],
    shares: Mapping[str, float],
    size: int,
    *,
    certainty: Collection[str] = (),
) -> dict[str, int]:
    """Cases per stratum in proportion to size times spread, √(p q).

    `shares` are expected shares per stratum, such as last quarter's; a stratum without one counts
    as 0.5. For a given total no other division estimates the overall share more closely.
    """
    weights = {code: n * _spread(shares.get(code, 0.5)) for code, n in sizes.items()}
    return _allocate(sizes, weights, size, certainty)


def _spread(share: float) -> Fraction:
    if not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    return Fraction((share * (1 - share)) ** 0.5)


def _allocate(
    sizes: Mapping[str, int],
    weights: Mapping[str, Fraction],
    size: int,
    certainty: Collection[str],
) -> dict[str, int]:
    if size < 0 or any(n < 0 for n in sizes.values()):
        raise ValueError("sizes are 0 or more")
    by_chance = sorted(set(sizes) - set(certainty))
    exact = _exact_shares({code: sizes[code] for code in by_chance}, weights, size)
    drawn = _round_to(exact, sizes)
    return {code: drawn.get(code, n) for code, n in sizes.items()}


def _exact_shares(
    sizes: Mapping[str, int], weights: Mapping[str, Fraction], size: int
) -> dict[str, Fraction]:
    """Fractional cases per stratum between its floor and its size, adding up to `size` if they can.

    Strata whose share falls outside are set to the bound and the rest is divided again. Floors come
    first: they are a promise, and what they take can only lower the other shares.
    """
    floors = {code: min(AT_LEAST, n) for code, n in sizes.items()}
    size = min(max(size, sum(floors.values())), sum(sizes.values()))
    fixed: dict[str, Fraction] = {}
    while True:
        rest = {code: weights[code] for code in sizes if code not in fixed}
        left = size - sum(fixed.values(), Fraction(0))
        shares = _divide(left, rest)
        low = {code for code, share in shares.items() if share < floors[code]}
        high = {code for code, share in shares.items() if share > sizes[code]}
        excess = sum((shares[code] - sizes[code] for code in high), Fraction(0))
        lack = sum((floors[code] - shares[code] for code in low), Fraction(0))
        if not low and not high:
            return fixed | shares
        if lack >= excess:
            fixed |= {code: Fraction(floors[code]) for code in low}
        if excess >= lack:
            fixed |= {code: Fraction(sizes[code]) for code in high}


def _divide(amount: Fraction, weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    total = sum(weights.values(), Fraction(0))
    if total == 0:
        return {code: amount / len(weights) for code in weights}
    return {code: amount * weight / total for code, weight in weights.items()}


def _round_to(exact: Mapping[str, Fraction], sizes: Mapping[str, int]) -> dict[str, int]:
    """Whole cases by largest remainder; equal remainders go to the larger stratum, then by code."""
    whole = {code: int(share) for code, share in exact.items()}
    missing = round(sum(exact.values(), Fraction(0))) - sum(whole.values())
    order = sorted(exact, key=lambda code: (whole[code] - exact[code], -sizes[code], code))
    return whole | {code: whole[code] + 1 for code in order[:missing]}
