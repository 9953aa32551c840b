"""The answer about one ticket is built by hand, for speed; it says what its serializer says."""

import json

import pytest
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from complaints import opened, policies
from complaints.api.serializers import TicketSerializer
from complaints.enums import State
from core.actors import SYSTEM, Actor
from residents.enums import AccountTier
from residents.services import accounts
from tests.complaints.api.conftest import staff_caller
from tests.complaints.conftest import bring_to
from tests.factories import machine_caller, make_machine_key, make_post, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(company):
    return Actor.staff(company.agent.holder_id)


@pytest.fixture
def account(company):
    manager = make_post("key_account_manager", company.group)
    return accounts.create(
        "KA1", "重庆某公司", tier=AccountTier.STANDARD, actor=SYSTEM, manager=manager,
        communities=[company.community],
    )  # fmt: skip


def by_serializer(ticket, actor, handler, *, account=None):
    """As the page reads it."""
    found = opened.ticket_of(actor, ticket.public_id)
    said = {"handler": handler, "account": account}
    said["allowed_actions"] = policies.allowed_actions(actor, found)
    shape = type("Answered", (), {**said, "__getattr__": lambda _, name: getattr(found, name)})
    return json.loads(JSONRenderer().render(TicketSerializer(shape()).data))


def answer(caller, ticket):
    return caller.get(f"/api/v1/tickets/{ticket.public_id}/").json()


def test_a_ticket_with_running_clocks(agent, staff, company):
    ticket = make_ticket(company)
    said = answer(agent, ticket)
    handler = f"{company.steward.role.name} · {company.steward.holder.name}"
    assert said == by_serializer(ticket, staff, handler)
    assert [clock["state"] for clock in said["clocks"]] == ["running", "running"]
    assert list(said) == list(TicketSerializer().fields)


def test_a_ticket_that_waits_shows_what_remains_of_its_clocks(agent, staff, company):
    ticket = bring_to(State.WAITING_RESIDENT, make_ticket(company))
    said = answer(agent, ticket)
    assert said == by_serializer(ticket, staff, said["handler"])
    assert {clock["due_at"] for clock in said["clocks"]} == {None}
    assert said["waits_until"] == timezone.localtime(ticket.next_step_at).isoformat()
    assert all(float(clock["remaining_minutes"]) > 0 for clock in said["clocks"])


def test_a_ticket_that_has_ended_shows_when(agent, staff, company):
    ticket = bring_to(State.CLOSED, make_ticket(company))
    said = answer(agent, ticket)
    assert said == by_serializer(ticket, staff, said["handler"])
    assert said["clocks"] == []
    assert said["waits_until"] is None
    assert said["resolved_at"] <= said["ended_at"]


def test_whose_matter_it_is_colleagues_read_and_machines_do_not(agent, staff, company, account):
    ticket = make_ticket(company, account=account)
    said = answer(agent, ticket)
    assert said == by_serializer(ticket, staff, said["handler"], account=account)
    assert said["account"]["code"] == "KA1"
    machine = machine_caller(make_machine_key("tickets.view"))
    assert answer(machine, ticket) == {**said, "account": None, "allowed_actions": []}


def test_a_resident_reads_whose_role_it_is_and_not_who_holds_it(resident, company):
    ticket = make_ticket(company, reporter_subject=resident.person.subject_id)
    said = answer(resident, ticket)
    actor = Actor.reporter(resident.person.subject_id)
    assert said == by_serializer(ticket, actor, company.steward.role.name)
    assert "withdraw" in said["allowed_actions"]


def test_a_post_that_nobody_holds_is_a_role(company, agent):
    ticket = make_ticket(company)
    company.steward.holder = None
    company.steward.save()
    assert answer(agent, ticket)["handler"] == company.steward.role.name
    ticket.post = None
    ticket.save(update_fields=["post"])
    assert answer(agent, ticket)["handler"] == ""


@pytest.mark.parametrize("state", [State.RECEIVED, State.WAITING_RESIDENT, State.CLOSED])
def test_it_costs_three_statements_whatever_hangs_on_it(
    company, account, state, django_assert_num_queries
):
    """Session; person with grants; the ticket with its clocks."""
    ticket = bring_to(state, make_ticket(company))
    ticket.account = account
    ticket.save(update_fields=["account"])
    for post in (company.agent, company.steward, company.manager):
        caller = staff_caller(post.holder)
        answer(caller, ticket)
        with django_assert_num_queries(3):
            assert answer(caller, ticket)["state"] == state
