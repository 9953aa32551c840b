"""Call-backs and key accounts by API."""

import pytest

from complaints.enums import Severity, State
from complaints.models import Ticket
from residents.enums import AccountTier
from residents.models import KeyAccount
from tests.complaints.api.conftest import staff_caller
from tests.complaints.conftest import bring_to
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def solved(company, resident):
    ticket = make_ticket(
        company, severity=Severity.SERIOUS, reporter_subject=resident.person.subject_id
    )
    return bring_to(State.RESOLVED, ticket)


def address(ticket):
    return f"/api/v1/tickets/{ticket.public_id}/callbacks/"


def post(caller, ticket, **body):
    return caller.post(
        address(ticket), body, format="json", headers={"If-Match": f'"{ticket.version}"'}
    )


def test_an_attempt_is_recorded_and_read_back(agent, resident, company, solved):
    answer = post(agent, solved, result="satisfied", text="很满意")
    assert (answer.status_code, answer.json()["state"]) == (200, "resolved")
    (row,) = agent.get(address(solved)).json()["results"]
    assert (row["state"], row["cycle"]) == ("satisfied", 1)
    assert [(each["result"], each["by"]) for each in row["attempts"]] == [
        ("satisfied", company.agent.holder.name)
    ]
    (mine,) = resident.get(address(solved)).json()["results"]
    assert (mine["state"], mine["attempts"]) == ("satisfied", [])


def test_a_reason_is_asked_for_by_field(agent, solved):
    answer = post(agent, solved, result="not_satisfied")
    assert answer.status_code == 400


def test_out_of_scope_is_not_there(stranger, solved):
    assert stranger.get(address(solved)).status_code == 404
    assert post(stranger, solved, result="satisfied").status_code == 404


def test_who_may_not_call_is_refused(steward, solved):
    assert post(steward, solved, result="satisfied").status_code == 403
    assert Ticket.objects.get(pk=solved.pk).state == State.CALL_BACK


def test_key_accounts_and_their_quarter(company):
    department = make_post("key_account_manager", company.group)
    account = KeyAccount.objects.create(
        code="KA1", name="重庆某公司", tier=AccountTier.STANDARD, manager=department
    )
    account.communities.add(company.community)
    make_ticket(company, account=account)
    make_ticket(company)
    caller = staff_caller(department.holder)
    (row,) = caller.get("/api/v1/key-accounts/").json()["results"]
    assert (row["code"], row["open_tickets"]) == ("KA1", 1)
    found = caller.get("/api/v1/key-accounts/quarters/2026-1/").json()
    assert (found["complaints"], len(found["tickets"])) == (1, 1)
    empty = caller.get("/api/v1/key-accounts/quarters/2025-4/").json()
    assert (empty["complaints"], empty["tickets"]) == (0, [])
    assert {each["kind"]: each["count"] for each in empty["by_kind"]}["complaint"] == 0
    assert caller.get("/api/v1/key-accounts/quarters/2025-9/").status_code == 404


def test_key_accounts_are_for_those_who_look_after_them(steward, resident):
    for caller in (steward, resident):
        assert caller.get("/api/v1/key-accounts/").status_code == 403
        assert caller.get("/api/v1/key-accounts/quarters/2026-1/").status_code == 403
