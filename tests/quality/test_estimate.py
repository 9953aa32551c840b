from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from quality.allocation import proportional
from quality.estimate import (
    Method,
    StratumResult,
    ranks,
    total_estimate,
    unit_estimate,
    wilson,
)

Z = 1.959963984540054

# Three strata, drawn unequally: one in ten, one in five, one in ten.
#
#          N_h    m_h   g_h   p_h        weight N_h/m_h
#   a      100    10    8     4/5        10
#   b       50    10    5     1/2         5
#   c       50     5    5     1          10
THREE = [
    StratumResult("a", size=100, drawn=10, inspected=10, good=8),
    StratumResult("b", size=50, drawn=10, inspected=10, good=5),
    StratumResult("c", size=50, drawn=5, inspected=5, good=5),
]
# share: (100 · 4/5 + 50 · 1/2 + 50 · 1) / 200 = (80 + 25 + 50) / 200
SHARE = Fraction(155, 200)
# variance: a (1/2)² · 9/10 · (4/5 · 1/5)/9 = 1/250
#           b (1/4)² · 4/5 · (1/2 · 1/2)/9 = 1/720
#           c (1/4)² · 9/10 · 0            = 0
VARIANCE = Fraction(1, 250) + Fraction(1, 720)
# a simple sample of 25 in 200: 7/8 · (31/40 · 9/40) / 24
SIMPLE = Fraction(7, 8) * Fraction(31, 40) * Fraction(9, 40) / 24


def test_three_strata_worked_by_hand():
    result = total_estimate(THREE)
    assert Fraction(31, 40) == SHARE
    assert Fraction(97, 18000) == VARIANCE
    assert result.share == float(Fraction(31, 40))
    assert result.variance == float(Fraction(97, 18000))
    assert result.low == pytest.approx(0.775 - Z * math.sqrt(97 / 18000), abs=1e-12)
    assert result.high == pytest.approx(0.775 + Z * math.sqrt(97 / 18000), abs=1e-12)
    assert (round(result.low, 4), round(result.high, 4)) == (0.6311, 0.9189)
    assert result.design_effect == pytest.approx(float(VARIANCE / SIMPLE))
    assert result.design_effect == pytest.approx(0.84766, abs=1e-5)
    assert result.effective_n == pytest.approx(32.3582, abs=1e-4)
    assert (result.population, result.covered, result.drawn, result.inspected) == (200, 200, 25, 25)
    assert result.method is Method.NORMAL


def test_the_plain_share_of_the_cases_would_be_wrong():
    assert Fraction(8 + 5 + 5, 25) == Fraction(18, 25) != SHARE


def test_a_unit_gets_wilsons_interval_with_the_effective_size():
    result = unit_estimate(THREE)
    n = float(Fraction(31, 40) * Fraction(9, 40) / VARIANCE)
    # (0.775 + 3.8415/64.72 ± 1.96 √(0.174375/32.36 + 3.8415/4188.2)) / (1 + 3.8415/32.36)
    assert result.share == 0.775
    assert (result.low, result.high) == pytest.approx(wilson(0.775, n), abs=1e-12)
    assert (round(result.low, 4), round(result.high, 4)) == (0.6067, 0.8849)
    assert result.method is Method.WILSON


def test_one_stratum_is_a_simple_random_sample():
    result = total_estimate([StratumResult("a", 1200, 292, 292, 263)])
    p, unseen = Fraction(263, 292), 1 - Fraction(292, 1200)
    assert result.variance == pytest.approx(float(unseen * p * (1 - p) / 291))
    assert result.design_effect == pytest.approx(1)


def test_a_stratum_taken_whole_adds_no_variance():
    grave = StratumResult("grave", size=20, drawn=20, inspected=20, good=11)
    alone = total_estimate(THREE)
    result = total_estimate([*THREE, grave])
    assert result.share == pytest.approx(float((155 + 11) / Fraction(220)))
    assert result.variance == pytest.approx(alone.variance * (200 / 220) ** 2)


def test_when_all_were_inspected_the_share_is_exact():
    result = total_estimate(
        [StratumResult("a", 5, 5, 5, 3), StratumResult("b", 1, 1, 1, 1)], confidence=0.99
    )
    assert (result.low, result.share, result.high) == (4 / 6, 4 / 6, 4 / 6)
    assert result.method is Method.CENSUS
    assert result.design_effect is None


