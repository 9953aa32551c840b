"""Policies, their preview, the dry run, holders and calendars by API."""

import pytest

from complaints.models import Policy
from complaints.services import policy_versions
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
    answer = keeper.post(f"{AT}policies/{CODE}/preview/", PROMISES)
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    assert (found["open_tickets"], found["policy"]["version"]) == (1, 2)
    assert found["policy"]["effective_from"] is None
    wrong = keeper.post(f"{AT}policies/{CODE}/apply/", {"version": 7, "open_tickets": True})
    assert wrong.status_code == 409
    done = keeper.post(f"{AT}policies/{CODE}/apply/", {"version": 2, "open_tickets": True})
    assert done.json()["effective_from"]
    assert Policy.objects.get(code=CODE, version=2).moves_open_clocks


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
    answer = keeper.post(f"{AT}policies/{CODE}/preview/", {**PROMISES, **changes})
    assert answer.status_code == status
    assert policy_versions.draft_of(CODE) is None


def test_an_unknown_policy_is_not_there(keeper, company):
    assert keeper.post(f"{AT}policies/nothing/preview/", PROMISES).status_code == 404
    body = {"version": 2, "open_tickets": True}
    assert keeper.post(f"{AT}policies/{CODE}/apply/", body).status_code == 404


def test_others_may_not(steward, resident, dispatcher, company):
    for caller in (steward, resident):
        assert caller.get(f"{AT}policies/").status_code == 403
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
