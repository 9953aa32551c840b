"""The lists that staff work from, by API."""

import datetime as dt

import pytest

from complaints.enums import State
from complaints.models import TicketParty
from complaints.queues import QUEUES
from complaints.services import escalation
from core.clock import database_now
from tests.complaints.api.conftest import staff_caller
from tests.complaints.conftest import bring_to
from tests.factories import make_person, make_ticket

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def manager(company):
    return staff_caller(company.manager.holder)


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


def said(*tickets):
    return [str(ticket.public_id) for ticket in tickets]


def test_queues_are_those_of_the_pages(steward):
    rows = steward.get("/api/v1/queues/").json()
    assert [row["code"] for row in rows] == list(QUEUES)
    assert steward.get("/api/v1/queues/nothing/").status_code == 404


def test_every_queue_answers_its_page(company, manager):
    make_ticket(company)
    for code in QUEUES:
        answer = manager.get(f"/api/v1/queues/{code}/")
        assert set(answer.json()) == {"results", "next", "previous"}, code


def test_mine_is_what_lies_with_my_posts(company, steward, manager):
    mine = make_ticket(company, at=database_now())
    far = make_ticket(company, dwelling=None, unit=company.far_community)
    assert ids(steward.get("/api/v1/queues/mine/")) == said(mine)
    assert ids(manager.get("/api/v1/queues/mine/")) == []
    assert ids(manager.get("/api/v1/queues/all/")) == said(mine)
    assert str(far.public_id) not in manager.get("/api/v1/queues/all/").content.decode()


def test_due_first_is_paged_also_past_what_never_runs_out(company, steward):
    early = make_ticket(company, at=database_now() - 2 * HOUR)
    late = make_ticket(company, at=database_now())
    first = steward.get("/api/v1/queues/mine/", {"size": 1}).json()
    rest = steward.get("/api/v1/queues/mine/", {"size": 1, "cursor": first["next"]})
    assert [row["id"] for row in first["results"]] + ids(rest) == said(early, late)


class TestEscalations:
    def test_are_what_came_up_to_my_posts(self, company, steward, manager):
        ticket = make_ticket(company, at=database_now())
        assert ids(manager.get("/api/v1/escalations/")) == []
        escalation.sweep(ticket.clocks.get(kind="resolve").due_at)
        assert ids(manager.get("/api/v1/escalations/")) == said(ticket)
        assert steward.get("/api/v1/escalations/").status_code == 403
        assert ids(staff_caller(company.other_manager.holder).get("/api/v1/escalations/")) == []

    def test_one_that_names_me_by_now_is_not_there(self, company, manager):
        ticket = make_ticket(company, at=database_now())
        escalation.sweep(ticket.clocks.get(kind="resolve").due_at)
        TicketParty.objects.create(ticket=ticket, staff=company.manager.holder, role="named")
        assert ids(manager.get("/api/v1/escalations/")) == []


class TestCallBacks:
    @pytest.fixture
    def called(self, company):
        person = make_person(dwelling=company.dwelling).subject_id

        def make():
            ticket = make_ticket(company, severity="serious", reporter_subject=person)
            return bring_to(State.RESOLVED, ticket)

        return make

    def test_are_offered_to_those_who_may_make_them(self, company, agent, steward, called):
        ticket = called()
        (row,) = agent.get("/api/v1/callbacks/").json()["results"]
        assert (row["ticket"]["id"], row["reason"], row["cycle"]) == (
            str(ticket.public_id), "policy", 1,
        )  # fmt: skip
        assert row["mine"] is True
        assert steward.get("/api/v1/callbacks/").status_code == 403
        TicketParty.objects.create(ticket=ticket, staff=company.agent.holder, role="named")
        assert agent.get("/api/v1/callbacks/").json()["results"] == []

    @pytest.mark.parametrize("count", [1, 3])
    def test_cost_the_same_for_many(self, agent, called, count, django_assert_num_queries):
        for _ in range(count):
            called()
        with django_assert_num_queries(6):
            answer = agent.get("/api/v1/callbacks/")
        assert len(answer.json()["results"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_queue_costs_the_same_for_many(company, steward, count, django_assert_num_queries):
    for _ in range(count):
        make_ticket(company)
    with django_assert_num_queries(6):
        answer = steward.get("/api/v1/queues/mine/")
    assert len(answer.json()["results"]) == count
