"""The post is found by walking up the tree at the moment a level fires; nobody is ever not told."""

import datetime as dt

import pytest

from complaints.enums import EventKind
from complaints.models import SweepFailure, Ticket, TicketClock, TicketEvent, TicketParty
from complaints.services.escalation import SweepResult, sweep
from notifications.models import Notice
from organisation.enums import UnitLevel
from organisation.models import Post, Role
from tests.complaints.escalation.world import HOUR, MOMENTS, levels, make_tickets, told
from tests.factories import StaffFactory, make_post, make_unit

pytestmark = pytest.mark.django_db


def name(ticket, *people):
    for person in people:
        TicketParty.objects.create(ticket=ticket, staff=person, role="named")


def away(post, until, stand_in=None):
    post.holder_absent_until, post.stand_in = until, stand_in
    post.save()


def vacate(post):
    post.holder = None
    post.save()


def test_a_vacant_post_climbs_to_the_same_role_further_up(company, ticket):
    vacate(company.manager)
    city_manager = make_post("project_manager", company.city)

    sweep(MOMENTS[1])

    assert told(ticket)[1] == city_manager.pk


def test_where_the_role_is_nowhere_the_next_rung_stands_in(company, ticket):
    vacate(company.manager)

    sweep(MOMENTS[1])

    assert told(ticket)[1] == company.region_head.pk


def test_the_post_that_stood_in_hears_again_at_its_own_level(company, ticket):
    vacate(company.manager)

    sweep(MOMENTS[2])

    assert told(ticket)[1:] == [company.region_head.pk] * 2
    assert [level for level, _ in levels(ticket)] == [0, 1, 2]


def test_a_holder_who_has_left_leaves_the_post_vacant(company, ticket):
    company.manager.holder.is_active = False
    company.manager.holder.save()

    sweep(MOMENTS[1])

    assert told(ticket)[1] == company.region_head.pk


def test_the_stand_in_of_a_holder_who_has_left_is_told(company, ticket):
    company.manager.stand_in = StaffFactory()
    company.manager.save()
    company.manager.holder.is_active = False
    company.manager.holder.save()

    sweep(MOMENTS[1])

    assert Notice.objects.get(post=company.manager).staff == company.manager.stand_in


def test_the_stand_in_of_an_absent_holder_is_told(company, ticket):
    stand_in = StaffFactory()
    away(company.manager, MOMENTS[1] + HOUR, stand_in)

    sweep(MOMENTS[1])

    notice = Notice.objects.get(post=company.manager)
    assert notice.staff == stand_in


def test_an_absent_holder_without_stand_in_is_passed_over(company, ticket):
    away(company.manager, MOMENTS[1] + HOUR)

    sweep(MOMENTS[1])

    assert told(ticket)[1] == company.region_head.pk


def test_a_holder_who_is_back_is_told(company, ticket):
    away(company.manager, MOMENTS[1], StaffFactory())

    sweep(MOMENTS[1])

    assert Notice.objects.get(post=company.manager).staff == company.manager.holder


def test_a_post_that_has_ended_is_not_told(company, ticket):
    Post.objects.filter(pk=company.manager.pk).update(valid_until=MOMENTS[1].date())

    sweep(MOMENTS[1])

    assert told(ticket)[1] == company.region_head.pk


def test_a_department_serves_the_unit_it_belongs_to(company, ticket):
    department = make_unit("D1", parent=company.region, level=UnitLevel.DEPARTMENT)
    vacate(company.region_head)
    head = make_post("region_service_head", department)

    sweep(MOMENTS[2])

    assert told(ticket)[2] == head.pk


def test_whoever_the_ticket_names_is_never_told(company, ticket):
    name(ticket, company.manager.holder)

    sweep(MOMENTS[-1])

    assert company.manager.pk not in told(ticket)
    assert not Notice.objects.filter(staff=company.manager.holder).exists()
    assert told(ticket)[1] == company.region_head.pk


def test_the_stand_in_of_somebody_named_is_not_told_either(company, ticket):
    stand_in = StaffFactory()
    away(company.manager, MOMENTS[-1] + HOUR, stand_in)
    name(ticket, company.manager.holder)

    sweep(MOMENTS[-1])

    assert not Notice.objects.filter(staff=stand_in).exists()


def test_a_named_holder_is_not_warned_of_their_own_ticket(company, ticket):
    name(ticket, company.steward.holder)

    sweep(MOMENTS[0])

    assert told(ticket) == [company.manager.pk]


