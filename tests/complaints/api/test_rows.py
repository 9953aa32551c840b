"""A row of the list is built by hand, for speed; it says what its serializer says."""

import json

import pytest
from rest_framework.renderers import JSONRenderer

from complaints.api.serializers import TicketRowSerializer
from complaints.models import Ticket
from complaints.services import lifecycle
from core.actors import Actor
from tests.complaints.conftest import act, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db


def by_serializer(ticket):
    found = Ticket.objects.for_list().get(pk=ticket.pk)
    return json.loads(JSONRenderer().render(TicketRowSerializer(found).data))


def by_list(caller, ticket):
    rows = caller.get("/api/v1/tickets/").json()["results"]
    (row,) = (row for row in rows if row["id"] == str(ticket.public_id))
    return row


def test_a_ticket_with_running_clocks(agent, company):
    ticket = make_ticket(company)
    row = by_list(agent, ticket)
    assert row == by_serializer(ticket)
    assert [clock["state"] for clock in row["clocks"]] == ["running", "running"]


def test_a_ticket_that_waits_shows_what_remains_of_its_clocks(agent, company):
    steward = Actor.staff(company.steward.holder_id)
    ticket = act(act(make_ticket(company), "accept"), "start")
    lifecycle.wait(
        ticket,
        on="wait_resident",
        until=A_MORNING + minutes(3 * 24 * 60),
        actor=steward,
        at=A_MORNING + minutes(30),
    )
    row = by_list(agent, ticket)
    assert row == by_serializer(ticket)
    assert {clock["due_at"] for clock in row["clocks"]} == {None}
    assert all(float(clock["remaining_minutes"]) > 0 for clock in row["clocks"])


def test_a_ticket_that_has_ended_shows_no_clock(agent, company):
    ticket = make_ticket(company)
    lifecycle.withdraw(ticket, actor=company_agent(company), at=A_MORNING + minutes(5), reason="")
    row = by_list(agent, ticket)
    assert row == by_serializer(ticket)
    assert (row["state"], row["clocks"]) == ("withdrawn", [])


def company_agent(company):
    return Actor.staff(company.agent.holder_id)
