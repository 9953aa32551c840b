"""When a clock is due and when its levels fire, on moments worked out by hand."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import clock_math
from complaints.clock_math import Duration, Firing, Step
from core.business_time import Basis, Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(known_years=frozenset({2024}))
LADDER = [
    Step(0, percent=80),
    Step(1, after_minutes=0),
    Step(2, after_minutes=240),
    Step(3, after_minutes=1440),
    Step(4, after_minutes=2880),
]
HOUR_OF_WORK = Duration(60, Basis.WORKING)
QUARTER_ON_THE_WALL = Duration(15, Basis.WALL)


def at(text):
    return datetime.fromisoformat(f"2024-{text}").replace(tzinfo=SHANGHAI)


def test_an_hour_of_work_from_friday_evening_ends_on_monday_morning():
    assert clock_math.due(HOUR_OF_WORK, CALENDAR, at("03-08 17:30")).at == at("03-11 09:30")


def test_a_wall_duration_knows_no_weekend():
    assert clock_math.due(QUARTER_ON_THE_WALL, CALENDAR, at("03-09 23:50")).at == at("03-10 00:05")


def test_the_levels_of_an_hour_of_work():
    start = at("03-08 17:30")
    due_at = clock_math.due(HOUR_OF_WORK, CALENDAR, start).at
    assert clock_math.firings(LADDER, HOUR_OF_WORK, CALENDAR, start, due_at) == [
        Firing(0, at("03-11 09:18")),
        Firing(1, at("03-11 09:30")),
        Firing(2, at("03-11 13:30")),
        Firing(3, at("03-12 09:30")),
        Firing(4, at("03-13 09:30")),
    ]


def test_a_step_may_come_in_any_order_and_fires_by_level():
    start = at("03-08 10:00")
    due_at = clock_math.due(HOUR_OF_WORK, CALENDAR, start).at
    shuffled = clock_math.firings(LADDER[::-1], HOUR_OF_WORK, CALENDAR, start, due_at)
    assert [firing.level for firing in shuffled] == [0, 1, 2, 3, 4]


def test_a_level_never_fires_before_the_one_below_it():
    steps = [Step(1, after_minutes=60), Step(2, after_minutes=30)]
    due_at = at("03-08 11:00")
    found = clock_math.firings(steps, HOUR_OF_WORK, CALENDAR, at("03-08 10:00"), due_at)
    assert found == [Firing(1, at("03-08 12:00")), Firing(2, at("03-08 12:00"))]


def test_a_pause_moves_due_and_warning_by_its_length():
    start, paused, resumed = at("03-08 10:00"), at("03-08 10:20"), at("03-08 15:00")
    due_at = clock_math.due(HOUR_OF_WORK, CALENDAR, start).at
    left = clock_math.left_at(HOUR_OF_WORK, CALENDAR, paused, due_at)
    again = clock_math.due(HOUR_OF_WORK, CALENDAR, resumed, left).at
    assert left == timedelta(minutes=40)
    assert again == at("03-08 15:40")
    warning = clock_math.fire_moment(LADDER[0], HOUR_OF_WORK, CALENDAR, resumed, again, left)
    assert warning == at("03-08 15:28")


def test_a_warning_that_had_passed_fires_when_the_clock_runs_again():
    left = timedelta(minutes=5)
    resumed = at("03-08 15:00")
    again = clock_math.due(HOUR_OF_WORK, CALENDAR, resumed, left).at
    assert (
        clock_math.fire_moment(LADDER[0], HOUR_OF_WORK, CALENDAR, resumed, again, left) == resumed
    )


def test_a_clock_that_paused_overdue_stays_overdue_by_as_much():
    left = clock_math.left_at(HOUR_OF_WORK, CALENDAR, at("03-08 11:30"), at("03-08 11:00"))
    assert left == timedelta(minutes=-30)
    assert clock_math.due(HOUR_OF_WORK, CALENDAR, at("03-08 16:00"), left).at == at("03-08 15:30")


def test_a_clock_stopped_exactly_at_due_is_kept():
    assert clock_math.kept(at("03-08 11:00"), at("03-08 11:00"))
    assert not clock_math.kept(at("03-08 11:00") + timedelta(microseconds=1), at("03-08 11:00"))


@pytest.mark.parametrize(
    ("left", "stored"),
    [
        (timedelta(minutes=40), Decimal("40.0000")),
        (timedelta(seconds=30), Decimal("0.5000")),
        (timedelta(minutes=-30), Decimal("-30.0000")),
    ],
)
def test_what_is_left_is_stored_in_minutes(left, stored):
    assert clock_math.to_minutes(left) == stored
    assert clock_math.from_minutes(stored) == left


moments = st.datetimes(
    min_value=datetime(2024, 1, 2), max_value=datetime(2024, 11, 30), timezones=st.just(SHANGHAI)
)
durations = st.builds(Duration, st.integers(1, 7000), st.sampled_from(list(Basis)))


@given(moments, durations)
def test_the_ladder_is_in_order_and_the_warning_not_after_due(start, duration):
    due_at = clock_math.due(duration, CALENDAR, start).at
    found = clock_math.firings(LADDER, duration, CALENDAR, start, due_at)
    assert [firing.level for firing in found] == [0, 1, 2, 3, 4]
    assert start <= found[0].at <= found[1].at == due_at
    assert [firing.at for firing in found] == sorted(firing.at for firing in found)


@given(moments, durations, st.floats(0, 1), st.integers(0, 20_000))
def test_a_pause_of_any_length_keeps_what_was_left(start, duration, share, pause):
    due_at = clock_math.due(duration, CALENDAR, start).at
    paused = start + (due_at - start) * share
    left = clock_math.left_at(duration, CALENDAR, paused, due_at)
    resumed = paused + timedelta(minutes=pause)
    again = clock_math.due(duration, CALENDAR, resumed, left).at
    assert clock_math.left_at(duration, CALENDAR, resumed, again) == left


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2024, 11, 1)),
    asked_after=st.integers(0, 1350),
    more=st.integers(1, 1350),
    basis=st.sampled_from(Basis),
)
def test_an_extension_is_a_shift_whenever_it_is_granted(start, asked_after, more, basis):
    """Granted at any moment up to due, the promise ends where one that much longer would."""
    start = start.replace(tzinfo=SHANGHAI)
    promise = Duration(1350, basis)
    due_at = clock_math.due(promise, CALENDAR, start).at
    granted_at = clock_math.due(Duration(asked_after, basis), CALENDAR, start).at
    left = clock_math.left_at(promise, CALENDAR, granted_at, due_at) + more * clock_math.MINUTE
    longer = clock_math.due(Duration(1350 + more, basis), CALENDAR, start).at
    assert clock_math.due(promise, CALENDAR, granted_at, left).at == longer
