"""A row of the list is built by hand, for speed; it says what its serializer says."""

import json

import pytest
from rest_framework.renderers import JSONRenderer

from complaints.api import shapes
from complaints.api.serializers import TicketCreatedSerializer, TicketRowSerializer
from complaints.danger import Danger
from complaints.enums import DangerKind, State
from complaints.models import Ticket
from tests.complaints.conftest import bring_to
from tests.factories import make_ticket

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
    ticket = bring_to(State.WAITING_RESIDENT, make_ticket(company))
    row = by_list(agent, ticket)
    assert row == by_serializer(ticket)
    assert {clock["due_at"] for clock in row["clocks"]} == {None}
    assert all(float(clock["remaining_minutes"]) > 0 for clock in row["clocks"])


def test_a_ticket_that_has_ended_shows_no_clock(agent, company):
    ticket = bring_to(State.WITHDRAWN, make_ticket(company))
    row = by_list(agent, ticket)
    assert row == by_serializer(ticket)
    assert (row["state"], row["clocks"]) == ("withdrawn", [])


def test_a_create_is_answered_as_its_serializer_says(company):
    ticket = make_ticket(company)
    told = {
        "id": ticket.public_id,
        "reference": ticket.reference,
        "state": ticket.state,
        "severity": ticket.severity,
        "received_at": ticket.received_at,
    }
    gas = Danger(DangerKind.GAS, "煤气味", acute=True)
    for danger in (None, gas):
        by_serializer = TicketCreatedSerializer({**told, "safety_suspected": danger}).data
        assert shapes.created(ticket, danger) == by_serializer
