"""Which levels have fallen due, against a walk that asks of every level by itself."""

import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from complaints import clock_math
from complaints.clock_math import Duration, Step
from complaints.ladder import Climb, Rung, climb, warning_before
from core.business_time import Basis, Calendar

START = dt.datetime(2026, 3, 4, 2, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
CALENDAR = Calendar(known_years=frozenset(range(2025, 2028)))


def rungs_after(*minutes):
    return [Rung(level, None, after, "inform", ()) for level, after in enumerate(minutes)]


def never(rung):
    raise AssertionError("no warning in this ladder")


def test_nothing_is_due_before_the_stored_moment():
    result = climb(
        rungs_after(0, 10),
        next_level=0,
        next_at=START,
        due_at=START,
        at=START - MINUTE,
        warning_at=never,
    )
    assert result == Climb([], 0, START)


def test_a_level_is_due_exactly_at_its_moment():
    result = climb(
        rungs_after(0, 10),
        next_level=1,
        next_at=START + 10 * MINUTE,
        due_at=START,
        at=START + 10 * MINUTE,
        warning_at=never,
    )
    assert [fallen.rung.level for fallen in result.fallen] == [1]
    assert (result.next_level, result.next_at) == (None, None)


def test_levels_that_a_repaired_ladder_no_longer_has_are_passed_over():
    rungs = [rung for rung in rungs_after(0, 10, 20) if rung.level != 1]
    result = climb(
        rungs, next_level=1, next_at=START, due_at=START, at=START + 15 * MINUTE, warning_at=never
    )
    assert (result.fallen, result.next_level) == ([], 2)


@given(
    minutes=st.lists(st.integers(0, 500), min_size=1, max_size=6).map(sorted),
    first=st.integers(0, 5),
    stored=st.integers(-100, 600),
    passed=st.integers(-100, 700),
)
def test_levels_fall_in_order_each_at_its_moment_or_the_one_before(minutes, first, stored, passed):
    rungs = rungs_after(*minutes)
    first = min(first, len(rungs) - 1)
    at, next_at = START + passed * MINUTE, START + stored * MINUTE
    result = climb(rungs, next_level=first, next_at=next_at, due_at=START, at=at, warning_at=never)

    expected, earliest = [], next_at
    for rung in rungs[first:]:
        moment = next_at if rung.level == first else START + minutes[rung.level] * MINUTE
        earliest = max(earliest, moment)
        expected.append((rung.level, earliest))
    due = [(level, moment) for level, moment in expected if moment <= at]
    ahead = [(level, moment) for level, moment in expected if moment > at]
    assert [(each.rung.level, each.at) for each in result.fallen] == due
    assert (result.next_level, result.next_at) == (ahead[0] if ahead else (None, None))


@given(
    minutes=st.lists(st.integers(0, 500), min_size=1, max_size=6).map(sorted),
    pieces=st.lists(st.integers(0, 300), max_size=8),
)
def test_one_sweep_late_finds_what_many_sweeps_in_time_found(minutes, pieces):
    """Climbing step by step and climbing once write the same levels at the same moments."""
    rungs = rungs_after(*minutes)
    start = START + minutes[0] * MINUTE
    level, next_at, stepwise = 0, start, []
    at = START
    for piece in pieces:
        at += piece * MINUTE
        if level is None:
            break
        result = climb(
            rungs, next_level=level, next_at=next_at, due_at=START, at=at, warning_at=never
        )
        stepwise += result.fallen
        level, next_at = result.next_level, result.next_at
    at_once = climb(rungs, next_level=0, next_at=start, due_at=START, at=at, warning_at=never)
    if pieces:
        assert at_once.fallen == stepwise


# falls at noon: until the office opens again every moment leads to the same end
@example(minutes=400, percent=30, offset=0, basis=Basis.WORKING)
@settings(max_examples=200)
@given(
    minutes=st.integers(1, 6000),
    percent=st.integers(1, 99),
    offset=st.integers(0, 7 * 1440),
    basis=st.sampled_from(Basis),
)
def test_a_warning_counted_back_is_the_one_counted_forward(minutes, percent, offset, basis):
    """The start knows it by counting from the start; the sweep knows only the end."""
    start = START + offset * MINUTE
    duration = Duration(minutes, basis)
    due = clock_math.due(duration, CALENDAR, start).at
    forward = clock_math.fire_moment(Step(0, percent=percent), duration, CALENDAR, start, due)

    back = warning_before(due, percent=percent, minutes=minutes, basis=basis, calendar=CALENDAR)

    assert back == forward


@pytest.mark.parametrize("percent", [1, 50, 99])
def test_a_warning_moves_with_the_end_by_a_pause(percent):
    pause = 45 * MINUTE
    due = START + 600 * MINUTE
    values = {"percent": percent, "minutes": 600, "basis": Basis.WALL, "calendar": CALENDAR}

    assert warning_before(due + pause, **values) - warning_before(due, **values) == pause
