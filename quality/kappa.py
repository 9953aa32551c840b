"""Agreement of two inspectors beyond chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of `pairs` double inspections; None where chance alone explains all agreement.

    `observed` and `expected` are shares of agreement. `standard_error` is the asymptotic one of
    Fleiss, Cohen and Everitt (1969).
    """

    value: float | None
    standard_error: float | None
    observed: float | None
    expected: float | None
    pairs: int


def cohen_kappa(judgements: Iterable[tuple[Hashable, Hashable]]) -> Kappa:
    """Kappa of pairs (first inspector's answer, second inspector's answer)."""
    table = Counter(judgements)
    pairs = table.total()
    if not pairs:
        return Kappa(None, None, None, None, 0)
    first, second = _margins(table, pairs)
    observed = sum(count for (a, b), count in table.items() if a == b) / pairs
    expected = sum(share * second[answer] for answer, share in first.items())
    if math.isclose(expected, 1):
        return Kappa(None, None, observed, expected, pairs)
    value = (observed - expected) / (1 - expected)
    error = _standard_error(table, first, second, value, expected)
    return Kappa(value, error, observed, expected, pairs)


Margin = dict[Hashable, float]
Table = Counter[tuple[Hashable, Hashable]]


def _margins(table: Table, pairs: int) -> tuple[Margin, Margin]:
    """The share of each answer, per inspector."""
    answers = {answer for pair in table for answer in pair}
    first = dict.fromkeys(answers, 0.0)
    second = dict.fromkeys(answers, 0.0)
    for (a, b), count in table.items():
        first[a] += count / pairs
        second[b] += count / pairs
    return first, second


def _standard_error(
    table: Table, first: Margin, second: Margin, kappa: float, expected: float
) -> float:
    pairs = table.total()
    disagree = 1 - kappa
    spread = -((kappa - expected * disagree) ** 2)
    for (a, b), count in table.items():
        share = count / pairs
        if a == b:
            spread += share * (1 - (first[a] + second[a]) * disagree) ** 2
        else:
            spread += share * (disagree * (second[a] + first[b])) ** 2
    return math.sqrt(max(spread, 0.0) / pairs) / (1 - expected)
