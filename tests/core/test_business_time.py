from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.business_time import (
    HOLIDAY,
    OFFICE_HOURS,
    WEEK,
    Basis,
    Calendar,
    CalendarInvalid,
    add,
    between,
    deadline,
    elapsed,
    remaining,
    subtract,
    whole_minutes,
)
from tests.core.minute_walker import SPRING_2020, YEAR_2026

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(
    exceptions={day: tuple(hours) for day, hours in (SPRING_2020 | YEAR_2026).items()},
    known_years=frozenset(range(2011, 2027)),
)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2020-03-02 09:00", 450, "2020-03-02 18:00"),
        ("2020-03-02 09:00", 451, "2020-03-03 09:01"),
        ("2020-03-02 11:30", 60, "2020-03-02 14:00"),
        ("2020-03-02 12:15", 30, "2020-03-02 14:00"),
        ("2020-03-02 12:00", 1, "2020-03-02 13:31"),
        ("2020-03-06 17:59", 2, "2020-03-09 09:01"),
        ("2020-03-07 11:11", 120, "2020-03-09 11:00"),
        # three days from Thursday 23 January: the festival lasts to Sunday 2 February
        ("2020-01-23 09:00", 1350, "2020-02-04 18:00"),
        # Sunday 19 January 2020 is a make-up day
        ("2020-01-17 17:00", 120, "2020-01-19 10:00"),
        ("2026-01-03 10:00", 60, "2026-01-04 10:00"),
        ("2026-02-13 17:30", 60, "2026-02-14 09:30"),
        ("2026-02-27 17:30", 60, "2026-02-28 09:30"),
        ("2026-05-08 17:30", 60, "2026-05-09 09:30"),
        ("2026-09-18 17:30", 60, "2026-09-20 09:30"),
        ("2026-10-09 17:30", 60, "2026-10-10 09:30"),
        # Saturday 14 works to 18:00, then off until Tuesday 24
        ("2026-02-14 17:00", 90, "2026-02-24 09:30"),
    ],
)
def test_deadlines_worked_by_hand(start, minutes, due):
    result = add(CALENDAR, local(start), minutes)
    assert result.at == local(due)
    assert not result.provisional
    assert between(CALENDAR, local(start), local(due)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
)
def test_a_make_up_day_of_2026_works_450_minutes(day):
    begin = local(f"{day} 00:00")
    assert begin.isoweekday() in (6, 7)
    assert between(CALENDAR, begin, begin + timedelta(days=1)) == timedelta(minutes=450)


