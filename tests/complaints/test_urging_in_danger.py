"""Danger is heard at once, however soon somebody urged before."""

import pytest

from complaints.enums import ClockKind, EventKind, Severity
from complaints.services import timeline
from core.errors import LimitReached
from notifications.models import Notice
from tests.complaints.conftest import minutes
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

FIRST = A_MORNING + minutes(10)
SOON = FIRST + minutes(1)
ACUTE, GRAVE = "电梯困人了，里面有老人", "外墙瓷砖快掉下来了"


@pytest.fixture
def urged(ticket, resident):
    return timeline.urge(ticket, actor=resident, text="快一点", at=FIRST)


def urges(ticket):
    return ticket.events.filter(kind=EventKind.URGED).count()


def told(template, post):
    return Notice.objects.filter(template=template, post=post).count()


@pytest.mark.parametrize("text", ["", "快一点", "没有人被困，就是慢"])
def test_without_danger_an_hour_is_an_hour(urged, resident, text):
    with pytest.raises(LimitReached):
        timeline.urge(urged, actor=resident, text=text, at=SOON)
    assert urges(urged) == 1


def test_acute_danger_is_taken_raised_and_told_at_once(urged, resident, company):
    raised = timeline.urge(urged, actor=resident, text=ACUTE, at=SOON)
    assert (raised.severity, raised.urged_at, urges(raised)) == (Severity.SAFETY, SOON, 2)
    graded = raised.events.get(kind=EventKind.GRADED)
    assert (graded.reason_code, graded.actor_kind) == ("words", "system")
    assert raised.texts.filter(body=ACUTE, visibility="public").exists()
    assert told("ticket_urged", company.steward) == 2
    assert told("ticket_graded", company.steward) == 1
    resolve = raised.clocks.get(kind=ClockKind.RESOLVE)
    assert resolve.due_at == A_MORNING + minutes(240)


def test_it_is_taken_as_often_as_it_is_told(urged, resident, company):
    for n in range(3):
        urged = timeline.urge(urged, actor=resident, text=ACUTE, at=SOON + minutes(n))
    assert urges(urged) == 4
    assert told("ticket_urged", company.steward) == 4
    assert urged.events.filter(kind=EventKind.GRADED).count() == 1


def test_what_may_cost_a_life_soon_is_taken_and_raises_nothing(urged, resident, company):
    taken = timeline.urge(urged, actor=resident, text=GRAVE, at=SOON)
    assert (taken.severity, urges(taken)) == (Severity.ORDINARY, 2)
    assert told("ticket_urged", company.steward) == 2


def test_what_an_agent_writes_for_a_caller_is_taken_and_graded_by_staff(urged, staff, company):
    taken = timeline.urge(urged, actor=staff.agent, text=ACUTE, at=SOON)
    assert (taken.severity, urges(taken)) == (Severity.ORDINARY, 2)
    assert told("ticket_urged", company.steward) == 2


def test_kinds_that_words_do_not_grade_are_heard_too(company, resident):
    make_post("discipline_inspector", company.group)
    report = make_ticket(
        company, kind="integrity", category_code="integrity", actor=resident,
        reporter_subject=resident.subject_id,
    )  # fmt: skip
    urged = timeline.urge(report, actor=resident, at=FIRST)
    taken = timeline.urge(urged, actor=resident, text=ACUTE, at=SOON)
    assert (taken.severity, urges(taken)) == (report.severity, 2)


def test_the_hour_begins_anew_with_what_was_taken(urged, resident):
    taken = timeline.urge(urged, actor=resident, text=ACUTE, at=FIRST + minutes(50))
    with pytest.raises(LimitReached):
        timeline.urge(taken, actor=resident, at=FIRST + minutes(100))