def test_somebody_named_is_passed_over_in_every_post_they_hold(company, ticket):
    for post in (company.region_head, company.region_manager):
        post.holder = company.manager.holder
        post.save()
    name(ticket, company.manager.holder)

    sweep(MOMENTS[-1])

    assert told(ticket) == [company.steward.pk] + [company.executive.pk] * 4


def test_another_ticket_of_the_batch_is_told_as_usual(company, policy):
    named, other = make_tickets(company, policy, 2)
    name(named, company.manager.holder)

    sweep(MOMENTS[1])

    assert told(named)[1] == company.region_head.pk
    assert told(other)[1] == company.manager.pk


def test_with_every_rung_vacant_the_duty_queue_hears(company, ticket):
    for post in (company.manager, company.region_head, company.region_manager, company.executive):
        vacate(post)

    sweep(MOMENTS[-1])

    assert told(ticket) == [company.steward.pk] + [company.duty.pk] * 4


def test_a_duty_officer_who_is_named_hears_of_nothing(company, ticket):
    """One level up does, although the rung of the executive itself is still far away."""
    for post in (company.manager, company.region_head, company.region_manager):
        vacate(post)
    Post.objects.filter(pk=company.executive.pk).update(role=Role.objects.get(code="administrator"))
    name(ticket, company.duty.holder)

    sweep(MOMENTS[-1])

    assert told(ticket) == [company.steward.pk] + [company.executive.pk] * 4
    assert not Notice.objects.filter(staff=company.duty.holder).exists()
    assert not Notice.objects.filter(post=company.duty).exists()


def test_with_nobody_else_at_the_top_the_ticket_waits_for_an_appointment(company, ticket):
    for post in (company.manager, company.region_head, company.region_manager, company.executive):
        vacate(post)
    name(ticket, company.duty.holder)

    assert sweep(MOMENTS[1]) == SweepResult(failed=1)
    assert not Notice.objects.filter(staff=company.duty.holder).exists()

    make_post("duty_officer", company.group)
    assert sweep(MOMENTS[1] + HOUR).fired == 2


def test_of_two_in_one_sweep_each_has_the_last_resort_that_it_does_not_name(company, policy):
    other_officer = make_post("duty_officer", company.group)
    plain, naming = make_tickets(company, policy, 2)
    name(naming, company.duty.holder)
    TicketClock.objects.all().delete()

    sweep(MOMENTS[0])

    assert told(plain, EventKind.REVIEWED) == [company.duty.pk]
    assert told(naming, EventKind.REVIEWED) == [other_officer.pk]


def test_without_any_duty_post_the_ticket_waits_and_is_listed(company, ticket):
    for post in (company.manager, company.region_head, company.region_manager, company.executive):
        vacate(post)
    Post.objects.filter(pk=company.duty.pk).update(valid_until=dt.date(2020, 1, 1))

    assert sweep(MOMENTS[1]) == SweepResult(failed=1)
    assert SweepFailure.objects.get().error_code == "DutyQueueEmpty:duty_queue_empty"
    assert levels(ticket) == []

    Post.objects.filter(pk=company.duty.pk).update(valid_until=None)
    assert sweep(MOMENTS[1] + HOUR).fired == 2
    assert levels(ticket) == list(enumerate(MOMENTS[:2]))


def test_an_unassigned_ticket_warns_the_first_rung(company, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(post=None)

    sweep(MOMENTS[0])

    assert told(ticket) == [company.manager.pk]


def test_an_integrity_report_stays_among_those_who_may_know(company, policy):
    inspector = make_post("discipline_inspector", company.group)
    (ticket,) = make_tickets(company, policy, kind="integrity", post=inspector)

    sweep(MOMENTS[-1])

    assert set(told(ticket)) == {inspector.pk}
    assert TicketEvent.objects.filter(kind=EventKind.ESCALATED).count() == 5


def test_a_privacy_request_stays_with_the_privacy_office(company, policy):
    officer = make_post("privacy_officer", company.group)
    (ticket,) = make_tickets(company, policy, kind="privacy", post=officer)

    sweep(MOMENTS[-1])

    assert set(told(ticket)) == {officer.pk}


def test_each_community_tells_its_own_manager(company, policy):
    (here,) = make_tickets(company, policy)
    (there,) = make_tickets(
        company, policy, unit=company.other_community, post=company.other_steward
    )

    sweep(MOMENTS[1])

    assert told(here) == [company.steward.pk, company.manager.pk]
    assert told(there) == [company.other_steward.pk, company.other_manager.pk]
