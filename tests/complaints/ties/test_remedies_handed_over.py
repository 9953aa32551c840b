"""A corrective action goes to another owner: whose it is, until when, and who hears of it."""

import datetime as dt

import pytest

from complaints import reading
from complaints.enums import EventKind, RemedyState
from complaints.models import TextEntry, TicketEvent
from complaints.services import lifecycle, naming, remedies, tenures
from complaints.services.remedies import SamePerson
from core.actors import SYSTEM
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from notifications.models import Notice
from organisation.services import posts
from tests.complaints.conftest import minutes
from tests.complaints.ties.test_remedies import DUE, LATE, LATER, plan
from tests.factories import StaffFactory, make_ticket

pytestmark = pytest.mark.django_db

SOON = LATER + minutes(20)


@pytest.fixture
def action(company, ticket, staff):
    return plan(ticket, staff.manager, company.engineer)


def hand_over(action, actor, owner, at=SOON, text="原负责人调岗，泵房钥匙在值班室"):
    return remedies.hand_over(action, actor=actor, owner=owner, text=text, at=at)


def told(template, **fields):
    return {notice.post for notice in Notice.objects.filter(template=template, **fields)}


class TestTheNewOwner:
    def test_has_it_until_the_same_day(self, company, action, staff):
        over = hand_over(action, staff.manager, company.steward)
        over.refresh_from_db()
        assert (over.owner, over.state) == (company.steward, RemedyState.OPEN)
        assert (over.due_on, over.tell_at) == (DUE, LATE)
        done = remedies.complete(over, actor=staff.steward, text="已换", at=SOON)
        assert done.state == RemedyState.DONE

    def test_hears_of_it_and_reads_why(self, company, action, staff):
        over = hand_over(action, staff.manager, company.steward)
        event = over.handed_in
        assert (event.kind, event.visibility, event.post, event.reason_code) == (
            EventKind.HANDED_OVER,
            "internal",
            company.steward,
            "equipment.upkeep",
        )
        assert event.staff_id == staff.manager.staff_id
        assert TextEntry.objects.get(event=event).body == "原负责人调岗，泵房钥匙在值班室"
        assert told("action_planned", source_id=event.pk) == {company.steward}

    def test_hears_when_it_is_late_with_the_post_above(self, company, action, staff):
        hand_over(action, staff.manager, company.steward)
        assert remedies.tell_late(LATE) == 1
        assert told("action_lapsed") == {company.steward, company.manager}

    def test_of_what_is_late_already_hears_once(self, company, action, staff):
        remedies.tell_late(LATE)
        over = hand_over(action, staff.manager, company.steward, at=LATE + minutes(60))
        assert (over.due_on, over.tell_at) == (DUE, None)
        assert remedies.tell_late(LATE + minutes(900)) == 0

    def test_is_not_who_verifies_it(self, company, action, staff):
        over = hand_over(action, staff.duty, company.manager)
        done = remedies.complete(over, actor=staff.manager, text="已换", at=SOON)
        with pytest.raises(SamePerson):
            remedies.verify(done, actor=staff.manager, at=SOON)

    def test_who_takes_the_post_later_hears_of_it(self, company, action, staff):
        """Also who had that post when the action was planned, and heard of the ticket then."""
        tenures.look(LATER)
        first, between = company.steward.holder, LATER + minutes(5)
        lifecycle.assign(action.ticket, actor=staff.manager, post=company.steward, at=between)
        posts.appoint(company.steward, StaffFactory(), actor=SYSTEM, at=between)
        tenures.look(between)
        hand_over(action, staff.manager, company.steward)
        lifecycle.assign(action.ticket, actor=staff.manager, post=company.engineer, at=SOON)
        posts.appoint(company.steward, first, actor=SYSTEM, at=SOON)
        assert tenures.look(SOON + minutes(1)) == 1
        assert Notice.objects.get(template=tenures.POST_TAKEN, staff=first).post == company.steward


