"""Twenty-four thousand random cases against an oracle that walks minute by minute."""

from __future__ import annotations

import random
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.business_time import Calendar, add, between, subtract
from tests.core.minute_walker import (
    FIXED,
    OFFICE,
    SHANGHAI,
    SPRING_2020,
    YEAR_2026,
    Walk,
)

OFFICE_WEEK = dict.fromkeys(range(1, 6), OFFICE)
NIGHT_WEEK = {weekday: [(0, 90), (150, 200), (1380, 1440)] for weekday in range(1, 8)}
ALWAYS = {weekday: [(0, 1440)] for weekday in range(1, 8)}

# name: first and last day, week, exceptions, known years, zone
WINDOWS = {
    "spring festival": (date(2020, 1, 8), date(2020, 2, 20), OFFICE_WEEK, SPRING_2020, {2020}),
    "year end, both years known": (
        date(2025, 12, 15),
        date(2026, 1, 20),
        OFFICE_WEEK,
        YEAR_2026,
        {2025, 2026},
    ),
    "spring 2026 and its make-up days": (
        date(2026, 2, 1),
        date(2026, 3, 10),
        OFFICE_WEEK,
        YEAR_2026,
        {2026},
    ),
    "october 2026": (date(2026, 9, 12), date(2026, 10, 20), OFFICE_WEEK, YEAR_2026, {2026}),
    "next year not announced": (
        date(2026, 12, 15),
        date(2027, 1, 20),
        OFFICE_WEEK,
        YEAR_2026,
        {2026},
    ),
    "no year announced": (date(2031, 9, 15), date(2031, 10, 20), OFFICE_WEEK, {}, set()),
    "summer time begins 1986": (date(1986, 4, 25), date(1986, 5, 15), NIGHT_WEEK, {}, set()),
    "summer time ends 1986": (date(1986, 9, 5), date(1986, 9, 25), NIGHT_WEEK, {}, set()),
    "spring festival and year end of one winter": (
        date(2019, 12, 20),
        date(2020, 2, 10),
        OFFICE_WEEK,
        SPRING_2020,
        {2019, 2020},
    ),
    "several short intervals a day": (
        date(2026, 4, 20),
        date(2026, 5, 20),
        {weekday: [(480, 525), (600, 660), (661, 700), (1200, 1320)] for weekday in range(1, 7)},
        YEAR_2026,
        {2026},
    ),
    **{
        f"summer time begins {year}": (
            date(year, 4, 8),
            date(year, 4, 24),
            NIGHT_WEEK,
            {date(year, 4, 12): [], date(year, 4, 15): [(30, 45), (1425, 1440)]},
            set(),
        )
        for year in range(1987, 1992)
    },
    **{
        f"summer time ends {year}": (
            date(year, 9, 7),
            date(year, 9, 24),
            NIGHT_WEEK,
            {date(year, 9, 14): [(0, 240)], date(year, 9, 15): [(0, 240)]},
            set(),
        )
        for year in range(1987, 1992)
    },
    "summer time begins 1988, day and night": (
        date(1988, 4, 10),
        date(1988, 4, 24),
        ALWAYS,
        {},
        set(),
    ),
    "summer time ends 1991, day and night": (
        date(1991, 9, 8),
        date(1991, 9, 22),
        ALWAYS,
        {},
        set(),
    ),
}
OTHER_ZONES = {
    "Berlin autumn": ("Europe/Berlin", date(2024, 10, 15), date(2024, 11, 10)),
    "Havana, change at midnight": ("America/Havana", date(2024, 3, 1), date(2024, 3, 20)),
}


def tuples(days):
    return {key: tuple(intervals) for key, intervals in days.items()}


def prepare(first, last, week, exceptions, known, zone=SHANGHAI):
    calendar = Calendar(
        week=tuples(week),
        exceptions=tuples(exceptions),
        known_years=frozenset(known),
        zone=zone,
    )
    walk = Walk(
        first,
        last,
        week=week,
        exceptions=exceptions,
        known_years=known,
        zone=zone,
        fixed=FIXED,
    )
    return calendar, walk


def compare(calendar, walk, seed, cases=1000):
    """`cases` draws of two minutes of the window and an amount of minutes that stays in it."""
    chance = random.Random(seed)
    for _ in range(cases):
        a, b = sorted(chance.randrange(len(walk.flags)) for _ in range(2))
        worked = walk.worked(a, b)
        amount = chance.randint(1, worked) if worked else 0
        start, end = walk.moment(a), walk.moment(b)

        assert between(calendar, start, end) == timedelta(minutes=worked)
        assert between(calendar, end, start) == -timedelta(minutes=worked)
        assert add(calendar, start, amount).at == walk.moment(walk.due(a, amount))
        assert subtract(calendar, end, amount).at == walk.moment(walk.begun(b, amount))


@pytest.mark.parametrize("name", WINDOWS)
def test_random_moments_agree_with_the_minute_walker(name):
    calendar, walk = prepare(*WINDOWS[name])
    assert sum(walk.flags) > 0, "a window without working time proves nothing"
    compare(calendar, walk, seed=name)


@pytest.mark.parametrize("name", OTHER_ZONES)
def test_random_moments_in_other_zones_agree_with_the_minute_walker(name):
    zone, first, last = OTHER_ZONES[name]
    calendar, walk = prepare(first, last, NIGHT_WEEK, {}, set(), ZoneInfo(zone))
    compare(calendar, walk, seed=name)


LAWS = ("spring festival", "next year not announced", "summer time begins 1986")


@pytest.mark.parametrize("name", LAWS)
def test_the_laws_hold_for_the_walker_s_own_minutes(name):
    """A pause is a shift; what is added is what is subtracted; a day off more never shortens."""
    first, last, week, exceptions, known = WINDOWS[name]
    calendar, walk = prepare(first, last, week, exceptions, known)
    chance = random.Random(name)
    offs = [first + timedelta(days=chance.randrange((last - first).days)) for _ in range(3)]
    fewer, fewer_walk = prepare(first, last, week, exceptions | {day: [] for day in offs}, known)
    for _ in range(700):
        a, halt, resume = sorted(chance.randrange(len(walk.flags)) for _ in range(3))
        before, after = walk.worked(a, halt), fewer_walk.worked(resume, len(walk.flags))
        if not after:
            continue
        rest = chance.randint(1, after)
        shifted = add(calendar, walk.moment(resume), rest).at
        assert between(calendar, walk.moment(a), walk.moment(halt)) == timedelta(minutes=before)
        assert shifted == walk.moment(walk.due(resume, rest))
        later = add(fewer, walk.moment(resume), rest).at
        assert later == walk.moment(fewer_walk.due(resume, rest))
        assert later >= shifted
        assert subtract(calendar, shifted, rest).at == walk.moment(
            walk.begun(walk.due(resume, rest), rest)
        )
