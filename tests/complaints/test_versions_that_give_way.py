"""Which version gives way to which, and what was owed before it did."""

import datetime as dt

import pytest

from complaints.enums import Basis, ClockKind
from complaints.services import policy_preview, recomputation
from complaints.services.escalation import sweep
from tests.complaints.conftest import minutes
from tests.complaints.escalation.world import levels
from tests.complaints.test_recomputation import NOON, prepare, put_in_force, rungs
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
