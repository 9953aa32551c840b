"""Call-backs and key accounts by API."""

import pytest

from complaints.enums import Severity, State
from complaints.models import Ticket
from core.clock import database_now
from residents.enums import AccountTier
from residents.models import KeyAccount
from tests.complaints.api.conftest import staff_caller
from tests.complaints.conftest import bring_to
from tests.complaints.pictures import evidence_of
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


def test_urged_and_supervised_tickets_can_be_asked_for(company, agent, steward):
    manager = staff_caller(company.manager.holder)
    quiet, pressed = make_ticket(company), make_ticket(company)
    assert agent.act(pressed.public_id, "urge").status_code == 200
    assert manager.act(pressed.public_id, "supervise", 2, text="盯紧").status_code == 200
    for name in ("urged", "supervised"):
        found = agent.get(f"/api/v1/tickets/?{name}=true").json()["results"]
        assert [row["id"] for row in found] == [str(pressed.public_id)]
    everything = agent.get("/api/v1/tickets/").json()["results"]
    assert {row["id"] for row in everything} == {str(quiet.public_id), str(pressed.public_id)}
    assert steward.act(pressed.public_id, "supervise", 3).status_code == 403


def test_more_time_is_asked_for_and_granted_by_api(company, steward):
    from core.clock import database_now

    manager = staff_caller(company.manager.holder)
    ticket = make_ticket(company, at=database_now())
    ticket = bring_to(State.IN_PROGRESS, ticket, at=database_now())
    body = {"text": "等配件", "reason_code": "spare_parts", "minutes": 60}
    asked = steward.act(ticket.public_id, "ask_extension", ticket.version, **body)
    assert asked.status_code == 200, asked.json()
    own = steward.act(ticket.public_id, "grant_extension", ticket.version + 1)
    assert own.status_code == 403
    before = {clock["kind"]: clock["due_at"] for clock in asked.json()["clocks"]}
    granted = manager.act(ticket.public_id, "grant_extension", ticket.version + 1).json()
    after = {clock["kind"]: clock["due_at"] for clock in granted["clocks"]}
    assert after["resolve"] > before["resolve"]
    assert after["first_response"] == before["first_response"]


def test_a_ticket_is_returned_by_api(company, steward):
    ticket = make_ticket(company)
    missing = steward.act(ticket.public_id, "return", text="不在本小区")
    assert [error["field"] for error in missing.json()["errors"]] == ["reason_code"]
    told = {"text": "不在本小区", "reason_code": "wrong_place"}
    bare = steward.act(ticket.public_id, "return", **told)
    assert (bare.status_code, bare.json()["code"]) == (409, "evidence_missing")
    assert [error["field"] for error in bare.json()["errors"]] == ["draft"]
    draft = evidence_of(company.steward.holder.actor, database_now())
    done = steward.act(ticket.public_id, "return", **told, draft=str(draft)).json()
    assert (done["state"], "return" in done["allowed_actions"]) == ("received", False)


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