def test_a_result_is_in_utc_whatever_the_zone_of_the_start():
    start = datetime(2020, 3, 2, 2, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    result = add(CALENDAR, start, 30)
    assert result.at.tzinfo is UTC
    assert result.at == local("2020-03-02 09:30")


def test_seconds_and_microseconds_are_kept():
    start = local("2020-03-02 17:59:59.750000")
    result = add(CALENDAR, start, timedelta(microseconds=250_001))
    assert result.at == local("2020-03-03 09:00:00.000001")
    assert between(CALENDAR, start, result.at) == timedelta(microseconds=250_001)


def test_zero_minutes_is_the_start_itself_even_on_a_holiday():
    start = local("2020-01-25 03:00:00.5")
    assert add(CALENDAR, start, 0) == (start, False)
    assert subtract(CALENDAR, start, 0) == (start, False)


def test_subtract_is_the_latest_moment_that_leads_there():
    assert subtract(CALENDAR, local("2020-02-03 09:30"), 60).at == local("2020-01-23 17:30")
    assert subtract(CALENDAR, local("2020-02-03 09:30"), 30).at == local("2020-02-03 09:00")
    assert add(CALENDAR, local("2020-02-03 09:30"), -60) == subtract(
        CALENDAR, local("2020-02-03 09:30"), 60
    )
    assert subtract(CALENDAR, local("2020-01-23 17:30"), -60) == add(
        CALENDAR, local("2020-01-23 17:30"), 60
    )


def test_years_before_the_index_are_found():
    calendar = Calendar(known_years=frozenset({2020}))
    assert subtract(calendar, local("2020-01-02 09:00"), 450 * 2000).at < local("2013-01-01 00:00")
    assert between(calendar, local("1999-01-04 09:00"), local("1999-01-04 10:00")) == timedelta(
        hours=1
    )


def test_a_year_not_announced_is_provisional_with_its_fixed_holidays_off():
    # 31 December 2026 is a Thursday, 1 January 2027 a Friday and fixed
    known = add(CALENDAR, local("2026-12-31 17:00"), 60)
    assert known == (local("2026-12-31 18:00"), False)
    unknown = add(CALENDAR, local("2026-12-31 17:00"), 61)
    assert unknown == (local("2027-01-04 09:01"), True)


def test_a_year_not_announced_errs_to_the_earlier_deadline():
    # Spring Festival 2027 begins on 6 February; nothing says yet which days are off
    start = local("2027-02-05 17:00")
    announced = Calendar(
        exceptions={date(2027, 2, day): HOLIDAY for day in range(5, 13) if day != 5},
        known_years=frozenset({2027}),
    )
    guessed = add(CALENDAR, start, 120)
    assert guessed == (local("2027-02-08 10:00"), True)
    assert guessed.at < add(announced, start, 120).at


def test_a_deadline_with_the_last_stroke_of_a_known_year_rests_on_no_other():
    calendar = Calendar(week={4: ((1380, 1440),)}, known_years=frozenset({2026}))
    start = local("2026-12-31 23:00")
    assert add(calendar, start, 60) == (local("2027-01-01 00:00"), False)
    assert add(calendar, start, 61).provisional


def test_a_day_announced_in_a_year_not_announced_is_honoured():
    calendar = Calendar(exceptions={date(2027, 1, 1): OFFICE_HOURS, date(2027, 1, 4): HOLIDAY})
    assert add(calendar, local("2027-01-01 09:00"), 451) == (local("2027-01-05 09:01"), True)


def test_the_past_before_the_first_known_year_is_provisional():
    assert add(CALENDAR, local("2010-06-01 10:00"), 10).provisional
    assert not add(CALENDAR, local("2011-06-01 10:00"), 10).provisional
    assert subtract(CALENDAR, local("2011-01-03 09:10"), 30).provisional


def test_summer_time_of_1986_moves_the_office_by_an_hour():
    calendar = Calendar()
    # Saturday 3 May 18:00 UTC: Sunday 02:00 becomes 03:00
    assert add(calendar, local("1986-05-02 17:30"), 60).at == datetime(
        1986, 5, 5, 0, 30, tzinfo=UTC
    )
    assert add(calendar, local("1986-09-12 17:30"), 60).at == datetime(
        1986, 9, 15, 1, 30, tzinfo=UTC
    )


def test_a_day_of_23_and_of_25_hours_works_that_long_when_open_round_the_clock():
    calendar = Calendar(week=dict.fromkeys(range(1, 8), ((0, 1440),)))
    spring, autumn = local("1986-05-04 00:00"), local("1986-09-14 00:00")
    assert between(calendar, spring, local("1986-05-05 00:00")) == timedelta(hours=23)
    assert between(calendar, autumn, local("1986-09-15 00:00")) == timedelta(hours=25)


def test_wall_basis_ignores_the_calendar():
    start = local("2020-01-25 03:00")
    due = deadline(CALENDAR, Basis.WALL, start, 240)
    assert due == (start + timedelta(hours=4), False)
    assert due.at.tzinfo is UTC
    assert elapsed(CALENDAR, Basis.WALL, start, due.at) == timedelta(minutes=240)
    assert deadline(CALENDAR, Basis.WORKING, start, 240) == add(CALENDAR, start, 240)
    assert elapsed(CALENDAR, Basis.WORKING, start, due.at) == timedelta(0)


def test_wall_minutes_are_real_minutes_across_a_change_of_summer_time():
    start = local("1986-05-04 01:30")
    assert deadline(CALENDAR, Basis.WALL, start, 60).at == datetime(1986, 5, 3, 18, 30, tzinfo=UTC)


def test_remaining_is_negative_once_overdue_and_shifts_the_deadline_by_the_pause():
    due = local("2020-03-02 11:00")
    assert remaining(CALENDAR, Basis.WORKING, local("2020-03-02 10:20"), due) == timedelta(
        minutes=40
    )
    assert remaining(CALENDAR, Basis.WORKING, due, due) == timedelta(0)
    overdue = remaining(CALENDAR, Basis.WORKING, local("2020-03-02 14:00"), due)
    assert overdue == timedelta(minutes=-90)
    resumed = deadline(CALENDAR, Basis.WORKING, local("2020-03-04 14:00"), overdue)
    assert resumed.at == local("2020-03-04 11:00")


def test_whole_minutes_round_down():
    assert whole_minutes(timedelta(minutes=3, seconds=59)) == 3
    assert whole_minutes(timedelta(minutes=3)) == 3
    assert whole_minutes(-timedelta(seconds=1)) == -1


@pytest.mark.parametrize("call", [add, subtract])
def test_a_naive_moment_is_refused(call):
    with pytest.raises(ValueError, match="aware"):
        call(CALENDAR, datetime(2020, 3, 2, 9, 0), 5)


@pytest.mark.parametrize(
    "week",
    [
        {1: ((600, 500),)},
        {1: ((540, 600), (590, 700))},
        {1: ((540, 1441),)},
        {1: ((-1, 5),)},
        {1: ((600, 700), (540, 560))},
        {0: OFFICE_HOURS},
        {8: OFFICE_HOURS},
        {1: ()},
        {},
    ],
)
def test_a_week_that_cannot_be_is_refused(week):
    with pytest.raises(CalendarInvalid):
        Calendar(week=week)


def test_an_exception_that_cannot_be_is_refused_and_named():
    with pytest.raises(CalendarInvalid, match="2020-01-01"):
        Calendar(exceptions={date(2020, 1, 1): ((5, 5),)})


def test_a_calendar_keeps_its_own_copy_of_what_it_was_given():
    week = dict(WEEK)
    calendar = Calendar(week=week)
    week.clear()
    assert add(calendar, local("2020-03-02 09:00"), 1).at == local("2020-03-02 09:01")


def test_a_deadline_beyond_reason_is_refused():
    with pytest.raises(OverflowError, match="2199"):
        add(Calendar(), local("2020-03-02 09:00"), 10**8)
    with pytest.raises(OverflowError, match="1902"):
        subtract(Calendar(), local("2020-03-02 09:00"), 10**8)


def best_microseconds(call, rounds=7, calls=2000):
    def one_round():
        begin = time.perf_counter()
        for _ in range(calls):
            call()
        return (time.perf_counter() - begin) / calls * 1e6

    return min(one_round() for _ in range(rounds))


def test_a_call_costs_the_same_over_an_hour_as_over_fifteen_years():
    start = local("2011-03-02 09:00")
    near, far = local("2011-03-02 10:00"), local("2026-03-02 10:00")
    short = best_microseconds(lambda: add(CALENDAR, start, 60))
    long = best_microseconds(lambda: add(CALENDAR, start, 450 * 250 * 15))
    # walking the days would take thousands of times as long; other load may triple a call
    assert long < 5 * short
    assert best_microseconds(lambda: between(CALENDAR, start, far)) < 5 * best_microseconds(
        lambda: between(CALENDAR, start, near)
    )
