"""Root cause and corrective action: an owner, a date, a second person."""

import datetime as dt

import pytest
from django.core.management import call_command

from complaints import policies, reading
from complaints.enums import EventKind, RemedyState
from complaints.models import CorrectiveAction, TextEntry, TicketEvent
from complaints.services import remedies
from complaints.services.remedies import SamePerson
from core.actors import SYSTEM
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from notifications.models import Notice
from organisation.services.posts import local_date
from tests.complaints.conftest import minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)
DUE = dt.date(2026, 3, 10)
#: midnight in Shanghai after the last day
LATE = dt.datetime(2026, 3, 10, 16, tzinfo=dt.UTC)


def plan(ticket, actor, owner, **fields):
    values = {
        "root_cause": "equipment.upkeep",
        "due_on": DUE,
        "text": "更换水泵并改为月检",
        **fields,
    }
    remedies.plan(ticket, actor=actor, owner=owner, at=LATER, **values)
    return CorrectiveAction.objects.order_by("pk").last()


@pytest.fixture
def action(company, ticket, staff):
    return plan(ticket, staff.manager, company.engineer)


class TestPlan:
    def test_has_a_cause_an_owner_and_a_date(self, company, action, ticket):
        assert (action.root_cause, action.owner, action.due_on, action.state) == (
            "equipment.upkeep",
            company.engineer,
            DUE,
            RemedyState.OPEN,
        )
        assert action.tell_at == LATE
        event = action.planned_in
        assert (event.kind, event.visibility, event.ticket) == ("planned", "internal", ticket)
        assert TextEntry.objects.get(event=event).body == "更换水泵并改为月检"
        assert Notice.objects.get(source_id=event.pk).post == company.engineer

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("root_cause", "bad luck"),
            ("due_on", dt.date(2026, 3, 3)),
            ("due_on", dt.date(2027, 6, 1)),
            ("text", " "),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(self, company, ticket, staff, field, value):
        with pytest.raises(InvalidInput) as refused:
            plan(ticket, staff.manager, company.engineer, **{field: value})
        assert field in refused.value.fields

    def test_the_owner_is_in_reach_and_not_the_matter(self, company, ticket, staff):
        ticket.parties.create(staff=company.engineer.holder, role="named")
        for post in (company.engineer, company.other_steward, company.far_steward):
            with pytest.raises(InvalidInput) as refused:
                plan(ticket, staff.manager, post)
            assert "owner" in refused.value.fields

    @pytest.mark.parametrize("role", ["agent", "steward", "far_steward", "inspector"])
    def test_those_who_may_not_dispatch_plan_nothing(self, company, ticket, staff, role):
        with pytest.raises(NotAllowed):
            plan(ticket, getattr(staff, role), company.engineer)

    def test_gated_kinds_have_none(self, company, staff):
        gated = make_ticket(company, kind="integrity", category_code="other", actor=SYSTEM)
        for actor in (staff.inspector, staff.duty, SYSTEM):
            with pytest.raises(NotAllowed):
                plan(gated, actor, company.duty)

    def test_is_offered_by_the_ticket(self, ticket, staff):
        assert "plan_action" in policies.allowed_actions(staff.manager, ticket)
        assert "plan_action" not in policies.allowed_actions(staff.steward, ticket)


class TestDone:
    def test_the_owner_shows_what_was_done(self, action, staff):
        done = remedies.complete(action, actor=staff.engineer, text="已换，见照片", at=LATER)
        assert (done.state, done.tell_at) == (RemedyState.DONE, None)
        assert done.done_in.staff_id == staff.engineer.staff_id
        assert TextEntry.objects.get(event=done.done_in).body == "已换，见照片"

    def test_nobody_else_says_so(self, action, staff):
        for actor in (staff.manager, staff.steward, staff.duty):
            with pytest.raises(NotAllowed):
                remedies.complete(action, actor=actor, text="好了", at=LATER)

    def test_a_second_person_verifies(self, action, staff):
        with pytest.raises(InvalidTransition):
            remedies.verify(action, actor=staff.manager, at=LATER)
        done = remedies.complete(action, actor=staff.engineer, text="已换", at=LATER)
        verified = remedies.verify(done, actor=staff.manager, at=LATER)
        assert verified.state == RemedyState.VERIFIED
        assert verified.verified_in.staff_id == staff.manager.staff_id
        with pytest.raises(InvalidTransition):
            remedies.verify(verified, actor=staff.duty, at=LATER)

    def test_the_owner_does_not_verify_themselves(self, company, ticket, staff):
        action = plan(ticket, staff.duty, company.manager)
        done = remedies.complete(action, actor=staff.manager, text="已做", at=LATER)
        with pytest.raises(SamePerson):
            remedies.verify(done, actor=staff.manager, at=LATER)
        with pytest.raises(SamePerson):
            remedies.send_back(done, actor=staff.manager, text="再做", due_on=DUE, at=LATER)
        with pytest.raises(NotAllowed):
            remedies.verify(done, actor=staff.steward, at=LATER)

    def test_sent_back_it_is_open_again_with_a_new_date(self, company, action, staff):
        done = remedies.complete(action, actor=staff.engineer, text="已换", at=LATER)
        later = dt.date(2026, 3, 20)
        back = remedies.send_back(done, actor=staff.manager, text="缺照片", due_on=later, at=LATER)
        assert (back.state, back.done_in, back.due_on) == (RemedyState.OPEN, None, later)
        assert back.tell_at is not None
        notice = Notice.objects.get(template="action_returned")
        assert notice.post == company.engineer


