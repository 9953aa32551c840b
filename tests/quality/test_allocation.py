from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.allocation import AT_LEAST, neyman, proportional

codes = st.sampled_from("abcdefghij")
sizes = st.dictionaries(codes, st.integers(0, 500), min_size=1)


@pytest.mark.parametrize(
    ("sizes", "size", "drawn"),
    [
        ({"a": 500, "b": 300, "c": 200}, 10, {"a": 5, "b": 3, "c": 2}),
        # 4.17, 2.5, 3.33: the largest remainder is b's
        ({"a": 500, "b": 300, "c": 400}, 10, {"a": 4, "b": 3, "c": 3}),
        # equal remainders of one half: the larger stratum, then the code
        ({"a": 30, "b": 50}, 4, {"a": 2, "b": 2}),
        ({"a": 25, "b": 75}, 10, {"a": 2, "b": 8}),
        ({"b": 50, "a": 50}, 5, {"b": 2, "a": 3}),
        # two for each small one come off the large one
        ({"a": 980, "b": 10, "c": 10}, 20, {"a": 16, "b": 2, "c": 2}),
        # a stratum of one gives one
        ({"a": 99, "b": 1}, 10, {"a": 9, "b": 1}),
        # the floor exceeds the size asked for
        ({"a": 10, "b": 10, "c": 10}, 3, {"a": 2, "b": 2, "c": 2}),
        ({"a": 10, "b": 5}, 100, {"a": 10, "b": 5}),
        ({"a": 10, "b": 0}, 4, {"a": 4, "b": 0}),
        ({}, 10, {}),
    ],
)
def test_proportional_worked_by_hand(sizes, size, drawn):
    assert proportional(sizes, size) == drawn


def test_certainty_is_taken_whole_beside_the_sample():
    sizes = {"grave": 40, "a": 600, "b": 400}
    assert proportional(sizes, 10, certainty={"grave"}) == {"grave": 40, "a": 6, "b": 4}


def test_neyman_worked_by_hand():
    # N √(pq): 100 · 0.5 = 50, 100 · 0.3 = 30, 200 · 0.1 (p = 0.9899…) = 20
    sizes = {"a": 100, "b": 100, "c": 200}
    shares = {"a": 0.5, "b": 0.9, "c": (1 + 0.96**0.5) / 2}
    assert neyman(sizes, shares, 20) == {"a": 10, "b": 6, "c": 4}


def test_neyman_without_a_known_share_counts_one_half():
    assert neyman({"a": 100, "b": 300}, {}, 20) == proportional({"a": 100, "b": 300}, 20)


def test_neyman_never_leaves_a_perfect_stratum_unseen():
    assert neyman({"a": 100, "b": 300}, {"b": 1.0}, 20) == {"a": 18, "b": 2}
    assert neyman({"a": 100, "b": 300}, {"a": 1.0, "b": 1.0}, 20) == {"a": 10, "b": 10}


def test_neyman_stops_at_the_size_of_a_stratum():
    # 4 · 0.5 = 2 to 100 · 0.0995 = 9.95: a would get 5.0 of 30, it has 4
    assert neyman({"a": 4, "b": 100}, {"a": 0.5, "b": 0.99}, 30) == {"a": 4, "b": 26}


@given(sizes, st.integers(0, 3000), st.sets(codes))
def test_what_every_allocation_keeps(sizes, size, certainty):
    drawn = proportional(sizes, size, certainty=certainty)
    assert drawn.keys() == sizes.keys()
    by_chance = {code: n for code, n in sizes.items() if code not in certainty}
    floor = sum(min(AT_LEAST, n) for n in by_chance.values())
    assert sum(drawn[code] for code in by_chance) == min(max(size, floor), sum(by_chance.values()))
    for code, n in sizes.items():
        assert min(AT_LEAST, n) <= drawn[code] <= n
        if code in certainty:
            assert drawn[code] == n


@given(sizes, st.integers(0, 3000), st.dictionaries(codes, st.floats(0, 1)))
def test_neyman_keeps_the_same_bounds(sizes, size, shares):
    drawn = neyman(sizes, shares, size)
    assert sum(drawn.values()) == min(
        max(size, sum(min(AT_LEAST, n) for n in sizes.values())), sum(sizes.values())
    )
    assert all(min(AT_LEAST, n) <= drawn[code] <= n for code, n in sizes.items())


@given(sizes, st.integers(0, 3000))
def test_the_order_of_strata_does_not_matter(sizes, size):
    backwards = dict(reversed(sizes.items()))
    assert proportional(sizes, size) == proportional(backwards, size)


@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(2, 12), min_size=3),
    st.lists(st.floats(0.05, 0.95), min_size=3, max_size=3),
    st.integers(6, 20),
)
def test_neyman_is_as_good_as_the_best_of_all_divisions_but_for_rounding(sizes, shares, size):
    """Against trying every division: rounding costs little, never more than a case a stratum."""
    expected = dict(zip(sorted(sizes), shares, strict=True))

    def variance(drawn):
        return sum(
            (sizes[code] ** 2) * expected[code] * (1 - expected[code]) / drawn[code]
            for code in sizes
        )

    drawn = neyman(sizes, expected, size)
    total = sum(drawn.values())
    choices = [range(2, sizes[code] + 1) for code in sorted(sizes)]
    best = min(
        variance(dict(zip(sorted(sizes), choice, strict=True)))
        for choice in product(*choices)
        if sum(choice) == total
    )
    assert variance(drawn) <= best * 1.05


@pytest.mark.parametrize(("sizes", "size"), [({"a": -1}, 3), ({"a": 1}, -3)])
def test_negative_sizes_are_refused(sizes, size):
    with pytest.raises(ValueError, match="0 or more"):
        proportional(sizes, size)


def test_a_share_beyond_one_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        neyman({"a": 10}, {"a": 1.1}, 3)
