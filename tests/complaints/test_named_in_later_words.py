"""Whom a resident names only in later words is kept away from then on, as one named at once is."""

import pytest

from complaints.enums import EventKind, State
from complaints.models import Ticket, TicketReporter
from complaints.services import follow_up, integrity, lifecycle, timeline
from complaints.services.integrity import Report
from core.actors import ActorKind
from notifications.models import Notice
from tests.complaints.conftest import act, bring_to, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(10)


@pytest.fixture
def known(company):
    """The manager, to whom matters of conduct go, has a name that is found in words."""
    holder = company.manager.holder
    holder.name = "欧阳经理"
    holder.save()
    return holder


@pytest.fixture
def told(company, resident, known):
    """About somebody at the gate; nobody is named yet."""
    ticket = make_ticket(
        company,
        category_code="staff_conduct",
        body="门岗态度很差",
        reporter_subject=resident.subject_id,
    )
    assert ticket.post == company.manager
    return ticket


def kept_away(ticket, staff):
    """The person named: out of their hands and out of their sight, and told to nobody outside."""
    assert not Ticket.objects.visible_to(staff.manager).exists()
    assert not TicketReporter.objects.visible_to(staff.manager).exists()
    assert staff.manager.staff_id not in (ticket.post.holder_id, ticket.post.stand_in_id)
    event = ticket.events.get(kind=EventKind.NAMED)
    assert (event.visibility, event.actor_kind) == ("internal", ActorKind.SYSTEM)


def test_who_is_named_in_what_is_added(told, staff, resident, known):
    ticket = timeline.add(told, actor=resident, text="后来才知道，是欧阳经理指使的", at=LATER)
    kept_away(ticket, staff)
    assert not Notice.objects.filter(template="ticket_added", staff=known).exists()


def test_who_is_named_to_an_agent_who_writes_it_down(told, staff):
    kept_away(timeline.add(told, actor=staff.agent, text="住户说是欧阳经理", at=LATER), staff)


def test_who_is_named_when_it_is_urged(told, staff, resident):
    kept_away(timeline.urge(told, actor=resident, text="欧阳经理一直压着", at=LATER), staff)


def test_who_is_named_when_it_is_reopened(told, staff, resident):
    solved = bring_to(State.RESOLVED, told, at=LATER)
    again = lifecycle.reopen(solved, actor=resident, reason="骂人的就是欧阳经理", at=LATER)
    kept_away(again, staff)


def promised(ticket):
    ticket.refresh_from_db()
    clocks = ticket.clocks.live().exclude(kind="segment")
    return ticket.next_step_at, list(
        clocks.order_by("kind").values_list("kind", "due_at", "next_fire_at", "policy")
    )


@pytest.mark.parametrize("state", [State.ASSIGNED, State.IN_PROGRESS, State.WAITING_RESIDENT])
def test_words_of_danger_raise_the_same_alarm_whoever_they_name(company, resident, known, state):
    at, found = A_MORNING.replace(hour=23), []
    for name in ("欧阳经理", "有人"):
        ticket = make_ticket(
            company,
            category_code="staff_conduct",
            body="门岗态度很差",
            reporter_subject=resident.subject_id,
        )
        bring_to(state, ticket, at=LATER)
        words = f"{name}把我反锁在屋里，还着火了"
        found.append(promised(timeline.add(ticket, actor=resident, text=words, at=at)))
    assert found[0] == found[1]


@pytest.mark.parametrize("template", ["ticket_graded", "ticket_reopened"])
def test_who_is_named_with_words_of_danger_hears_nothing_of_it(told, resident, known, template):
    solved = bring_to(State.RESOLVED, told, at=LATER)
    Notice.objects.filter(staff=known).delete()
    words = "欧阳经理把我反锁在屋里，还着火了"
    again = lifecycle.reopen(solved, actor=resident, reason=words, at=LATER)
    assert again.severity == "safety"
    told_of = Notice.objects.filter(template=template)
    assert told_of.exists()
    assert not told_of.filter(staff=known).exists()


def test_who_is_named_when_it_is_taken_back(told, resident, known):
    lifecycle.withdraw(told, actor=resident, reason="欧阳经理上门来找我了", at=LATER)
    assert told.parties.filter(staff=known).exists()
    assert not Notice.objects.filter(template="ticket_withdrawn", staff=known).exists()


def test_who_is_named_when_it_is_asked_back(told, staff):
    asked = bring_to(State.RESOLVED, told, at=LATER)
    assert asked.state == State.CALL_BACK, "a serious matter is called back about by itself"
    again = act(asked, "confirm", at=LATER, result="not_satisfied", note="欧阳经理没有道歉")
    kept_away(again, staff)


def test_who_is_named_already_is_named_once(told, resident):
    for minute in (10, 20):
        at = A_MORNING + minutes(minute)
        told = timeline.add(told, actor=resident, text="还是欧阳经理", at=at)
    assert told.parties.count() == 1
    assert told.events.filter(kind=EventKind.NAMED).count() == 1


def test_an_inspector_named_in_what_is_added_to_a_report(company, staff):
    company.inspector.holder.name = "司马督查"
    company.inspector.holder.save()
    report = integrity.report_anonymously(
        Report(unit=company.region, body="有人收受回扣"), at=A_MORNING
    )
    assert report.post == company.inspector
    _found, holder = follow_up.open_with(follow_up.issue(report, at=A_MORNING))
    added = timeline.add(report, actor=holder, text="司马督查也收了", at=LATER)
    assert added.post != company.inspector
    assert not Ticket.objects.visible_to(staff.inspector).exists()
    assert not Notice.objects.filter(template="ticket_added", post=company.inspector).exists()


def test_of_any_other_matter_words_keep_nobody_away(company, staff, resident, known):
    noise = make_ticket(company, category_code="noise", reporter_subject=resident.subject_id)
    timeline.add(noise, actor=resident, text="欧阳经理来看过了", at=LATER)
    assert Ticket.objects.visible_to(staff.manager).filter(pk=noise.pk).exists()
