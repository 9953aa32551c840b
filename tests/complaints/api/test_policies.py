"""Policies, their preview, the dry run, holders and calendars by API."""

import pytest

from complaints.models import Policy
from complaints.services import policy_versions, recomputation
from core.clock import database_now
from privacy.vault.enums import LedgerKind
from privacy.vault.models import LedgerEntry
from tests.complaints.api.conftest import staff_caller
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db

AT = "/api/v1/"
CODE = "complaint_ordinary"
PROMISES = {
    "durations": [
        {"clock": "acknowledge", "minutes": 5, "basis": "wall"},
        {"clock": "first_response", "minutes": 60, "basis": "working"},
        {"clock": "resolve", "minutes": 900, "basis": "working"},
        {"clock": "segment", "minutes": 240, "basis": "working"},
    ],
    "ladder": [
        {"clock": "resolve", "level": 0, "percent": 80},
        {"clock": "resolve", "level": 1, "after_minutes": 0, "role": "project_manager"},
    ],
}


@pytest.fixture
def keeper(company):
    return staff_caller(make_post("administrator", company.group).holder)


def read():
    return {"If-Match": f'"{policy_versions.tag(CODE)}"'}


@pytest.fixture
def dispatcher(company):
    return staff_caller(company.dispatcher.holder)


def test_policies_tell_what_is_promised(keeper, company):
    rows = keeper.get(f"{AT}policies/").json()
    [row] = [row for row in rows if row["code"] == CODE]
    assert {"clock": "resolve", "minutes": 1350, "basis": "working"} in row["durations"]
    assert len([step for step in row["ladder"] if step["clock"] == "resolve"]) == 5


def test_a_version_is_previewed_and_applied(keeper, company):
    make_ticket(company)
    answer = keeper.post(f"{AT}policies/{CODE}/preview/", PROMISES, headers=read())
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    assert (found["open_tickets"], found["policy"]["version"]) == (1, 2)
    assert found["policy"]["effective_from"] is None
    assert keeper.get(f"{AT}policies/{CODE}/preview/").json() == found
    there, seen = f"{AT}policies/{CODE}/apply/", {"If-Match": answer.headers["ETag"]}
    wrong = keeper.post(there, {"version": 7, "open_tickets": True}, headers=seen)
    assert wrong.status_code == 409
    done = keeper.post(there, {"version": 2, "open_tickets": True}, headers=seen)
    assert done.json()["effective_from"]
    assert Policy.objects.get(code=CODE, version=2).moves_open_clocks
    [job] = keeper.get(f"{AT}recomputations/").json()["results"]
    assert (job["cause"], job["state"], job["done"]) == (f"policy:{CODE}:2", "running", 0)
    recomputation.run()
    [job] = keeper.get(f"{AT}recomputations/").json()["results"]
    assert job["done"] == 1


def test_one_policy_tells_its_versions_and_what_is_prepared(keeper, company):
    keeper.post(f"{AT}policies/{CODE}/preview/", PROMISES, headers=read())
    answer = keeper.get(f"{AT}policies/{CODE}/")
    found = answer.json()
    assert (found["in_force"]["version"], found["prepared"]["version"]) == (1, 2)
    assert [row["version"] for row in found["versions"]] == [2, 1]
    assert answer.headers["ETag"] == read()["If-Match"]


def test_what_is_prepared_can_be_given_up(keeper, company):
    keeper.post(f"{AT}policies/{CODE}/preview/", PROMISES, headers=read())
    answer = keeper.delete(f"{AT}policies/{CODE}/preview/", headers=read())
    assert answer.json()["prepared"] is None
    assert keeper.delete(f"{AT}policies/{CODE}/preview/", headers=read()).status_code == 404


def test_of_two_editors_the_second_is_told(keeper, company):
    seen = read()
    keeper.post(f"{AT}policies/{CODE}/preview/", PROMISES, headers=seen)
    shorter = {**PROMISES, "ladder": []}
    looked = read()
    late = keeper.post(f"{AT}policies/{CODE}/preview/", shorter, headers=seen)
    assert late.status_code == 412
    assert late.json()["tag"] == policy_versions.tag(CODE)
    keeper.post(f"{AT}policies/{CODE}/preview/", shorter, headers=looked)
    body = {"version": 2, "open_tickets": True}
    for answer in (
        keeper.post(f"{AT}policies/{CODE}/apply/", body, headers=looked),
        keeper.delete(f"{AT}policies/{CODE}/preview/", headers=looked),
    ):
        assert answer.status_code == 412
    assert policy_versions.draft_of(CODE) is not None
    assert keeper.post(f"{AT}policies/{CODE}/preview/", PROMISES).status_code == 428


