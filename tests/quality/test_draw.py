from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from quality.draw import (
    Drawn,
    PlanExceedsStratum,
    commit,
    draw,
    is_committed,
    new_seed,
)

FRAME = hashlib.sha256(b"a frame").hexdigest()
SEED = hashlib.sha256(b"a seed").hexdigest()


def members(count, first=1):
    return [UUID(int=number) for number in range(first, first + count)]


def seed(number):
    return hashlib.sha256(f"seed {number}".encode()).hexdigest()


def test_the_draw_is_what_the_documentation_says():
    """Written again from the text of the module, without its code."""
    strata = {"a": members(50), "b": members(30, first=100), "grave": members(4, first=200)}
    plan = {"a": 5, "b": 3, "grave": 4}

    def key(public_id):
        text = bytes.fromhex(SEED) + bytes.fromhex(FRAME) + str(public_id).encode("ascii")
        return hashlib.sha256(b"jinke-desk-draw/1:" + text).hexdigest()

    chosen = [
        (key(who), stratum, who)
        for stratum, wanted in plan.items()
        for who in sorted(strata[stratum], key=key)[:wanted]
    ]
    expected = [Drawn(at + 1, stratum, who) for at, (_, stratum, who) in enumerate(sorted(chosen))]
    assert draw(strata, plan, frame_hash=FRAME, seed=SEED) == expected


def test_a_draw_made_once_stays_the_same():
    drawn = draw({"a": members(1000)}, {"a": 3}, frame_hash=FRAME, seed=SEED)
    assert [one.public_id.int for one in drawn] == [301, 558, 16]


@given(st.permutations(members(20)))
def test_the_order_of_members_does_not_matter(order):
    assert draw({"a": order}, {"a": 6}, frame_hash=FRAME, seed=SEED) == draw(
        {"a": members(20)}, {"a": 6}, frame_hash=FRAME, seed=SEED
    )


@given(st.integers(0, 20))
def test_a_larger_plan_keeps_what_a_smaller_one_drew(wanted):
    whole = draw({"a": members(20)}, {"a": 20}, frame_hash=FRAME, seed=SEED)
    part = draw({"a": members(20)}, {"a": wanted}, frame_hash=FRAME, seed=SEED)
    assert part == whole[:wanted]
    assert len({one.public_id for one in whole}) == 20


def test_another_seed_or_frame_draws_others():
    drawn = [
        draw({"a": members(1000)}, {"a": 10}, frame_hash=frame, seed=other)
        for frame in (FRAME, seed(1))
        for other in (SEED, seed(2))
    ]
    sets = [frozenset(one.public_id for one in each) for each in drawn]
    assert len(set(sets)) == 4


@pytest.mark.parametrize("plan", [{"a": 21}, {"a": 1, "b": 1}])
def test_a_plan_beyond_the_frame_is_refused(plan):
    with pytest.raises(PlanExceedsStratum):
        draw({"a": members(20)}, plan, frame_hash=FRAME, seed=SEED)


@pytest.mark.parametrize("wrong", ["", "00", "zz" * 32, SEED + "00"])
def test_a_seed_or_hash_of_another_shape_is_refused(wrong):
    with pytest.raises(ValueError, match="hex"):
        draw({"a": members(3)}, {"a": 1}, frame_hash=FRAME, seed=wrong)
    with pytest.raises(ValueError, match="hex"):
        draw({"a": members(3)}, {"a": 1}, frame_hash=wrong, seed=SEED)


def test_a_commitment_is_the_hash_of_the_bytes():
    assert commit("00" * 32) == hashlib.sha256(bytes(32)).hexdigest()
    assert is_committed(SEED, commit(SEED))
    assert not is_committed(seed(1), commit(SEED))


def test_new_seeds_differ_and_can_be_committed():
    seeds = {new_seed() for _ in range(100)}
    assert len(seeds) == 100
    assert all(len(commit(one)) == 64 for one in seeds)


# --- chance: seeds are fixed, so a result repeats; 0.001 is the risk taken when writing this -----


def test_every_subset_is_drawn_equally_often():
    counts = Counter(
        frozenset(
            one.public_id
            for one in draw({"a": members(6)}, {"a": 2}, frame_hash=FRAME, seed=seed(number))
        )
        for number in range(15_000)
    )
    assert len(counts) == len(list(itertools.combinations(range(6), 2)))
    assert stats.chisquare(list(counts.values())).pvalue > 0.001


def test_every_member_of_a_large_stratum_is_drawn_equally_often():
    size, wanted, rounds = 100, 20, 1000
    counts = Counter(
        one.public_id
        for number in range(rounds)
        for one in draw({"a": members(size)}, {"a": wanted}, frame_hash=FRAME, seed=seed(number))
    )
    expected = rounds * wanted / size
    # drawn without replacement, the counts vary less than independent ones would
    statistic = sum((counts[who] - expected) ** 2 for who in members(size)) / expected
    statistic *= (size - 1) / (size - wanted)
    assert 0.001 < stats.chi2.sf(statistic, size - 1) < 0.999


def test_strata_mix_in_the_order_of_inspection():
    firsts = Counter(
        draw(
            {"a": members(30), "b": members(10, first=50)},
            {"a": 3, "b": 1},
            frame_hash=FRAME,
            seed=seed(number),
        )[0].stratum
        for number in range(2000)
    )
    # the smallest of forty keys is as likely any member's
    assert stats.binomtest(firsts["b"], 2000, 0.25).pvalue > 0.001
