from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from quality.kappa import Kappa, cohen_kappa


def pairs(table):
    return [pair for pair, count in table.items() for _ in range(count)]


def test_worked_by_hand():
    # of 50: both yes 20, both no 15, yes/no 5, no/yes 10
    result = cohen_kappa(pairs({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15}))
    assert result.observed == pytest.approx(35 / 50)
    assert result.expected == pytest.approx(25 / 50 * 30 / 50 + 25 / 50 * 20 / 50)
    assert result.value == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert result.pairs == 50


def test_full_agreement_is_one_and_full_disagreement_below_zero():
    assert cohen_kappa([(1, 1), (0, 0)]).value == pytest.approx(1)
    assert cohen_kappa([(1, 0), (0, 1)]).value == pytest.approx(-1)


def test_when_both_always_say_the_same_kappa_says_nothing():
    assert cohen_kappa([("y", "y")] * 9) == Kappa(None, None, 1, 1, 9)
    assert cohen_kappa([]) == Kappa(None, None, None, None, 0)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=60))
def test_agrees_with_statsmodels(judgements):
    ours = cohen_kappa(judgements)
    table = np.zeros((3, 3))
    for first, second in judgements:
        table[first, second] += 1
    if ours.value is None:
        assert np.count_nonzero(table) == 1
        return
    with np.errstate(invalid="ignore"):
        theirs = cohens_kappa(table)
    assert ours.value == pytest.approx(theirs.kappa, abs=1e-9)
    expected = 0 if math.isnan(theirs.std_kappa) else theirs.std_kappa
    assert ours.standard_error == pytest.approx(expected, abs=1e-6)
