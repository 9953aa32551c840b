"""A corrective action goes to somebody else in the moment in which it is done, late, or theirs."""

import datetime as dt

import pytest

from complaints.enums import EventKind, RemedyState
from complaints.models import CorrectiveAction, TicketEvent
from complaints.services import naming, remedies
from core.errors import InvalidInput
from notifications.models import Notice
from tests.complaints.conftest import minutes
from tests.complaints.races.conftest import actor, second_manager
from tests.complaints.races.together import at_once, codes, overtaken
from tests.factories import A_MORNING, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

LATER = A_MORNING + minutes(10)
DUE = dt.date(2026, 3, 10)
#: midnight in Shanghai after the last day
LATE = dt.datetime(2026, 3, 10, 16, tzinfo=dt.UTC)


@pytest.fixture
def action(company):
    ticket = make_ticket(company, category_code="staff_conduct", body="有人态度恶劣")
    remedies.plan(
        ticket, actor=actor(company.manager), root_cause="people.attitude", at=LATER,
        owner=company.engineer, due_on=DUE, text="重新培训",
    )  # fmt: skip
    return CorrectiveAction.objects.select_related("ticket").get()


def hand_over(action, doer, post, at=LATER):
    return lambda: remedies.hand_over(action, actor=doer, owner=post, text="调岗", at=at)


def now(action):
    return CorrectiveAction.objects.select_related("owner").get(pk=action.pk)


def handed():
    return TicketEvent.objects.filter(kind=EventKind.HANDED_OVER)


def test_what_is_done_in_that_moment_stays_done_and_theirs(company, action):
    def complete():
        return remedies.complete(action, actor=actor(company.engineer), text="已办", at=LATER)

    _, refused = overtaken(complete, hand_over(action, actor(company.manager), company.steward))
    assert refused.code == "invalid_transition"
    assert (now(action).owner, now(action).state) == (company.engineer, RemedyState.DONE)
    assert not handed().exists()


def test_who_had_it_until_that_moment_does_not_report_it_done(company, action):
    def complete():
        return remedies.complete(action, actor=actor(company.engineer), text="已办", at=LATER)

    _, refused = overtaken(hand_over(action, actor(company.manager), company.steward), complete)
    assert refused.code == "not_allowed"
    assert (now(action).owner, now(action).state) == (company.steward, RemedyState.OPEN)


def test_whom_it_names_in_that_moment_does_not_get_it(company, action):
    def name():
        names = company.steward.holder.name
        return naming.name(action.ticket, actor=actor(company.manager), names=names, at=LATER)

    _, refused = overtaken(name, hand_over(action, actor(company.manager), company.steward))
    assert isinstance(refused, InvalidInput)
    assert now(action).owner == company.engineer
    assert not Notice.objects.filter(post=company.steward, template="action_planned").exists()


def test_two_who_hand_it_to_two_leave_it_with_the_second(company, action):
    doers = actor(company.manager), actor(second_manager(company))
    outcomes = at_once(
        hand_over(action, doers[0], company.steward), hand_over(action, doers[1], company.manager)
    )
    assert codes(outcomes) == ["done", "done"]
    last = handed().order_by("pk").last()
    assert (now(action).owner_id, now(action).handed_in_id) == (last.post_id, last.pk)
    assert handed().count() == 2


def test_it_is_late_once_whoever_has_it(company, action):
    late = [lambda: remedies.tell_late(LATE)] * 2
    over = hand_over(action, actor(company.manager), company.steward, at=LATE)
    assert "busy" not in codes(at_once(*late, over))
    remedies.tell_late(LATE)
    assert TicketEvent.objects.filter(kind=EventKind.LAPSED).count() == 1
    assert now(action).tell_at is None
    assert (now(action).owner, now(action).due_on) == (company.steward, DUE)
