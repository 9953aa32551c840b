"""The compiled queue answers as `visible_to` does, and a right that ends is missed at once."""

from datetime import date, timedelta

import pytest

from complaints import newest
from complaints.models import Ticket, TicketParty
from core import paging
from core.actors import NOBODY, Actor
from organisation.enums import UnitLevel
from organisation.models import Building, Dwelling
from tests.factories import A_MORNING, make_ticket, make_unit

pytestmark = pytest.mark.django_db


def home_in(unit, room="1-101"):
    building = Building.objects.create(unit=unit, name="9 栋")
    return Dwelling.objects.create(building=building, room=room)


@pytest.fixture
def tickets(company):
    """Seven in three communities, two of them at the same moment."""
    homes = [company.dwelling, home_in(company.other_community), home_in(company.far_community)]
    minutes = (0, 1, 1, 2, 3, 4, 5)
    return [
        make_ticket(company, dwelling=homes[n % 3], at=A_MORNING + timedelta(minutes=minute))
        for n, minute in enumerate(minutes)
    ]


def seen_by(actor):
    return [row.id for row in newest.page(actor, size=50, cursor=None).rows]


@pytest.mark.parametrize("post", ["agent", "region_head", "steward", "other_steward"])
def test_every_piece_is_what_the_plain_question_gives(company, tickets, post):
    actor = getattr(company, post).holder.actor
    rows = Ticket.objects.visible_to(actor).for_rows()
    cursors = [None]
    while cursors:
        cursor = cursors.pop()
        piece = newest.page(actor, size=2, cursor=cursor)
        assert piece == paging.page(rows, order=newest.ORDER, size=2, cursor=cursor)
        cursors += [piece.next_cursor] if piece.next_cursor else []
        if piece.previous_cursor:
            back = newest.page(actor, size=2, cursor=piece.previous_cursor)
            assert back == paging.page(
                rows, order=newest.ORDER, size=2, cursor=piece.previous_cursor
            )


def test_staff_without_a_post_and_nobody_see_nothing(company, tickets):
    company.steward.holder, before = None, company.steward.holder
    company.steward.save()
    assert seen_by(before.actor) == seen_by(NOBODY) == []


def test_a_machine_sees_what_its_key_names(company, tickets):
    from tests.factories import make_machine_key

    key = make_machine_key("tickets.view", unit_codes=("X1",)).key
    assert set(seen_by(Actor.machine(key.pk))) == {tickets[n].pk for n in (0, 3, 6)}


def test_a_post_that_ended_shows_nothing_at_the_next_request(company, tickets):
    actor = company.steward.holder.actor
    assert len(seen_by(actor)) == 3
    company.steward.valid_until = date(2001, 1, 1)
    company.steward.save()
    assert seen_by(actor) == []


def test_whom_a_ticket_names_misses_it_at_the_next_request(company, tickets):
    actor = company.steward.holder.actor
    assert tickets[0].pk in seen_by(actor)
    TicketParty.objects.create(ticket=tickets[0], staff=company.steward.holder, role="named")
    assert tickets[0].pk not in seen_by(actor)
    assert tickets[0].pk in seen_by(company.agent.holder.actor)


def test_what_comes_to_lie_below_a_unit_is_seen_at_the_next_request(company, tickets):
    actor = company.steward.holder.actor
    before = seen_by(actor)
    below = make_unit("X1a", parent=company.community, level=UnitLevel.DEPARTMENT)
    ticket = make_ticket(company, dwelling=home_in(below))
    assert set(seen_by(actor)) == {*before, ticket.pk}


def test_a_question_is_made_once_for_all_communities(company, tickets):
    newest._question.cache_clear()
    for post in (company.steward, company.other_steward, company.far_steward):
        seen_by(post.holder.actor)
    assert newest._question.cache_info().misses == 1