def test_non_response_lowers_the_sample_but_not_the_weight_of_its_stratum():
    result = total_estimate(
        [StratumResult("a", 100, 12, 10, 8), *THREE[1:]],
    )
    assert result.share == float(SHARE)
    assert result.variance == float(VARIANCE)
    assert result.non_response == pytest.approx(2 / 27)
    assert total_estimate(THREE).non_response == 0


def test_non_response_in_a_stratum_taken_whole_is_uncertainty():
    result = total_estimate([StratumResult("grave", 10, 10, 8, 4)])
    assert result.variance == pytest.approx(float(Fraction(1, 5) * Fraction(1, 4) / 7))
    assert result.method is Method.NORMAL


def test_a_stratum_where_nothing_was_inspected_leaves_the_estimate_and_is_said():
    result = total_estimate([*THREE, StratumResult("d", 40, 2, 0, 0)])
    assert result.share == float(SHARE)
    assert (result.population, result.covered) == (240, 200)


def test_nothing_inspected_gives_no_share():
    for strata in ([], [StratumResult("a", 10, 2, 0, 0)], [StratumResult("a", 0, 0, 0, 0)]):
        result = unit_estimate(strata)
        assert (result.share, result.low, result.high) == (None, None, None)
        assert result.method is Method.NONE
    assert unit_estimate([]).non_response is None


def test_a_single_case_of_several_counts_with_the_most_variance_it_can_have():
    result = total_estimate([StratumResult("a", 4, 1, 1, 1), StratumResult("b", 4, 4, 4, 2)])
    assert result.variance == float(Fraction(1, 4) * Fraction(3, 4) * Fraction(1, 4))


