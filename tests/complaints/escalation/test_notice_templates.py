"""Notices in words: the number and where it stands, never who reported or what they wrote."""

import datetime as dt

import pytest
from django.utils import translation

from complaints.enums import Kind, Severity, Template
from complaints.models import Category, Ticket, TicketClock
from complaints.notice_templates import NoLongerThere
from complaints.services import lifecycle, timeline
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from notifications import inbox, registry
from notifications.models import Notice
from tests.complaints.conftest import act, bring_to
from tests.complaints.escalation.world import DUE, MOMENTS, make_tickets
from tests.factories import A_MORNING, make_person, make_post, make_ticket
from tests.reading import says

pytestmark = pytest.mark.django_db

BODY = "楼上装修太吵，晚上十点还在施工"
NAME = "张三丰"
PHONE = "13811112222"


@pytest.fixture
def resident(company):
    return make_person(NAME, PHONE, company.dwelling)


@pytest.fixture
def reported(company, resident):
    return make_ticket(company, reporter_subject=resident.subject_id, summary="楼上装修")


def words(notices):
    registry.load(notices)
    return [registry.render(notice) for notice in notices]


def of_staff(staff):
    return [shown.rendered for shown in inbox.of_staff(staff.pk)]


def test_every_template_is_registered():
    assert set(Template.values) <= set(registry.template_codes())


def test_the_warning_and_the_report_upwards_differ(company, ticket):
    sweep(MOMENTS[2])

    warning, first, second = words(list(Notice.objects.order_by("source_id")))
    number = f"{ticket.reference[:3]} {ticket.reference[3:6]} {ticket.reference[6:]}"
    assert warning.subject == f"工单 {number} 的解决时限即将到期。"
    assert first.subject == f"工单 {number} 超过解决时限，上报第 1 级。"
    assert second.subject == f"工单 {number} 超过解决时限，上报第 2 级。"
    assert "X1" in first.body
    assert "2026年3月4日 20:00" in first.body


def test_a_warning_stays_one_while_its_clock_waits_and_a_report_one_after_more_time(
    company, ticket
):
    """The clock has moved since; what was told has not."""
    sweep(MOMENTS[1])
    TicketClock.objects.update(next_level=None, next_fire_at=None)
    waiting = {"due_at": None, "remaining_minutes": 9, "pause_ends_at": MOMENTS[4]}
    running = {"due_at": MOMENTS[4], "remaining_minutes": None, "pause_ends_at": None}
    for state, moved in (("paused", waiting), ("running", running)):
        TicketClock.objects.update(state=state, **moved)
        warning, first = words(list(Notice.objects.order_by("source_id")))
        assert "即将到期" in warning.subject
        assert "上报第 1 级" in first.subject


def test_only_safety_is_urgent(company, policy):
    (ordinary,) = make_tickets(company, policy)
    (safety,) = make_tickets(company, policy, severity=Severity.SAFETY)
    sweep(MOMENTS[0])

    notices = list(Notice.objects.order_by("source_id"))
    told = zip(notices, words(notices), strict=True)
    urgent = {notice.object_id: rendered.urgent for notice, rendered in told}
    assert urgent == {ordinary.pk: False, safety.pk: True}


def test_what_runs_round_the_clock_is_urgent_for_staff_whatever_its_severity(company, policy):
    lifts = Category.objects.get(code="lifts")
    assert lifts.round_the_clock
    (stuck,) = make_tickets(company, policy, category=lifts)
    sweep(MOMENTS[0])
    (rendered,) = words(list(Notice.objects.filter(object_id=stuck.pk)))
    assert rendered.urgent


def test_a_resident_is_woken_for_safety_alone(company):
    person = make_person(NAME, PHONE, company.dwelling)
    make_ticket(company, category_code="lifts", reporter_subject=person.subject_id)
    (rendered,) = words(list(Notice.objects.filter(subject=person.subject_id)))
    assert not rendered.urgent


def test_a_confidential_matter_shows_its_number_alone(company, policy):
    inspector = make_post("discipline_inspector", company.group)
    make_tickets(company, policy, kind=Kind.INTEGRITY, post=inspector)
    sweep(MOMENTS[1])

    for rendered in of_staff(inspector.holder):
        assert rendered.body == ""
        assert not says(rendered.subject, "X1")


def life_of(ticket, resident):
    """Everything that tells anybody anything."""
    mine = Actor.reporter(resident.subject_id)
    timeline.reply(ticket, actor=SYSTEM, text="正在安排", at=A_MORNING)
    timeline.urge(ticket, actor=mine, at=A_MORNING, text=BODY)
    timeline.add(ticket, actor=mine, at=A_MORNING, text=BODY)
    for verb in ("accept", "start", "wait_resident"):
        act(ticket, verb, at=A_MORNING)
    ticket.refresh_from_db()
    sweep(ticket.next_step_at)
    act(ticket, "resolve", at=ticket.next_step_at)
    act(ticket, "reopen", at=ticket.next_step_at)
    clocks = TicketClock.objects.filter(ticket=ticket, state="running")
    sweep(max(clocks.values_list("due_at", flat=True)) + dt.timedelta(days=10))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_notice_to_anybody_says_who_reported_or_what_they_wrote(
    company, reported, resident, language
):
    life_of(reported, resident)

    with translation.override(language):
        told = words(list(Notice.objects.order_by("source_id")))
    assert len({notice.template for notice in Notice.objects.all()}) >= 10
    for rendered in told:
        text = f"{rendered.subject} {rendered.body} {rendered.url}"
        for secret in (BODY, NAME, PHONE, "楼上装修", str(resident.subject_id), "1-101"):
            assert not says(text, secret)


def test_the_resident_is_told_in_words_of_their_own(company, reported, resident):
    bring_to("resolved", reported)

    shown = inbox.of_subjects([resident.subject_id])
    assert [each.rendered.subject[:2] for each in shown] == ["报事", "您的"]
    assert all("工单" not in each.rendered.subject for each in shown)


def test_a_closed_matter_tells_the_resident_how_to_reopen(company, reported, resident):
    ticket = bring_to("resolved", reported)
    sweep(ticket.resolved_at + dt.timedelta(days=7))

    newest = inbox.of_subjects([resident.subject_id])[0]
    assert newest.notice.template == Template.TICKET_CLOSED
    assert "重新打开" in newest.rendered.subject


def test_a_bell_of_many_costs_as_much_as_one_of_few(company, policy, django_assert_num_queries):
    make_tickets(company, policy, 12)
    sweep(MOMENTS[1])

    with django_assert_num_queries(4):
        assert len(inbox.of_staff(company.manager.holder_id)) == 12


def test_a_notice_without_its_ticket_is_not_shown(company, ticket):
    sweep(MOMENTS[0])
    Notice.objects.update(object_id=0)

    assert of_staff(company.steward.holder) == []
    with pytest.raises(NoLongerThere):
        words(list(Notice.objects.all()))


def test_an_event_of_the_past_is_told_as_it_was(company, ticket):
    """What was a warning stays one after the ticket was resolved late."""
    sweep(MOMENTS[0])
    lifecycle.resolve(
        Ticket.objects.get(), actor=SYSTEM, reply="已处理", at=DUE + dt.timedelta(hours=1)
    )

    assert "即将到期" in words(list(Notice.objects.filter(template="ticket_escalated")))[0].subject
