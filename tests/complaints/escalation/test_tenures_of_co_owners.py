"""Who takes a post that answers for a ticket beside its handler hears of that ticket, once."""

import pytest

from complaints.enums import Severity
from complaints.models import CoOwnership, Ticket
from complaints.services import decisions, lifecycle, tenures
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from notifications import registry
from notifications.models import Message, Notice
from notifications.services.composing import compose
from organisation.services import posts
from tests.complaints.conftest import minutes
from tests.complaints.escalation.world import HOUR, MOMENTS
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

NOW = MOMENTS[2] + HOUR


@pytest.fixture
def owned(company, ticket):
    """Has come up to the region's head of service, who co-owns it and was told."""
    tenures.look(MOMENTS[0] - minutes(1))
    sweep(MOMENTS[2])
    assert CoOwnership.objects.get().post == company.region_head
    return Ticket.objects.for_acting().get(pk=ticket.pk)


@pytest.fixture
def newcomer():
    return StaffFactory(email="newcomer@example.com")


def take(post, person, at=NOW):
    posts.appoint(post, person, actor=SYSTEM, at=at)
    return tenures.look(at)


def sentence(person):
    notice = Notice.objects.get(template=tenures.POST_TAKEN, staff=person)
    registry.load([notice])
    return registry.render(notice).subject


def test_they_hear_how_many_there_are(company, owned, newcomer):
    assert take(company.region_head, newcomer) == 1
    assert "有 0 张未解决工单" in sentence(newcomer)
    assert "另有 1 张工单由其共同负责" in sentence(newcomer)
    assert [tenures.look(NOW + minutes(n)) for n in range(2)] == [0, 0]


def test_whoever_comes_back_had_heard_of_it(company, owned, newcomer):
    first = company.region_head.holder
    take(company.region_head, newcomer)
    assert take(company.region_head, first, at=NOW + HOUR) == 0


def test_of_a_post_of_which_nobody_was_told(company, ticket, newcomer):
    tenures.look(MOMENTS[0] - minutes(1))
    sweep(MOMENTS[2])
    CoOwnership.objects.update(post=company.region_manager)
    assert take(company.region_manager, newcomer) == 1


def test_of_danger_they_hear_in_the_night_too(company, owned, newcomer):
    Ticket.objects.filter(pk=owned.pk).update(severity=Severity.SAFETY)
    take(company.region_head, newcomer)
    assert compose(Message.objects.get(staff=newcomer), NOW).urgent


class TestNothingIsSaid:
    def test_of_what_was_given_back(self, company, owned, newcomer):
        head = Actor.staff(company.region_head.holder_id)
        decisions.give_back(owned, actor=head, order="请项目继续处理", at=NOW)
        assert take(company.region_head, newcomer) == 0

    def test_of_what_is_solved(self, company, owned, newcomer):
        lifecycle.resolve(owned, actor=SYSTEM, reply="好了", at=NOW)
        assert take(company.region_head, newcomer) == 0

    def test_of_an_earlier_time(self, company, owned, newcomer):
        resolved = lifecycle.resolve(owned, actor=SYSTEM, reply="好了", at=NOW)
        lifecycle.reopen(resolved, actor=SYSTEM, reason="又坏了", at=NOW)
        assert take(company.region_head, newcomer) == 0

    def test_of_what_names_them(self, company, owned, newcomer):
        owned.parties.create(staff=newcomer, role="named")
        assert take(company.region_head, newcomer) == 0

    def test_twice_of_what_has_become_their_own(self, company, owned, newcomer):
        head = Actor.staff(company.region_head.holder_id)
        decisions.take_over(owned, actor=head, at=NOW)
        assert take(company.region_head, newcomer) == 1
        assert "有 1 张未解决工单" in sentence(newcomer)
        assert "另有 0 张工单由其共同负责" in sentence(newcomer)