class TestLate:
    def test_is_told_once_to_the_owner_and_the_post_above(self, company, action):
        assert remedies.tell_late(LATE - minutes(1)) == 0
        assert remedies.tell_late(LATE + minutes(90)) == 1
        assert remedies.tell_late(LATE + minutes(900)) == 0
        event = TicketEvent.objects.get(kind=EventKind.LAPSED)
        assert event.occurred_at == LATE
        told = Notice.objects.filter(source_id=event.pk).order_by("post_id")
        assert {notice.post for notice in told} == {company.engineer, company.manager}

    def test_of_somebody_on_the_ladder_the_next_rung_hears(self, company, ticket, staff):
        plan(ticket, staff.duty, company.manager)
        remedies.tell_late(LATE)
        told = Notice.objects.filter(template="action_lapsed")
        assert {notice.post for notice in told} == {company.manager, company.region_head}

    def test_at_the_top_the_duty_queue_hears(self, company, ticket, staff):
        plan(ticket, staff.duty, company.executive)
        remedies.tell_late(LATE)
        told = Notice.objects.filter(template="action_lapsed")
        assert {notice.post for notice in told} == {company.executive, company.duty}

    def test_who_is_named_is_not_the_post_above(self, company, action, ticket):
        ticket.parties.create(staff=company.manager.holder, role="named")
        remedies.tell_late(LATE)
        told = Notice.objects.filter(template="action_lapsed")
        assert {notice.post for notice in told} == {company.engineer, company.region_head}

    def test_of_a_post_that_has_ended_the_post_above_hears_alone(self, company, action):
        type(company.engineer).objects.filter(pk=company.engineer.pk).update(
            valid_until=LATE.date()
        )
        remedies.tell_late(LATE)
        told = Notice.objects.filter(template="action_lapsed")
        assert {notice.post for notice in told} == {company.manager}

    def test_what_is_done_is_not_late(self, action, staff):
        remedies.complete(action, actor=staff.engineer, text="已换", at=LATER)
        assert remedies.tell_late(LATE) == 0

    @pytest.mark.parametrize("count", [1, 4])
    def test_costs_the_same_for_many(
        self, company, ticket, staff, count, django_assert_num_queries
    ):
        for _ in range(count):
            plan(ticket, staff.manager, company.engineer)
        remedies.tell_late(A_MORNING)
        with django_assert_num_queries(13):
            remedies.tell_late(LATE)

    def test_the_command_tells_as_well(self, action):
        call_command("sweep")
        assert TicketEvent.objects.filter(kind=EventKind.LAPSED).exists() == (
            local_date(dt.datetime.now(dt.UTC)) > DUE
        )


class TestWhoSeesIt:
    def test_whoever_sees_the_ticket(self, company, action, staff, resident):
        def seen(actor):
            return list(CorrectiveAction.objects.visible_to(actor)) == [action]

        assert seen(staff.manager)
        assert seen(staff.engineer)
        assert not seen(staff.other_steward)
        assert not seen(resident)
        action.ticket.parties.create(staff=company.manager.holder, role="named")
        assert not seen(staff.manager)

    def test_the_reporter_reads_nothing_of_it(self, action, ticket, resident):
        kinds = {entry.event.kind for entry in reading.timeline(ticket, resident)}
        assert EventKind.PLANNED not in kinds

    def test_what_one_may_do_is_one_answer_for_all(
        self, company, ticket, staff, django_assert_num_queries
    ):
        actions = [plan(ticket, staff.manager, company.engineer) for _ in range(3)]
        done = remedies.complete(actions[0], actor=staff.engineer, text="已换", at=LATER)
        rows = list(CorrectiveAction.objects.for_list())
        with django_assert_num_queries(2):
            steps = remedies.steps(rows, staff.manager, at=LATER)
        assert steps[done.pk] == ["verify", "return"]
        assert steps[actions[1].pk] == ["hand_over"]
        assert remedies.steps(rows, staff.engineer, at=LATER)[actions[1].pk] == ["complete"]
