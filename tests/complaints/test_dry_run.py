"""A dry run says what intake would do, and does nothing."""

import pytest

from complaints.enums import ClockKind
from complaints.models import Category, RoutingRule, Ticket, TicketClock
from complaints.services import catalogue, dry_run, routing
from organisation.services import posts
from tests.complaints.conftest import minutes
from tests.factories import A_MORNING, StaffFactory, make_ticket

pytestmark = pytest.mark.django_db


def facts(company, **fields):
    return routing.Facts(
        **{
            "kind": "complaint",
            "category": Category.objects.get(code="noise"),
            "severity": "ordinary",
            "channel": "hotline",
            "tier": "",
            "unit": company.community,
            **fields,
        }
    )


def test_says_which_rule_matches_and_why_earlier_ones_do_not(company):
    found = dry_run.run(facts(company), at=A_MORNING)
    assert found.route.rule.position == 620
    why = {miss.rule.position: miss.fields for miss in found.misses}
    assert why[100] == ("kind",)
    assert why[200] == ("severity",)
    assert why[300] == ("tier",)
    assert max(why) < 620


def test_two_reasons_are_both_said(company):
    RoutingRule.objects.create(
        position=1, category_code="lifts", unit=company.far_community, policy_code="safety"
    )
    [miss] = [m for m in dry_run.run(facts(company), at=A_MORNING).misses if m.rule.position == 1]
    assert miss.fields == ("category", "unit")


def test_says_who_would_get_it_and_whether_that_is_a_stand_in(company):
    deputy = StaffFactory()
    found = dry_run.run(facts(company), at=A_MORNING)
    assert (found.post, found.holder) == (company.steward, company.steward.holder)
    assert not found.by_stand_in
    posts.stand_in(
        company.steward,
        deputy,
        until=A_MORNING + minutes(600),
        actor=posts_keeper(),
        at=A_MORNING,
    )
    found = dry_run.run(facts(company), at=A_MORNING)
    assert (found.holder, found.by_stand_in) == (deputy, True)


def posts_keeper():
    from core.actors import SYSTEM

    return SYSTEM


def test_its_due_times_are_those_that_intake_gives(company):
    found = {each.kind: each.due_at for each in dry_run.run(facts(company), at=A_MORNING).promises}
    made = TicketClock.objects.filter(ticket=make_ticket(company)).values_list("kind", "due_at")
    assert found == dict(made)
    assert ClockKind.RESOLVE in found


def test_of_a_ticket_it_passes_over_whom_the_ticket_names(company):
    ticket = make_ticket(company, named_staff=[company.steward.holder_id])
    known = Ticket.objects.for_acting().get(pk=ticket.pk)
    assert dry_run.of_ticket(known, at=A_MORNING).post == ticket.post == company.manager


def test_it_writes_nothing(company):
    before = Ticket.objects.count(), TicketClock.objects.count()
    dry_run.run(facts(company), at=A_MORNING)
    assert (Ticket.objects.count(), TicketClock.objects.count()) == before


def test_a_rule_without_conditions_catches_all(company):
    last = catalogue.current().rules[-1]
    assert routing.catches_all(last)
    assert not routing.catches_all(RoutingRule(kind="complaint"))
    assert not routing.catches_all(RoutingRule(unit=company.group))
