"""Shares estimated from a stratified sample, with their uncertainty.

Notation: stratum h has N_h members, of which m_h were inspected and g_h answered well; N = Σ N_h.
Members drawn but not inspected count as missing at random within their stratum. A stratum in which
nothing was inspected is unknown: it leaves the estimate, and `covered` says what remains.

- share p = Σ N_h p_h / N with p_h = g_h / m_h
- variance v = Σ (N_h/N)² (1 − m_h/N_h) p_h q_h / (m_h − 1)   (Cochran, 5.7 and 5.14)
- a stratum inspected whole adds no variance, a single case of several the most it can: p q = 1/4
- effective n = p q / v, design effect = v / v of a simple random sample of as many cases
- units: Wilson's interval with the effective n; total: p ± z √v
- no spread seen although not all was inspected: Wilson with Kish's effective n, never a width of 0
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quality.sample_size import z_score


class Method(enum.StrEnum):
    WILSON = "wilson"
    NORMAL = "normal"
    CENSUS = "census"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class StratumResult:
    """Members, drawn, inspected and answered well; each at most the one before."""

    code: str
    size: int
    drawn: int
    inspected: int
    good: int

    def __post_init__(self) -> None:
        if not 0 <= self.good <= self.inspected <= self.drawn <= self.size:
            raise ValueError(f"{self.code}: good ≤ inspected ≤ drawn ≤ size does not hold")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share between 0 and 1 with its interval; None where nothing was inspected.

    `population` and `covered` count members, `drawn` and `inspected` cases. `design_effect` and
    `effective_n` are None where no spread was seen.
    """

    share: float | None
    low: float | None
    high: float | None
    method: Method
    confidence: float
    variance: float
    design_effect: float | None
    effective_n: float | None
    population: int
    covered: int
    drawn: int
    inspected: int

    @property
    def non_response(self) -> float | None:
        """The part of the drawn that could not be inspected."""
        return 1 - self.inspected / self.drawn if self.drawn else None


def unit_estimate(strata: Iterable[StratumResult], *, confidence: float = 0.95) -> Estimate:
    """The share of one unit, with Wilson's interval: it stays inside 0 to 1 for few cases."""
    return _estimate(list(strata), confidence, Method.WILSON)


def total_estimate(strata: Iterable[StratumResult], *, confidence: float = 0.95) -> Estimate:
    """The share over all strata, with the normal interval of stratified sampling."""
    return _estimate(list(strata), confidence, Method.NORMAL)


def wilson(share: float, n: float, *, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share seen in `n` cases, which may be a fraction."""
    z2 = z_score(confidence) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * share * (1 - share) / n + z2**2 / (4 * n**2)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def ranks(estimates: Mapping[str, Estimate]) -> dict[str, int | None]:
    """Place by share, 1 the best; None where the interval overlaps another unit's.

    Overlapping units are not told apart by this sample, so no order between them is claimed.
    """
    return {name: _rank(name, estimates) for name in estimates}


def _rank(name: str, estimates: Mapping[str, Estimate]) -> int | None:
    own = estimates[name]
    others = [other for code, other in estimates.items() if code != name]
    if own.low is None or own.high is None:
        return None
    better = 1
    for other in others:
        if other.low is None or other.high is None:
            continue
        if other.low <= own.high and own.low <= other.high:
            return None
        better += other.low > own.high
    return better


def _estimate(strata: Sequence[StratumResult], confidence: float, method: Method) -> Estimate:
    known = [stratum for stratum in strata if stratum.inspected]
    share, variance = _share(known), _variance(known)
    spread = share * (1 - share) if share is not None else Fraction(0)
    method = _method(known, variance, method)
    effective_n = _effective_n(known, spread, variance)
    low, high = _interval(share, variance, effective_n, method, confidence)
    return Estimate(
        share=None if share is None else float(share),
        low=low,
        high=high,
        method=method,
        confidence=confidence,
        variance=float(variance),
        design_effect=_design_effect(known, spread, variance),
        effective_n=effective_n,
        population=sum(stratum.size for stratum in strata),
        covered=sum(stratum.size for stratum in known),
        drawn=sum(stratum.drawn for stratum in strata),
        inspected=sum(stratum.inspected for stratum in strata),
    )


def _share(known: Sequence[StratumResult]) -> Fraction | None:
    total = sum(stratum.size for stratum in known)
    good = sum(Fraction(s.size * s.good, s.inspected) for s in known)
    return Fraction(good, total) if total else None


def _variance(known: Sequence[StratumResult]) -> Fraction:
    total = sum(stratum.size for stratum in known)
    return sum(
        (Fraction(s.size, total) ** 2 * _stratum_variance(s) for s in known), start=Fraction(0)
    )


def _stratum_variance(stratum: StratumResult) -> Fraction:
    """Variance of the share of one stratum, with finite-population correction."""
    n, good = stratum.inspected, stratum.good
    unseen = 1 - Fraction(n, stratum.size)
    if n == 1:
        return unseen / 4
    return unseen * Fraction(good * (n - good), n * n) / (n - 1)


def _method(known: Sequence[StratumResult], variance: Fraction, wanted: Method) -> Method:
    if not known:
        return Method.NONE
    if all(stratum.inspected == stratum.size for stratum in known):
        return Method.CENSUS
    return wanted if variance else Method.WILSON


def _effective_n(
    known: Sequence[StratumResult], spread: Fraction, variance: Fraction
) -> float | None:
    if variance:
        return float(spread / variance) if spread else _kish_n(known)
    unseen = any(stratum.inspected < stratum.size for stratum in known)
    return _kish_n(known) if unseen else None


def _kish_n(known: Sequence[StratumResult]) -> float:
    """(Σ w)² / Σ w² over the cases, w = N_h / m_h, corrected for the finite population."""
    size = sum(stratum.size for stratum in known)
    inspected = sum(stratum.inspected for stratum in known)
    squares = sum(Fraction(s.size**2, s.inspected) for s in known)
    return float(Fraction(size**2) / squares / (1 - Fraction(inspected, size)))


def _design_effect(
    known: Sequence[StratumResult], spread: Fraction, variance: Fraction
) -> float | None:
    size = sum(stratum.size for stratum in known)
    n = sum(stratum.inspected for stratum in known)
    if n < 2 or n == size or not spread:
        return None
    simple = (1 - Fraction(n, size)) * spread / (n - 1)
    return float(variance / simple)


def _interval(
    share: Fraction | None,
    variance: Fraction,
    effective_n: float | None,
    method: Method,
    confidence: float,
) -> tuple[float | None, float | None]:
    if share is None:
        return None, None
    if method is Method.CENSUS or effective_n is None:
        return float(share), float(share)
    if method is Method.WILSON:
        return wilson(float(share), effective_n, confidence=confidence)
    half = z_score(confidence) * math.sqrt(variance)
    return max(0.0, float(share) - half), min(1.0, float(share) + half)
