"""Senior staff take a late matter over, or send it back with an order."""

import pytest

from complaints import policies
from complaints.enums import EventKind, State, TextRole
from complaints.models import TextEntry, Ticket, TicketClock, TicketEvent, TicketParty
from complaints.services import decisions, lifecycle, timeline
from complaints.services.decisions import NobodyToGiveBackTo
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed, StaleVersion
from notifications.models import Notice
from tests.complaints.conftest import act
from tests.complaints.escalation.world import HOUR, MOMENTS
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

ORDER = "请项目经理今晚到现场，明天十点前回复住户。"


@pytest.fixture
def late(company):
    """A ticket that has come up to the region, with its steward until now."""
    ticket = make_ticket(company)
    timeline.reply(ticket, actor=SYSTEM, text="正在安排", at=A_MORNING + HOUR / 60)
    clock = TicketClock.objects.get(ticket=ticket, kind="resolve")
    step = clock.policy.ladder.get(clock_kind="resolve", level=2)
    sweep(clock.due_at + step.after_minutes * HOUR / 60)
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def now(late):
    return late.next_step_at - HOUR


def head(company):
    return Actor.staff(company.region_head.holder_id)


def test_taking_over_makes_it_the_work_of_ones_post(company, late, now):
    before, clocks = late.post, list(TicketClock.objects.values_list("due_at", "next_fire_at"))

    taken = decisions.take_over(late, actor=head(company), at=now, note="区域直接跟进")

    assert taken.post == company.region_head
    assert taken.state == late.state
    event = TicketEvent.objects.get(kind=EventKind.TAKEN_OVER)
    assert (event.post, event.visibility) == (company.region_head, "internal")
    assert event.staff_id == company.region_head.holder_id
    assert TextEntry.objects.get(event=event).body == "区域直接跟进"
    assert Notice.objects.get(source_id=event.pk).post == before
    assert list(TicketClock.objects.values_list("due_at", "next_fire_at")) == clocks
    assert Ticket.history.first().history_change_reason == "take_over"


def test_of_several_posts_it_goes_to_the_one_that_was_told(company, late, now):
    make_post("project_manager", company.city, company.region_head.holder)

    assert decisions.take_over(late, actor=head(company), at=now).post == company.region_head


def test_sending_it_back_gives_the_order_to_whoever_handles_it(company, late, now):
    handler = late.post
    taken = decisions.take_over(late, actor=head(company), at=now)

    back = decisions.give_back(taken, actor=head(company), order=ORDER, at=now)

    assert back.post == handler
    event = TicketEvent.objects.get(kind=EventKind.GIVEN_BACK)
    entry = TextEntry.objects.get(event=event)
    assert (entry.body, entry.role, entry.visibility) == (ORDER, TextRole.NOTE, "internal")
    assert Notice.objects.get(source_id=event.pk).post == handler


def test_an_order_can_be_given_without_taking_over(company, late, now):
    back = decisions.give_back(late, actor=head(company), order=ORDER, at=now)

    assert back.post == late.post
    assert TicketEvent.objects.filter(kind=EventKind.GIVEN_BACK).exists()


def test_an_order_has_words(company, late, now):
    with pytest.raises(InvalidInput) as refused:
        decisions.give_back(late, actor=head(company), order="  ", at=now)
    assert "order" in refused.value.fields


def test_what_the_sweep_took_over_goes_back_as_well(company, late):
    at = late.next_step_at
    sweep(at)
    late.refresh_from_db()
    assert late.post == company.region_manager
    manager = Actor.staff(company.region_manager.holder_id)

    back = decisions.give_back(late, actor=manager, order=ORDER, at=at)

    assert back.post == company.steward


def test_a_handler_who_is_named_meanwhile_does_not_get_it_back(company, late, now):
    TicketParty.objects.create(ticket=late, staff=late.post.holder, role="named")

    with pytest.raises(NobodyToGiveBackTo):
        decisions.give_back(late, actor=head(company), order=ORDER, at=now)


def test_those_who_may_not_decide_are_refused(company, late, now):
    steward = Actor.staff(company.other_steward.holder_id)
    for decide in (
        lambda: decisions.take_over(late, actor=steward, at=now),
        lambda: decisions.give_back(late, actor=steward, order=ORDER, at=now),
        lambda: decisions.take_over(late, actor=SYSTEM, at=now),
    ):
        with pytest.raises(NotAllowed):
            decide()


