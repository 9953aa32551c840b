"""Whom a complaint names neither sees it, nor gets it, nor hears of it, nor learns who spoke."""

import datetime as dt

import pytest

from complaints import policies
from complaints.enums import EventKind
from complaints.models import TextEntry, Ticket, TicketEvent, TicketReporter
from complaints.services import escalation, lifecycle, merging, naming, timeline
from core.actors import Actor
from core.errors import InvalidInput, NotAllowed
from notifications.models import Notice
from tests.complaints.conftest import act, minutes
from tests.factories import A_MORNING, StaffFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(10)


@pytest.fixture
def against_the_steward(company, resident):
    return make_ticket(
        company,
        category_code="cleaning",
        body="管家态度恶劣",
        named_staff=[company.steward.holder_id],
        reporter_subject=resident.subject_id,
    )


def test_they_see_nothing_of_it(against_the_steward, staff):
    for rows in (Ticket, TicketEvent, TextEntry, TicketReporter):
        assert not rows.objects.visible_to(staff.steward).exists(), rows
    found = Ticket.objects.visible_to(staff.steward).matching("态度", staff.steward)
    assert not found.exists()


def test_their_colleagues_see_the_ticket_and_not_the_reporter(against_the_steward, staff):
    assert Ticket.objects.visible_to(staff.engineer).exists()
    assert not TicketReporter.objects.visible_to(staff.engineer).exists()


def test_it_goes_past_them_to_the_manager(against_the_steward, company):
    assert against_the_steward.post == company.manager
    assert set(Notice.objects.values_list("staff", flat=True)) == {
        company.manager.holder_id,
        None,
    }


def test_it_goes_past_a_second_steward_s_post_for_which_they_stand_in(company, resident):
    """Nobody who shares a post with the person named gets it."""
    named = StaffFactory()
    company.steward.stand_in = named
    company.steward.save()
    ticket = make_ticket(company, category_code="cleaning", named_staff=[named.pk])
    assert ticket.post == company.manager


def test_to_another_of_the_same_role_if_there_is_one(company):
    second = make_post("steward", company.community)
    ticket = make_ticket(company, category_code="cleaning", named_staff=[company.steward.holder_id])
    assert ticket.post == second


def test_when_the_manager_is_named_too_the_duty_queue_has_it(company):
    ticket = make_ticket(
        company,
        category_code="cleaning",
        named_staff=[company.steward.holder_id, company.manager.holder_id],
    )
    assert ticket.post == company.duty


def test_it_cannot_be_given_to_them_later(against_the_steward, staff, company):
    with pytest.raises(InvalidInput):
        lifecycle.assign(
            against_the_steward, actor=staff.dispatcher, post=company.steward, at=LATER
        )


def test_a_named_dispatcher_cannot_touch_it(company, staff):
    ticket = make_ticket(company, named_staff=[company.dispatcher.holder_id])
    with pytest.raises(NotAllowed):
        lifecycle.assign(ticket, actor=staff.dispatcher, post=company.steward, at=LATER)
    with pytest.raises(NotAllowed):
        act(ticket, "reject", actor=staff.dispatcher)
    assert policies.allowed_actions(staff.dispatcher, ticket) == []


def test_a_stand_in_who_is_named_sees_nothing_either(company):
    named = StaffFactory()
    company.manager.stand_in = named
    company.manager.holder_absent_until = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    company.manager.save()
    visible = Ticket.objects.visible_to(Actor.staff(named.pk))
    make_ticket(company)
    assert visible.count() == 1
    make_ticket(company, named_staff=[named.pk])
    assert visible.all().count() == 1


class TestWhoComesToThePostLater:
    """Appointed to it, or standing in: the post keeps the ticket, the person learns nothing."""

    @pytest.fixture
    def taken(self, against_the_steward, company):
        """The manager has it; now the steward is the manager's stand-in."""
        company.manager.stand_in = company.steward.holder
        company.manager.holder_absent_until = LATER + dt.timedelta(days=9)
        company.manager.save()
        return Ticket.objects.get(pk=against_the_steward.pk)

    def test_is_not_told_what_happens(self, taken, company, resident):
        timeline.urge(taken, actor=resident, at=LATER)
        assert not Notice.objects.filter(staff=company.steward.holder).exists()
        assert Notice.objects.filter(post=company.duty, template="ticket_urged").exists()

    def test_does_not_get_it_back_when_the_resident_is_not_satisfied(self, taken, company):
        Ticket.objects.filter(pk=taken.pk).update(state="in_progress")
        solved = act(Ticket.objects.get(pk=taken.pk), "resolve", at=LATER)
        asked = act(solved, "call_back", at=LATER) if solved.state == "resolved" else solved
        again = act(
            asked, "confirm", at=LATER + minutes(60), result="not_satisfied", note="没有解决"
        )  # fmt: skip
        assert again.cycle == 2
        people = {again.post.holder_id, again.post.stand_in_id}
        assert company.steward.holder_id not in people

    def test_is_not_told_that_a_wait_ends_nor_that_it_was_taken_over(self, taken, company):
        Ticket.objects.filter(pk=taken.pk).update(state="in_progress")
        act(taken, "wait_supplier", at=LATER, until=LATER + minutes(60))
        escalation.sweep(LATER + minutes(60))
        escalation.sweep(LATER + dt.timedelta(days=40))
        happened = set(TicketEvent.objects.values_list("kind", flat=True))
        assert {"resumed", "taken_over"} <= happened
        assert not Notice.objects.filter(staff=company.steward.holder).exists()
        assert not Notice.objects.filter(post=company.manager, template="ticket_resumed").exists()
        assert Notice.objects.filter(post=company.duty, template="ticket_resumed").exists()


