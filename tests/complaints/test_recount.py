"""Counting a clock anew is a function of its start, its waits and the terms; nothing else."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from complaints import clock_math
from complaints.clock_math import Duration, Step
from complaints.recount import Counting, Standing, recount
from core.business_time import Basis, Calendar
from tests.factories import A_MORNING

CALENDAR = Calendar(known_years=frozenset({2026}))
LADDER = (Step(0, percent=80), Step(1, after_minutes=0), Step(2, after_minutes=240))
durations = st.builds(Duration, st.integers(1, 5_000), st.sampled_from(Basis))
thorough = settings(max_examples=150, deadline=None)


@st.composite
def lives(draw):
    """A clock that was started and waited a few times: its duration, waits, and what is stored.

    `extra` is what somebody granted on top of the policy."""
    duration, extra = draw(durations), dt.timedelta(minutes=draw(st.integers(0, 900)))
    left, begin, waits = duration.whole + extra, A_MORNING, []
    for work, wait in draw(st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 9_000)))):
        halted = begin + dt.timedelta(minutes=work)
        due = clock_math.due(duration, CALENDAR, begin, left).at
        left = clock_math.left_at(duration, CALENDAR, halted, due)
        begin = halted + dt.timedelta(minutes=wait)
        waits.append((halted, begin))
    due = clock_math.due(duration, CALENDAR, begin, left).at
    return duration, extra, waits, Standing(A_MORNING, due, None)


def counting(duration, calendar=CALENDAR):
    return Counting(duration, calendar, LADDER)


@thorough
@given(lives())
def test_under_its_own_terms_a_clock_stays_where_it_is(life):
    duration, _, waits, standing = life
    found = recount(
        standing, old=counting(duration), new=counting(duration), waits=waits, fired=None
    )
    assert found.due_at == standing.due_at


@thorough
@given(lives(), durations)
def test_twice_is_once(life, new):
    duration, _, waits, standing = life
    once = recount(standing, old=counting(duration), new=counting(new), waits=waits, fired=None)
    again = recount(
        Standing(A_MORNING, once.due_at, None),
        old=counting(new),
        new=counting(new),
        waits=waits,
        fired=None,
    )
    assert again == once


@thorough
@given(lives(), durations)
def test_it_is_due_as_if_it_had_started_on_the_new_terms_and_what_was_granted(life, new):
    duration, extra, waits, standing = life
    new = new._replace(basis=duration.basis)
    found = recount(standing, old=counting(duration), new=counting(new), waits=waits, fired=None)
    left, begin = new.whole + extra, A_MORNING
    for halted, resumed in waits:
        due = clock_math.due(new, CALENDAR, begin, left).at
        left = clock_math.left_at(new, CALENDAR, halted, due)
        begin = resumed
    assert found.due_at == clock_math.due(new, CALENDAR, begin, left).at


@thorough
@given(lives(), durations, st.integers(0, 2))
def test_no_level_fires_again_and_none_before_the_one_below(life, new, fired):
    duration, _, waits, standing = life
    found = recount(standing, old=counting(duration), new=counting(new), waits=waits, fired=fired)
    assert [firing.level for firing in found.firings] == list(range(fired + 1, 3))
    moments = [firing.at for firing in found.firings]
    assert moments == sorted(moments)


@thorough
@given(lives(), durations, st.integers(0, 3_000))
def test_a_waiting_clock_keeps_what_the_new_terms_leave_it(life, new, work):
    duration, _, waits, standing = life
    begin = waits[-1][1] if waits else A_MORNING
    halted = begin + dt.timedelta(minutes=work)
    left = clock_math.left_at(duration, CALENDAR, halted, standing.due_at)
    found = recount(
        Standing(A_MORNING, None, left),
        old=counting(duration),
        new=counting(new),
        waits=[*waits, (halted, halted)],
        fired=None,
    )
    ran = recount(standing, old=counting(duration), new=counting(new), waits=waits, fired=None)
    assert found.due_at is None
    assert found.next_level == 0
    assert found.left == clock_math.left_at(new, CALENDAR, halted, ran.due_at)


@thorough
@given(lives(), durations, st.lists(durations, max_size=2))
def test_in_another_basis_each_extension_moves_due_by_its_own_minutes(life, new, extensions):
    duration, _, waits, standing = life
    new = new._replace(basis=next(basis for basis in Basis if basis is not duration.basis))

    def due(granted):
        return recount(
            standing,
            old=counting(duration),
            new=counting(new),
            waits=waits,
            fired=None,
            extensions=granted,
        ).due_at

    expected = due(())
    for more in extensions:
        expected = clock_math.due(more, CALENDAR, expected).at
    assert clock_math.left_at(new, CALENDAR, due(extensions), expected) == dt.timedelta()