def test_who_has_it_already_cannot_take_it_over(company, late, now):
    taken = decisions.take_over(late, actor=head(company), at=now)

    with pytest.raises(NotAllowed):
        decisions.take_over(taken, actor=head(company), at=now)


def test_a_stale_page_decides_nothing(company, late, now):
    with pytest.raises(StaleVersion):
        decisions.take_over(late, actor=head(company), at=now, version=late.version + 1)


def test_a_resolved_matter_is_not_decided(company, late, now):
    for verb in (lifecycle.accept, lifecycle.start):
        verb(late, actor=SYSTEM, at=now)
    resolved = lifecycle.resolve(late, actor=SYSTEM, reply="已处理", at=now)
    assert resolved.state == State.RESOLVED

    with pytest.raises(InvalidTransition):
        decisions.take_over(resolved, actor=head(company), at=now)


def test_decisions_are_offered_once_a_matter_has_come_up(company, late):
    fresh = make_ticket(company)

    assert {"take_over", "give_back"} <= set(policies.allowed_actions(head(company), late))
    assert not {"take_over", "give_back"} & set(policies.allowed_actions(head(company), fresh))


def test_a_warning_alone_is_no_coming_up(company):
    ticket = make_ticket(company)
    clock = TicketClock.objects.get(ticket=ticket, kind="first_response")
    sweep(clock.next_fire_at)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert ticket.level == 0

    assert "take_over" not in policies.allowed_actions(head(company), ticket)


def test_after_the_ladder_went_on_the_next_level_still_fires(company, late, now):
    """Taking over is not solving."""
    decisions.take_over(late, actor=head(company), at=now)

    assert sweep(max(MOMENTS[-1], late.next_step_at)).fired >= 1


def test_who_took_it_over_can_do_the_work(company, late, now):
    """A general manager's role handles nothing; what the ladder gave to them, they can end."""
    general = Actor.staff(company.region_manager.holder_id)
    assert "accept" not in policies.allowed_actions(general, late)
    sweep(late.next_step_at)
    taken = Ticket.objects.get(pk=late.pk)
    assert taken.post == company.region_manager

    assert {"accept", "return"} <= set(policies.allowed_actions(general, taken))
    begun = lifecycle.start(
        lifecycle.accept(taken, actor=general, at=now + 2 * HOUR), actor=general, at=now + 2 * HOUR
    )
    done = lifecycle.resolve(begun, actor=general, reply="已整改完毕", at=now + 3 * HOUR)
    assert done.state == State.RESOLVED
    assert "close" not in policies.allowed_actions(general, done)


def test_what_waits_to_be_dispatched_is_assigned_to_who_takes_it_over(company, late, now):
    returned = act(late, "return", at=now)
    assert returned.state == State.RECEIVED
    head_of_region = head(company)
    assert {"take_over", "acknowledge"} <= set(policies.allowed_actions(head_of_region, returned))
    assert "give_back" not in policies.allowed_actions(head_of_region, returned)

    taken = decisions.take_over(returned, actor=head_of_region, at=now)

    assert (taken.state, taken.post) == (State.ASSIGNED, company.region_head)
    event = TicketEvent.objects.get(kind=EventKind.TAKEN_OVER)
    assert (event.from_state, event.to_state) == (State.RECEIVED, State.ASSIGNED)
    assert lifecycle.accept(taken, actor=head_of_region, at=now).state == State.ACCEPTED


def test_it_goes_back_to_the_dispatcher_and_not_to_who_returned_it(company, late, now):
    """Who returned it has shown that it is not theirs."""
    returned = act(late, "return", at=now)
    taken = decisions.take_over(returned, actor=head(company), at=now)

    back = decisions.give_back(taken, actor=head(company), order=ORDER, at=now)

    assert back.post == company.dispatcher
    given = TicketEvent.objects.get(kind=EventKind.GIVEN_BACK)
    assert Notice.objects.filter(source_id=given.pk, post=company.dispatcher).exists()


def test_so_is_what_the_ladder_takes_over(company, late, now):
    returned = act(late, "return", at=now)

    sweep(returned.next_step_at)

    taken = Ticket.objects.get(pk=late.pk)
    assert (taken.state, taken.post) == (State.ASSIGNED, company.region_manager)
    general = Actor.staff(company.region_manager.holder_id)
    assert lifecycle.accept(taken, actor=general, at=now + 2 * HOUR).state == State.ACCEPTED
