"""A group hears how much lies with a post that somebody takes, of what everybody may know of."""

import pytest

from complaints.enums import Kind, Severity
from complaints.models import Ticket
from complaints.services import tenures
from core.actors import SYSTEM
from notifications.enums import Channel
from notifications.models import Message
from notifications.services import endpoints
from notifications.services.composing import NotToSend, compose
from notifications.services.endpoints import NewEndpoint
from organisation.services import posts
from tests.complaints.conftest import minutes
from tests.factories import A_MORNING, StaffFactory, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staff")]

LATER = A_MORNING + minutes(60)


@pytest.fixture
def newcomer():
    return StaffFactory(email="newcomer@example.com")


@pytest.fixture
def group(company):
    """A chat group of the whole company that wants to hear who takes which post."""
    robot = NewEndpoint(
        Channel.WECOM,
        "值班群",
        "https://8.8.8.8/robot",
        company.group,
        event_kinds=[tenures.POST_TAKEN],
        below=True,
    )
    return endpoints.create(robot, actor=SYSTEM, at=A_MORNING)[0]


def lie_with(post, *tickets):
    Ticket.objects.filter(pk__in=[each.pk for each in tickets]).update(post=post)


def take(post, person):
    posts.appoint(post, person, actor=SYSTEM, at=LATER)
    assert tenures.look(LATER) == 1


def composed_for(**recipient):
    return compose(Message.objects.get(**recipient), LATER)


def read_by(**recipient):
    return composed_for(**recipient).outgoing.body


@pytest.fixture(params=[Kind.INTEGRITY, Kind.PRIVACY])
def gated(request, company):
    category = "integrity" if request.param == Kind.INTEGRITY else "privacy"
    return make_ticket(company, kind=request.param, category_code=category, actor=SYSTEM)


def test_a_group_does_not_read_how_many_protected_matters_lie_there(
    company, gated, group, newcomer
):
    lie_with(company.inspector, gated, make_ticket(company))
    take(company.inspector, newcomer)
    assert "有 2 张未解决工单" in read_by(staff=newcomer)
    assert "有 1 张未解决工单" in read_by(endpoint=group)


@pytest.mark.parametrize("solved_meanwhile", [False, True])
def test_of_protected_matters_alone_it_hears_nothing_as_if_there_were_none(
    company, gated, group, newcomer, solved_meanwhile
):
    lie_with(company.inspector, gated)
    take(company.inspector, newcomer)
    if solved_meanwhile:
        lie_with(company.duty, gated)
    with pytest.raises(NotToSend, match="confidential"):
        read_by(endpoint=group)


def test_of_what_everybody_may_know_of_it_reads_all(company, group, newcomer):
    make_ticket(company)
    take(company.steward, newcomer)
    assert read_by(endpoint=group) == read_by(staff=newcomer)


class TestWhetherItWaitsForTheMorning:
    """A group that is woken learns that there is danger where it may not know of any."""

    def test_not_for_a_protected_matter_of_safety(self, company, gated, group, newcomer):
        Ticket.objects.filter(pk=gated.pk).update(severity=Severity.SAFETY)
        lie_with(company.inspector, gated, make_ticket(company))
        take(company.inspector, newcomer)
        assert composed_for(staff=newcomer).urgent
        assert not composed_for(endpoint=group).urgent

    def test_nor_for_one_that_names_somebody_whom_the_group_may_hold(
        self, company, group, newcomer
    ):
        about = make_ticket(company, severity=Severity.SAFETY)
        about.parties.create(staff=company.engineer.holder, role="named")
        lie_with(company.steward, about, make_ticket(company))
        take(company.steward, newcomer)
        assert composed_for(staff=newcomer).urgent
        assert "有 2 张未解决工单" in read_by(staff=newcomer)
        assert not composed_for(endpoint=group).urgent
        assert "有 1 张未解决工单" in read_by(endpoint=group)

    def test_but_for_one_of_which_everybody_may_know(self, company, gated, group, newcomer):
        danger = make_ticket(company, severity=Severity.SAFETY)
        lie_with(company.inspector, gated, danger)
        take(company.inspector, newcomer)
        assert composed_for(endpoint=group).urgent

    def test_what_it_reads_is_in_the_order_of_what_it_may_know(self, company, gated, group):
        """Else the first of several would be the one that is urgent for another reason."""
        Ticket.objects.filter(pk=gated.pk).update(severity=Severity.SAFETY)
        lie_with(company.agent, gated, make_ticket(company))
        lie_with(company.steward, make_ticket(company))
        for post in (company.agent, company.steward):
            posts.appoint(post, StaffFactory(), actor=SYSTEM, at=LATER)
        assert tenures.look(LATER) == 2
        said = read_by(endpoint=group)
        assert said.index(str(company.steward.role)) < said.index(str(company.agent.role))