def test_each_step_is_in_the_ledger(keeper, company):
    for _ in range(2):
        keeper.post(f"{AT}policies/{CODE}/preview/", PROMISES, headers=read())
    keeper.delete(f"{AT}policies/{CODE}/preview/", headers=read())
    entries = LedgerEntry.objects.filter(kind=LedgerKind.POLICY_CHANGED).order_by("pk")
    assert [each.reason_code for each in entries] == ["prepared", "prepared", "discarded"]


def test_a_mistake_is_named_as_the_body_names_it(keeper, company):
    ladder = [{"clock": "resolve", "level": 0}]
    body = {"durations": PROMISES["durations"][1:], "ladder": ladder}
    answer = keeper.post(f"{AT}policies/{CODE}/preview/", body, headers=read())
    assert {each["field"] for each in answer.json()["errors"]} == {
        "durations.acknowledge", "ladder.resolve.0",
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_progress_costs_the_same_for_many(keeper, company, count, django_assert_num_queries):
    at = database_now()
    for number in range(count):
        recomputation.order(f"policy:{CODE}:{number}", at=at)
    with django_assert_num_queries(3):
        assert len(keeper.get(f"{AT}recomputations/").json()["results"]) == count


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"durations": []}, 400),
        ({"ladder": [{"clock": "resolve", "level": 0, "percent": 80, "role": "nobody"}]}, 400),
        ({"ladder": [{"clock": "resolve", "level": 0}]}, 400),
        ({"unknown": 1}, 400),
    ],
)
def test_what_cannot_be_promised_is_refused(keeper, company, changes, status):
    answer = keeper.post(f"{AT}policies/{CODE}/preview/", {**PROMISES, **changes}, headers=read())
    assert answer.status_code == status
    assert policy_versions.draft_of(CODE) is None


def test_an_unknown_policy_is_not_there(keeper, company):
    there = f"{AT}policies/nothing/"
    assert keeper.post(f"{there}preview/", PROMISES, headers=read()).status_code == 404
    assert keeper.get(there).status_code == 404
    body = {"version": 2, "open_tickets": True}
    assert keeper.post(f"{AT}policies/{CODE}/apply/", body, headers=read()).status_code == 404


def test_others_may_not(steward, resident, dispatcher, company):
    for caller in (steward, resident):
        assert caller.get(f"{AT}policies/").status_code == 403
        assert caller.get(f"{AT}policies/{CODE}/").status_code == 403
        assert caller.get(f"{AT}recomputations/").status_code == 403
        assert caller.delete(f"{AT}policies/{CODE}/preview/").status_code == 403
        assert caller.get(f"{AT}calendars/").status_code == 403
        assert caller.post(f"{AT}policies/{CODE}/preview/", PROMISES).status_code == 403
    assert dispatcher.get(f"{AT}policies/").status_code == 200
    assert dispatcher.post(f"{AT}policies/{CODE}/preview/", PROMISES).status_code == 403


def test_a_dry_run_of_a_described_ticket(dispatcher, company):
    body = {"kind": "complaint", "category": "noise", "channel": "hotline", "unit": "X1"}
    found = dispatcher.post(f"{AT}routing/dry-run/", body).json()
    assert found["position"] == 620
    assert {"position": 100, "differs_in": ["kind"]} in found["passed_over"]
    assert found["post"] == str(company.steward)
    assert [each["clock"] for each in found["promises"]][-1] == "resolve"


def test_a_dry_run_names_what_is_not_there(dispatcher, company):
    body = {"kind": "complaint", "category": "noise", "channel": "hotline", "unit": "X9"}
    assert dispatcher.post(f"{AT}routing/dry-run/", body).status_code == 400


def test_a_dry_run_of_a_ticket_keeps_to_its_scope(dispatcher, steward, company):
    ticket = make_ticket(company)
    named = make_ticket(company, named_staff=[company.dispatcher.holder_id])
    assert dispatcher.get(f"{AT}tickets/{ticket.public_id}/dry-run/").status_code == 200
    assert dispatcher.get(f"{AT}tickets/{named.public_id}/dry-run/").status_code == 404
    assert steward.get(f"{AT}tickets/{ticket.public_id}/dry-run/").status_code == 403


def test_holders_are_told_to_staff_alone(steward, resident, company):
    ticket = make_ticket(company, reporter_subject=resident.person.subject_id)
    [held] = steward.get(f"{AT}tickets/{ticket.public_id}/holders/").json()
    assert (held["post"], held["until"], held["basis"]) == (str(company.steward), None, "working")
    assert resident.get(f"{AT}tickets/{ticket.public_id}/holders/").status_code == 403


def test_calendars_tell_their_years_and_which_are_missing(keeper, company):
    [row] = keeper.get(f"{AT}calendars/").json()
    assert (row["code"], row["unit"]) == ("cn", None)
    assert 2026 in [each["year"] for each in row["years"]]