class TestTheOneBefore:
    def test_has_nothing_to_do_with_it_any_more(self, company, action, staff):
        over = hand_over(action, staff.manager, company.steward)
        assert remedies.steps([over], staff.engineer, at=SOON)[over.pk] == []
        with pytest.raises(NotAllowed):
            remedies.complete(over, actor=staff.engineer, text="已换", at=SOON)

    def test_whom_the_ticket_names_hears_nothing_and_it_goes_on(self, company, staff):
        ticket = make_ticket(company, category_code="staff_conduct", body="有人态度恶劣")
        action = plan(ticket, staff.manager, company.engineer)
        before = Notice.objects.filter(post=company.engineer).count()
        named = company.engineer.holder
        naming.name(ticket, actor=staff.manager, names=named.name, at=LATER)
        hand_over(action, staff.manager, company.security)
        remedies.tell_late(LATE)
        assert Notice.objects.filter(post=company.engineer).count() == before
        assert told("action_lapsed") == {company.security, company.manager}


class TestWhoMay:
    @pytest.mark.parametrize("role", ["agent", "steward", "engineer", "far_steward", "inspector"])
    def test_whoever_may_not_plan_hands_nothing_over(self, company, action, staff, role):
        with pytest.raises(NotAllowed):
            hand_over(action, getattr(staff, role), company.security)
        assert not TicketEvent.objects.filter(kind=EventKind.HANDED_OVER).exists()

    def test_whom_the_ticket_names_hands_nothing_over(self, company, action, ticket, staff):
        ticket.parties.create(staff=company.manager.holder, role="named")
        with pytest.raises(NotAllowed):
            hand_over(action, staff.manager, company.steward)

    def test_nor_the_system(self, company, action):
        with pytest.raises(NotAllowed):
            hand_over(action, SYSTEM, company.steward)

    def test_it_is_offered_while_it_is_open(self, company, action, staff):
        def offered(row, actor):
            return remedies.steps([row], actor, at=SOON)[row.pk]

        assert offered(action, staff.manager) == ["hand_over"]
        assert offered(action, staff.engineer) == ["complete"]
        done = remedies.complete(action, actor=staff.engineer, text="已换", at=SOON)
        assert offered(done, staff.manager) == ["verify", "return"]
        assert offered(done, staff.engineer) == []


class TestWhoGetsIt:
    def test_nobody_whom_the_ticket_names(self, company, action, ticket, staff):
        ticket.parties.create(staff=company.steward.holder, role="named")
        with pytest.raises(InvalidInput) as refused:
            hand_over(action, staff.manager, company.steward)
        assert "owner" in refused.value.fields

    def test_no_post_for_which_they_stand_in(self, company, action, ticket, staff):
        away_until = SOON + dt.timedelta(days=3)
        deputy = StaffFactory()
        posts.stand_in(company.steward, deputy, until=away_until, actor=SYSTEM, at=LATER)
        ticket.parties.create(staff=deputy, role="named")
        with pytest.raises(InvalidInput):
            hand_over(action, staff.manager, company.steward)

    @pytest.mark.parametrize("place", ["engineer", "other_steward", "far_steward", "agent"])
    def test_neither_who_has_it_nor_who_is_out_of_reach(self, company, action, staff, place):
        post = getattr(company, place)
        if place == "agent":
            posts.appoint(post, None, actor=SYSTEM, at=LATER)
        with pytest.raises(InvalidInput) as refused:
            hand_over(action, staff.manager, post)
        assert "owner" in refused.value.fields

    @pytest.mark.parametrize("text", ["", "  "])
    def test_not_without_a_reason(self, company, action, staff, text):
        with pytest.raises(InvalidInput) as refused:
            hand_over(action, staff.manager, company.steward, text=text)
        assert "text" in refused.value.fields

    def test_not_once_it_is_done(self, company, action, staff):
        done = remedies.complete(action, actor=staff.engineer, text="已换", at=SOON)
        with pytest.raises(InvalidTransition):
            hand_over(done, staff.manager, company.steward)

    def test_sent_back_it_can_be(self, company, action, staff):
        """Whom the ticket names by then has it again; somebody else takes it."""
        done = remedies.complete(action, actor=staff.engineer, text="已换", at=SOON)
        later = dt.date(2026, 3, 20)
        back = remedies.send_back(done, actor=staff.manager, text="缺照片", due_on=later, at=SOON)
        over = hand_over(back, staff.manager, company.steward)
        assert (over.owner, over.due_on) == (company.steward, later)


def test_the_reporter_reads_nothing_of_it(company, action, staff, ticket, resident):
    hand_over(action, staff.manager, company.steward)
    kinds = {entry.event.kind for entry in reading.timeline(ticket, resident)}
    assert EventKind.HANDED_OVER not in kinds
