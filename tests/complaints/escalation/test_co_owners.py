"""A rung that co-owns makes its post answerable beside the handler, and means it."""

import pytest

from complaints import policies
from complaints.enums import EventKind, State
from complaints.models import (
    CoOwnership,
    LadderStep,
    PolicyDuration,
    Ticket,
    TicketClock,
    TicketEvent,
)
from complaints.services import catalogue, decisions, lifecycle, timeline
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from core.errors import NotAllowed
from notifications.models import Notice
from tests.complaints.escalation.world import HOUR, MOMENTS, make_tickets
from tests.factories import StaffFactory, make_ticket

pytestmark = pytest.mark.django_db

NOW = MOMENTS[2] + HOUR


def actor(post):
    return Actor.staff(post.holder_id)


@pytest.fixture
def head(company):
    return actor(company.region_head)


@pytest.fixture
def owned(company, ticket):
    """Has come up to the region's head of service, who co-owns it."""
    sweep(MOMENTS[2])
    return Ticket.objects.get(pk=ticket.pk)


def owners(ticket):
    return list(CoOwnership.objects.standing().filter(ticket=ticket).values_list("post", flat=True))


def test_the_sweep_writes_who_co_owns(company, owned):
    row = CoOwnership.objects.get()
    assert (row.ticket, row.post, row.cycle) == (owned, company.region_head, 1)
    assert (row.since.kind, row.since.level) == (EventKind.ESCALATED, 2)
    assert owned.post == company.steward


def test_sweeping_again_writes_nothing_more(owned):
    TicketClock.objects.update(next_level=2, next_fire_at=MOMENTS[2])
    Ticket.objects.update(next_step_at=MOMENTS[2])
    sweep(MOMENTS[2])
    assert CoOwnership.objects.count() == 1


def test_rungs_that_inform_or_take_over_make_no_co_owner(company, policy):
    make_tickets(company, policy)
    sweep(MOMENTS[1])
    assert not CoOwnership.objects.exists()


def also_to_answer(ticket, fire_at):
    """A second clock, which calls the same post at its own moment."""
    PolicyDuration.objects.create(
        policy=ticket.policy, clock_kind="first_response", duration_minutes=600, basis="wall"
    )
    step = LadderStep.objects.get(policy=ticket.policy, level=2)
    step.pk, step.clock_kind = None, "first_response"
    step.save()
    TicketClock.objects.create(
        ticket=ticket, kind="first_response", policy=ticket.policy, state="running",
        started_at=MOMENTS[0], due_at=MOMENTS[1], next_level=2, next_fire_at=fire_at,
    )  # fmt: skip
    catalogue._kept = None


def test_two_clocks_that_call_one_post_make_it_one_owner(company, ticket):
    also_to_answer(ticket, MOMENTS[2])
    sweep(MOMENTS[2])
    assert TicketEvent.objects.filter(effect="co_own").count() == 2
    assert CoOwnership.objects.count() == 1


def test_who_gave_it_back_and_is_called_again_owns_it_again(company, owned, head):
    back = decisions.give_back(owned, actor=head, order="明天中午前答复", at=NOW)
    assert owners(back) == []
    also_to_answer(back, NOW + HOUR)
    Ticket.objects.update(next_step_at=NOW + HOUR)
    sweep(NOW + HOUR)
    assert owners(back) == [company.region_head.pk]
    called = TicketEvent.objects.filter(effect="co_own").latest("pk")
    assert CoOwnership.objects.get().since == called


def test_may_act_as_the_handler_whatever_the_role_may(company, owned):
    general = actor(company.region_manager)
    assert "resolve" not in policies.allowed_actions(general, owned)
    CoOwnership.objects.update(post=company.region_manager)
    owned = Ticket.objects.get(pk=owned.pk)
    offered = policies.allowed_actions(general, owned)
    assert {"resolve", "wait_supplier", "give_back", "take_over"} <= set(offered)
    assert "withdraw" not in offered
    resolved = lifecycle.resolve(owned, actor=general, reply="已协调解决", at=NOW)
    assert "close" not in policies.allowed_actions(general, resolved)


def test_being_named_outweighs_it(company, owned, head):
    owned.parties.create(staff=company.region_head.holder, role="named")
    assert policies.allowed_actions(head, Ticket.objects.get(pk=owned.pk)) == []


def test_hears_of_what_follows_but_not_of_what_it_does_itself(company, owned, head):
    timeline.note(owned, actor=actor(company.steward), text="约了周五", at=NOW)
    timeline.note(owned, actor=head, text="请抓紧", at=NOW)
    told = Notice.objects.filter(template="ticket_co_owned")
    assert [notice.post for notice in told] == [company.region_head]


def test_until_it_is_resolved(company, owned, head):
    resolved = lifecycle.resolve(owned, actor=actor(company.steward), reply="好了", at=NOW)
    assert owners(resolved) == []
    assert Notice.objects.filter(template="ticket_co_owned").count() == 1
    again = lifecycle.reopen(resolved, actor=SYSTEM, reason="没好", at=NOW)
    assert owners(again) == []
    assert Notice.objects.filter(template="ticket_co_owned").count() == 1


def test_until_it_gives_it_back(company, owned, head):
    assert owners(owned) == [company.region_head.pk]
    back = decisions.give_back(owned, actor=head, order="明天中午前答复", at=NOW)
    assert owners(back) == []
    assert CoOwnership.objects.get().ended_in.kind == EventKind.GIVEN_BACK


def test_who_takes_it_over_owns_it_alone(company, owned, head):
    taken = decisions.take_over(owned, actor=head, at=NOW)
    assert (taken.post, owners(taken)) == (company.region_head, [])


def test_a_stand_in_co_owns_while_the_holder_is_away(company, owned):
    other = StaffFactory()
    company.region_head.stand_in = other
    company.region_head.save()
    assert not policies.is_co_owner(Actor.staff(other.pk), Ticket.objects.get(pk=owned.pk))
    company.region_head.holder.is_active = False
    company.region_head.holder.save()
    assert policies.is_co_owner(Actor.staff(other.pk), Ticket.objects.get(pk=owned.pk))


class TestAcknowledging:
    def test_says_that_it_has_arrived(self, company, owned, head):
        done = decisions.acknowledge(owned, actor=head, note="下午到现场", at=NOW)
        event = TicketEvent.objects.get(kind=EventKind.ACKNOWLEDGED)
        assert (event.post, event.visibility, event.staff_id) == (
            company.region_head,
            "internal",
            head.staff_id,
        )
        assert (done.post, done.state) == (owned.post, State.IN_PROGRESS)
        assert Notice.objects.get(source_id=event.pk, template="ticket_acknowledged").post == (
            company.steward
        )

    def test_once_for_each_escalation(self, company, owned, head):
        done = decisions.acknowledge(owned, actor=head, at=NOW)
        assert "acknowledge" not in policies.allowed_actions(head, done)
        with pytest.raises(NotAllowed):
            decisions.acknowledge(done, actor=head, at=NOW)

    def test_is_for_those_who_were_told(self, company, owned):
        for post in (company.executive, company.region_manager, company.steward, company.agent):
            assert "acknowledge" not in policies.allowed_actions(actor(post), owned)
            with pytest.raises(NotAllowed):
                decisions.acknowledge(owned, actor=actor(post), at=NOW)
        assert "acknowledge" in policies.allowed_actions(actor(company.manager), owned)

    def test_a_matter_that_has_not_come_up_awaits_nobody(self, company):
        fresh = make_ticket(company)
        assert "acknowledge" not in policies.allowed_actions(actor(company.manager), fresh)
