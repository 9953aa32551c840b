"""Laws that hold for every calendar, not only for the default one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from core.business_time import HOLIDAY, Basis, Calendar, add, between, deadline, remaining, subtract

ZONES = [ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")]


@st.composite
def intervals(draw, least=0):
    cuts = draw(st.lists(st.integers(0, 1440), min_size=2 * least, max_size=6, unique=True))
    cuts = sorted(cuts[: len(cuts) // 2 * 2])
    return tuple(zip(cuts[::2], cuts[1::2], strict=True))


ERAS = [(1985, 1992), (2019, 2022), (2025, 2028)]  # summer time, the epidemic, no year to come
amounts = st.timedeltas(timedelta(0), timedelta(days=20))
TICK = timedelta(microseconds=1)
thorough = settings(max_examples=150, deadline=None)


@st.composite
def worlds(draw, moments=1):
    """A calendar, some moments of its era, and dates of that era."""
    first, last = draw(st.sampled_from(ERAS))
    days = st.dates(date(first, 1, 1), date(last, 12, 31))
    week = {weekday: draw(intervals()) for weekday in range(1, 8)}
    week[draw(st.integers(1, 7))] = draw(intervals(least=1))
    calendar = Calendar(
        week=week,
        exceptions=draw(st.dictionaries(days, intervals(), max_size=8)),
        known_years=draw(st.frozensets(st.integers(first, last), min_size=1)),
        zone=draw(st.sampled_from(ZONES)),
    )
    era = st.datetimes(datetime(first, 6, 1), datetime(last, 6, 1), timezones=st.just(UTC))
    return calendar, *(draw(era) for _ in range(moments)), draw(st.lists(days, max_size=20))


@thorough
@given(worlds(), amounts)
def test_what_was_added_is_what_is_measured(world, amount):
    calendar, start, _ = world
    due = add(calendar, start, amount).at
    assert due >= start
    assert between(calendar, start, due) == amount


@thorough
@given(worlds(), amounts)
def test_a_deadline_is_the_earliest_moment(world, amount):
    calendar, start, _ = world
    due = add(calendar, start, amount).at
    if amount:
        assert between(calendar, start, due - TICK) < amount


@thorough
@given(worlds(), amounts)
def test_subtracting_undoes_adding_up_to_time_that_does_not_work(world, amount):
    calendar, start, _ = world
    due = add(calendar, start, amount).at
    back = subtract(calendar, due, amount).at
    assert back >= start
    assert between(calendar, start, back) == timedelta(0)
    if between(calendar, start, start + TICK):
        assert back == start


@thorough
@given(worlds(), amounts)
def test_a_beginning_is_the_latest_moment(world, amount):
    calendar, end, _ = world
    begin = subtract(calendar, end, amount).at
    assert between(calendar, begin, end) == amount
    if amount:
        assert between(calendar, begin + TICK, end) < amount


@thorough
@given(worlds(moments=3))
def test_measuring_is_additive(world):
    calendar, a, b, c, _ = world
    assert between(calendar, a, b) + between(calendar, b, c) == between(calendar, a, c)


@thorough
@given(worlds(moments=2), amounts, amounts)
def test_a_later_start_or_more_work_is_never_due_earlier(world, little, much):
    calendar, a, b, _ = world
    first, second = sorted((a, b))
    assert add(calendar, first, little).at <= add(calendar, second, little).at
    less, more = sorted((little, much))
    assert add(calendar, first, less).at <= add(calendar, first, more).at


@thorough
@given(worlds(), amounts, amounts)
def test_adding_in_two_steps_is_adding_at_once(world, one, two):
    calendar, start, _ = world
    halfway = add(calendar, start, one).at
    assert add(calendar, halfway, two).at == add(calendar, start, one + two).at


@thorough
@given(worlds(), amounts, st.lists(st.integers(0, 40), max_size=10))
def test_more_holidays_never_make_a_deadline_earlier(world, amount, near):
    calendar, start, far = world
    more = [*far, *(start.date() + timedelta(days=ahead) for ahead in near)]
    fewer_days = Calendar(
        week=calendar.week,
        exceptions=dict(calendar.exceptions) | dict.fromkeys(more, HOLIDAY),
        known_years=calendar.known_years,
        zone=calendar.zone,
    )
    assert add(fewer_days, start, amount).at >= add(calendar, start, amount).at


@thorough
@given(
    worlds(),
    st.sampled_from(Basis),
    amounts,
    st.floats(0, 1),
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_a_pause_is_a_shift(world, basis, amount, share, pause):
    """Worked before the pause plus worked after it is the whole duration, on either basis."""
    calendar, start, _ = world
    due = deadline(calendar, basis, start, amount).at
    paused_at = start + (due - start) * share
    left = remaining(calendar, basis, paused_at, due)
    resumed_at = paused_at + pause
    shifted = deadline(calendar, basis, resumed_at, left).at
    before = amount - left
    assert before + remaining(calendar, basis, resumed_at, shifted) == amount
    if left:
        assert shifted >= due


@thorough
@given(worlds(), amounts)
def test_provisional_says_whether_an_unknown_year_was_consulted(world, amount):
    calendar, start, _ = world
    result = add(calendar, start, amount)
    if not amount:
        return
    last = (result.at - TICK).astimezone(calendar.zone).year
    years = range(start.astimezone(calendar.zone).year, last + 1)
    assert result.provisional == any(year not in calendar.known_years for year in years)
