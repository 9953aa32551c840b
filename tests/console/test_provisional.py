"""A promise that rests on a year whose holidays nobody has announced says so wherever it is."""

import datetime as dt

import pytest
from django.urls import reverse

from core.actors import Actor
from tests.complaints.api.conftest import staff_caller
from tests.console.test_tickets import middle
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db

#: Tuesday, in a year that no notice has arranged
FAR = dt.datetime(2031, 3, 4, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def far(company):
    return make_ticket(company, at=FAR)


def page_of(ticket):
    return reverse("console:ticket", args=[ticket.public_id])


def test_on_the_page_of_a_ticket(agent, far):
    page = agent.open(page_of(far))
    assert "首响（暂定）" in page
    assert "解决（暂定）" in page


def test_not_where_the_year_is_announced(agent, ticket):
    assert "暂定" not in agent.open(page_of(ticket))


def test_where_it_is_read_out_to_the_caller(company, agent):
    ticket = make_ticket(company, actor=Actor.staff(company.agent.holder_id), at=FAR)
    page = agent.open(reverse("console:recorded", args=[ticket.reference]))
    assert "请告诉住户：最迟" in middle(page)
    assert "首响（暂定）" in middle(page)


def test_in_a_list(steward, far):
    assert "（暂定）" in steward.open(reverse("console:work"))


def test_where_a_rule_is_tried_out(administrator, company, monkeypatch):
    monkeypatch.setattr("console.views.settings_routing.database_now", lambda: FAR)
    tried = administrator.open(
        reverse("console:settings_dry_run"),
        kind="complaint",
        category="noise",
        channel="hotline",
        community=company.community.code,
    )
    assert "暂定" in tried


def test_in_the_answer_of_the_api(company, far):
    caller = staff_caller(company.agent.holder)
    said = caller.get(f"/api/v1/tickets/{far.public_id}/").json()
    assert {clock["kind"]: clock["provisional"] for clock in said["clocks"]} == {
        "first_response": True,
        "resolve": True,
    }
    (row,) = caller.get("/api/v1/tickets/").json()["results"]
    assert [clock["provisional"] for clock in row["clocks"]] == [True, True]
