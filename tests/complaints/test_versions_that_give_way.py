"""Which version gives way to which, and what was owed before it did."""

import datetime as dt

import pytest

from complaints.enums import Action, Basis, ClockKind, State
from complaints.services import calendar_versions, policy_preview, recomputation
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from organisation.calendar_reader import AnnouncedDay
from organisation.enums import DayKind
from organisation.services.calendars import default_calendar
from tests.complaints.conftest import act, bring_to, minutes
from tests.complaints.escalation.world import levels
from tests.complaints.test_recomputation import NOON, prepare, put_in_force, resolution, rungs
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db


def test_a_version_for_new_tickets_does_not_give_way_to_the_one_before(company):
    put_in_force(prepare(resolve=450))
    recomputation.run()
    put_in_force(prepare(resolve=900, at=NOON + minutes(30)), moves=False, at=NOON + minutes(30))
    ticket = make_ticket(company, at=NOON + minutes(60))
    assert ticket.policy.version == 3
    assert recomputation.Takeover.now(NOON + minutes(90)).find() == []


def test_a_level_that_was_owed_before_keeps_its_moment(company):
    """Nobody had swept since 10:48, when the warning of an hour fell."""
    ticket = make_ticket(company)
    ladder = [*rungs(), *rungs(ClockKind.FIRST_RESPONSE)]
    put_in_force(prepare(resolve=1350, ladder=ladder), at=NOON + minutes(30))
    recomputation.run()
    sweep(NOON + minutes(40))
    assert levels(ticket) == [(0, A_MORNING + minutes(48)), (1, NOON)]


def test_a_level_of_this_very_moment_is_among_those_that_would_call_at_once(company):
    make_ticket(company)
    draft = prepare(resolve=30, basis=Basis.WALL)
    due = A_MORNING + minutes(30)
    moment = dt.timedelta(microseconds=1)
    assert dict(policy_preview.of_version(draft, at=due - moment).at_once) == {0: 1}
    assert dict(policy_preview.of_version(draft, at=due).at_once) == {0: 1, 1: 1}


def test_what_waits_keeps_what_was_left_of_it_in_whichever_minutes(company):
    waiting = bring_to(State.IN_PROGRESS, make_ticket(company))
    act(waiting, Action.WAIT_SUPPLIER, at=A_MORNING + minutes(20))
    put_in_force(prepare(resolve=100, basis=Basis.WALL))
    recomputation.run()
    assert resolution(waiting).remaining_minutes == 80


def test_a_version_counts_by_the_calendar_that_was_announced_since_it_was_prepared(company):
    draft = prepare()
    new_year = AnnouncedDay(dt.date(2027, 1, 1), DayKind.HOLIDAY, "元旦")
    at = NOON + minutes(10)
    calendar_versions.announce([new_year], sources={2027: "notice"}, actor=SYSTEM, at=at)
    applied = put_in_force(draft, at=at)
    assert applied.calendar == default_calendar() != draft.calendar