class TestNamedAfterwards:
    """Residents choose from no list of staff: whom they mean is found out later."""

    @pytest.fixture
    def told(self, company, resident):
        return make_ticket(company, body="管家态度恶劣", reporter_subject=resident.subject_id)

    def name(self, ticket, actor, *posts):
        names = " ".join(post.holder.name for post in posts)
        return naming.name(ticket, actor=actor, names=names, at=LATER)

    def test_they_lose_it_and_do_not_see_it_nor_who_spoke(self, told, company, staff):
        assert Ticket.objects.visible_to(staff.steward).exists()
        named = self.name(told, staff.manager, company.steward)
        assert named.post == company.manager
        for rows in (Ticket, TicketEvent, TextEntry, TicketReporter):
            assert not rows.objects.visible_to(staff.steward).exists(), rows
        assert policies.allowed_actions(staff.steward, named) == []
        assert not TicketReporter.objects.visible_to(staff.engineer).exists()
        assert TicketReporter.objects.visible_to(staff.agent).exists()
        event = named.events.get(kind=EventKind.NAMED)
        assert event.visibility == "internal"
        told_of_it = Notice.objects.filter(template="ticket_assigned", created_at=LATER)
        assert [notice.post for notice in told_of_it] == [company.manager]

    def test_the_ladder_goes_past_them_from_then_on(self, told, company, staff):
        self.name(told, staff.dispatcher, company.manager)
        escalation.sweep(LATER + dt.timedelta(days=20))
        assert not Notice.objects.filter(post=company.manager).exists()

    def test_of_what_is_about_conduct_a_name_in_the_words_is_enough(self, company, staff, resident):
        company.manager.holder.name, company.far_steward.holder.name = "欧阳经理", "上官远"
        company.manager.holder.save(), company.far_steward.holder.save()
        ticket = make_ticket(
            company,
            category_code="staff_conduct",
            body="欧阳经理当众骂人，上官远可以作证",
            reporter_subject=resident.subject_id,
        )
        assert list(ticket.parties.values_list("staff", flat=True)) == [company.manager.holder_id]
        assert ticket.post not in (company.manager, None)
        assert not Ticket.objects.visible_to(staff.manager).exists()

    def test_what_was_merged_is_about_them_too(self, told, company, staff, resident):
        merged = make_ticket(company, body="也说管家", reporter_subject=resident.subject_id)
        merged = act_on(merged)
        merging.merge(merged, other=told, actor=staff.manager, at=LATER)
        self.name(act_on(told), staff.manager, company.steward)
        assert not Ticket.objects.visible_to(staff.steward).exists()
        alone = merging.unmerge(act_on(merged), actor=staff.manager, at=LATER)
        assert alone.post == company.manager

    def test_what_was_merged_does_not_come_back_to_them_when_it_is_reopened(
        self, told, company, staff, resident
    ):
        merged = act_on(make_ticket(company, reporter_subject=resident.subject_id))
        assert merged.post == company.steward
        merging.merge(merged, other=told, actor=staff.manager, at=LATER)
        self.name(act_on(told), staff.manager, company.steward)
        again = lifecycle.reopen(act_on(merged), actor=resident, reason="还没好", at=LATER)
        assert again.post == company.manager

    def test_who_may_not_give_work_on_names_nobody(self, told, company, staff):
        for actor in (staff.engineer, staff.agent, staff.steward):
            with pytest.raises(NotAllowed):
                self.name(told, actor, company.manager)

    def test_a_repair_is_about_nobody(self, company, staff):
        repair = make_ticket(company, kind="repair", category_code="engineering.water")
        assert "name" not in policies.allowed_actions(staff.manager, repair)


def act_on(ticket):
    return Ticket.objects.for_acting().get(pk=ticket.pk)
