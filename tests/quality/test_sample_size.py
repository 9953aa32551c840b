from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.sample_size import sample_size, z_score


def test_z_of_95_percent():
    assert z_score(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert z_score(0.99) == pytest.approx(2.575829, abs=1e-6)


@pytest.mark.parametrize(
    ("population", "options", "size"),
    [
        # 1200 · 0.9604 / (0.0025 · 1199 + 0.9604) = 1152.44 / 3.9579 = 291.2
        (1200, {}, 292),
        # 251 · 0.9604 / (0.0025 · 250 + 0.9604) = 241.06 / 1.5854 = 152.05
        (251, {}, 153),
        # an endless population: 0.9604 / 0.0025 = 384.1
        (10**9, {}, 385),
        # 500 · 0.3457 / (0.0025 · 499 + 0.3457) = 172.87 / 1.5932 = 108.5
        (500, {"share": 0.9}, 109),
        # 1200 · 1.6587 / (0.0009 · 1199 + 1.6587) = 1990.47 / 2.7378 = 727.03
        (1200, {"confidence": 0.99, "margin": 0.03}, 728),
        (1, {}, 1),
        (2, {}, 2),
        (0, {}, 0),
    ],
)
def test_sizes_worked_by_hand(population, options, size):
    assert sample_size(population, **options) == size


@given(
    st.integers(1, 10**6),
    st.floats(0.5, 0.999),
    st.floats(0.01, 0.3),
    st.floats(0.05, 0.95),
)
def test_the_size_is_the_smallest_that_keeps_the_margin(population, confidence, margin, share):
    size = sample_size(population, confidence=confidence, margin=margin, share=share)
    assert 1 <= size <= population

    def half_width(n):
        unseen = (population - n) / max(population - 1, 1)
        return z_score(confidence) * math.sqrt(share * (1 - share) / n * unseen)

    assert half_width(size) <= margin * (1 + 1e-9)
    if size > 1:
        assert half_width(size - 1) > margin * (1 - 1e-9)


@pytest.mark.parametrize(
    "wrong",
    [{"margin": 0}, {"margin": 1}, {"share": 0}, {"share": 1}, {"confidence": 1}]
    + [{"confidence": 0}, {"population": -1}],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"between 0 and 1|0 or more"):
        sample_size(**({"population": 100} | wrong))