@pytest.mark.parametrize("good", [0, 60])
def test_no_spread_seen_does_not_mean_certainty(good):
    strata = [
        StratumResult("a", 600, 40, 40, good * 2 // 3),
        StratumResult("b", 300, 20, 20, good // 3),
    ]
    result = total_estimate(strata)
    assert result.method is Method.WILSON
    # equal weights of 15: 60 cases, 60/900 seen
    assert result.effective_n == pytest.approx(60 / (1 - 60 / 900))
    assert result.high - result.low == pytest.approx(Z**2 / (result.effective_n + Z**2))


@pytest.mark.parametrize("numbers", [(10, 11, 5, 5), (10, 5, 6, 5), (10, 5, 5, 6), (10, 5, 5, -1)])
def test_results_that_cannot_be_are_refused(numbers):
    with pytest.raises(ValueError, match="does not hold"):
        StratumResult("a", *numbers)


# --- agreement with others -----------------------------------------------------------------------


@given(st.integers(1, 400), st.data(), st.sampled_from([0.9, 0.95, 0.99]))
def test_wilson_agrees_with_statsmodels(n, data, confidence):
    good = data.draw(st.integers(0, n))
    theirs = proportion_confint(good, n, alpha=1 - confidence, method="wilson")
    assert wilson(good / n, n, confidence=confidence) == pytest.approx(theirs, abs=1e-9)


strata_results = st.lists(
    st.builds(
        lambda size, cuts: StratumResult(
            "s", size, *sorted((c * size // 60 for c in cuts), reverse=True)
        ),
        st.integers(1, 300),
        st.lists(st.integers(0, 60), min_size=3, max_size=3),
    ),
    min_size=1,
    max_size=6,
)


@given(strata_results)
def test_against_the_textbook_formula_in_floats(strata):
    known = [s for s in strata if s.inspected >= 2]
    if len(known) < len(strata):
        return
    n_h = np.array([s.size for s in known], float)
    m_h = np.array([s.inspected for s in known], float)
    p_h = np.array([s.good for s in known]) / m_h
    w_h = n_h / n_h.sum()
    variance = (w_h**2 * (1 - m_h / n_h) * p_h * (1 - p_h) / (m_h - 1)).sum()
    result = total_estimate(strata)
    assert result.share == pytest.approx((w_h * p_h).sum())
    assert result.variance == pytest.approx(variance, abs=1e-15)


@given(strata_results, st.sampled_from([0.8, 0.95]))
def test_every_interval_holds_its_share_and_stays_between_0_and_1(strata, confidence):
    for estimate in (unit_estimate, total_estimate):
        result = estimate(strata, confidence=confidence)
        if result.share is None:
            continue
        assert -1e-12 <= result.low <= result.share + 1e-12
        assert result.share - 1e-12 <= result.high <= 1 + 1e-12


# --- the estimators themselves -------------------------------------------------------------------


def test_over_all_samples_the_share_and_its_variance_are_unbiased():
    """Every sample of a tiny population: 6 · 3 · 10 = 180 of them."""
    population = {"a": [1, 1, 1, 0], "b": [1, 0, 0], "c": [1, 1, 0, 0, 1]}
    plan = {"a": 2, "b": 2, "c": 3}
    true_share = Fraction(7, 12)
    shares, variances = [], []
    for samples in itertools.product(
        *(itertools.combinations(population[code], plan[code]) for code in population)
    ):
        result = total_estimate(
            StratumResult(code, len(population[code]), plan[code], plan[code], sum(sample))
            for code, sample in zip(population, samples, strict=True)
        )
        shares.append(result.share)
        variances.append(result.variance)
    assert len(shares) == 180
    assert np.mean(shares) == pytest.approx(float(true_share), abs=1e-12)
    assert np.mean(variances) == pytest.approx(np.var(shares), abs=1e-12)


DRAWS = 10_000
SIMULATION_ERROR = 3 * math.sqrt(0.95 * 0.05 / DRAWS)
# what the normal interval is known to lack for some hundred cases and shares far from one half
SHORTFALL = 0.006


def coverage(sizes, shares, plan, estimate):
    """How often the interval of `estimate` holds the true share, over seeded draws."""
    chance = np.random.default_rng(20191231)
    good = {code: round(sizes[code] * shares[code]) for code in sizes}
    truth = sum(good.values()) / sum(sizes.values())
    drawn = {
        code: chance.hypergeometric(good[code], sizes[code] - good[code], plan[code], DRAWS)
        for code in sizes
    }
    held = 0
    for at in range(DRAWS):
        result = estimate(
            StratumResult(code, sizes[code], plan[code], plan[code], int(drawn[code][at]))
            for code in sizes
        )
        held += result.low <= truth <= result.high
    return held / DRAWS


def test_the_interval_of_the_total_holds_the_truth_in_95_of_100_draws():
    sizes = {"a": 7000, "b": 3500, "c": 1500}
    shares = {"a": 0.9, "b": 0.75, "c": 0.6}
    held = coverage(sizes, shares, proportional(sizes, 2000), total_estimate)
    assert held == pytest.approx(0.95, abs=SIMULATION_ERROR)


def test_for_some_hundred_cases_it_holds_it_nearly_as_often():
    sizes = {"a": 700, "b": 350, "c": 150}
    shares = {"a": 0.9, "b": 0.75, "c": 0.6}
    held = coverage(sizes, shares, proportional(sizes, 292), total_estimate)
    assert 0.95 - SHORTFALL - SIMULATION_ERROR <= held <= 0.95 + SIMULATION_ERROR


def test_it_also_does_with_unequal_weights():
    sizes = {"a": 5000, "b": 800, "c": 200}
    shares = {"a": 0.85, "b": 0.6, "c": 0.4}
    held = coverage(sizes, shares, {"a": 120, "b": 120, "c": 100}, total_estimate)
    assert 0.95 - SHORTFALL - SIMULATION_ERROR <= held <= 0.95 + SIMULATION_ERROR


def test_wilsons_interval_of_a_small_unit_does_not_fall_short():
    sizes, shares = {"a": 120, "b": 60}, {"a": 0.93, "b": 0.8}
    held = coverage(sizes, shares, {"a": 30, "b": 15}, unit_estimate)
    assert 0.95 - SIMULATION_ERROR <= held <= 0.98


# --- ranking -------------------------------------------------------------------------------------


def unit(size, good, of=1_000_000):
    return unit_estimate([StratumResult("s", of, size, size, good)])


def test_units_whose_intervals_overlap_are_not_ranked():
    units = {
        "best": unit(1000, 980),
        "middle": unit(1000, 900),
        "like middle": unit(1000, 905),
        "worst": unit(1000, 600),
        "unseen": unit_estimate([]),
    }
    assert ranks(units) == {
        "best": 1,
        "middle": None,
        "like middle": None,
        "worst": 4,
        "unseen": None,
    }


def test_a_unit_between_two_that_it_overlaps_hides_only_what_it_touches():
    units = {"a": unit(300, 270), "b": unit(60, 51), "c": unit(1000, 780)}
    a, b, c = units.values()
    assert c.high < a.low
    assert b.low < c.high
    assert b.high > a.low
    assert ranks(units) == {"a": None, "b": None, "c": None}


def test_intervals_that_touch_overlap():
    census = unit_estimate([StratumResult("s", 4, 4, 4, 2)])
    assert ranks({"a": census, "b": census}) == {"a": None, "b": None}
    assert ranks({"a": census}) == {"a": 1}
    assert ranks({}) == {}
