"""Links, merges and corrective actions by API."""

import datetime as dt

import pytest
from django.test import Client

from complaints.models import CorrectiveAction, TicketLink
from core.clock import database_now
from organisation.services.posts import local_date
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def signed_in(post):
    client = Client()
    client.force_login(post.holder, backend="organisation.auth.PostBackend")
    return client


def send(client, address, body, version=None):
    headers = {} if version is None else {"if-match": f'"{version}"'}
    return client.post(address, body, "application/json", headers=headers)


def test_links_are_made_listed_and_taken_away_within_scope(company):
    ticket, other = make_ticket(company), make_ticket(company)
    steward, stranger = signed_in(company.steward), signed_in(company.far_steward)
    address = f"/api/v1/tickets/{ticket.public_id}/links/"
    body = {"relation": "caused_by", "other": other.reference}
    made = send(steward, address, body, 1)
    assert made.status_code == 201
    (row,) = steward.get(f"/api/v1/tickets/{other.public_id}/links/").json()["results"]
    assert (row["relation"], row["direction"], row["reference"]) == (
        "caused_by", "to_here", ticket.reference,
    )  # fmt: skip
    assert stranger.get(address).status_code == 404
    far = make_ticket(company, dwelling=None, unit=company.far_community)
    refused = send(steward, address, {"relation": "relates_to", "other": far.reference}, 2)
    assert refused.status_code == 400
    gone = steward.delete(f"{address}{row['id']}/", headers={"if-match": '"2"'})
    assert gone.status_code == 204
    assert not TicketLink.objects.standing().exists()


def test_merging_is_an_action_with_the_number_of_the_main_ticket(company):
    ticket, main = make_ticket(company), make_ticket(company)
    manager = signed_in(company.manager)
    address = f"/api/v1/tickets/{ticket.public_id}/actions"
    merged = send(manager, f"{address}/merge/", {"other": main.reference}, 1)
    assert (merged.status_code, merged.json()["state"]) == (200, "merged")
    back = send(manager, f"{address}/unmerge/", {}, merged.json()["version"])
    assert (back.status_code, back.json()["state"]) == (200, "assigned")


def test_a_corrective_action_goes_from_plan_to_verified(company):
    ticket = make_ticket(company)
    manager, engineer = signed_in(company.manager), signed_in(company.engineer)

    due_on = (local_date(database_now()) + dt.timedelta(days=5)).isoformat()
    body = {"root_cause": "process.missing", "post": company.engineer.pk, "due_on": due_on}
    address = f"/api/v1/tickets/{ticket.public_id}/actions/plan_action/"
    assert send(manager, address, body, 1).status_code == 400
    assert send(manager, address, {**body, "text": "编写巡检表"}, 1).status_code == 200
    step = f"/api/v1/corrective-actions/{CorrectiveAction.objects.get().public_id}/actions"
    assert send(manager, f"{step}/complete/", {"text": "好了"}).status_code == 403
    assert send(engineer, f"{step}/complete/", {"text": "已编写"}).status_code == 200
    assert send(manager, f"{step}/verify/", {}).json()["state"] == "verified"
    listed = manager.get("/api/v1/corrective-actions/", {"state": "verified"}).json()
    assert len(listed["results"]) == 1
    assert signed_in(company.far_steward).get("/api/v1/corrective-actions/").json()["results"] == []


def test_a_corrective_action_is_handed_over(company):
    ticket = make_ticket(company)
    manager, steward = signed_in(company.manager), signed_in(company.steward)
    due_on = (local_date(database_now()) + dt.timedelta(days=5)).isoformat()
    planned = {
        "root_cause": "process.missing",
        "post": company.engineer.pk,
        "due_on": due_on,
        "text": "编写巡检表",
    }
    send(manager, f"/api/v1/tickets/{ticket.public_id}/actions/plan_action/", planned, 1)
    (row,) = manager.get("/api/v1/corrective-actions/").json()["results"]
    assert (row["allowed_actions"], row["handed_over_at"]) == (["hand_over"], None)
    address = f"/api/v1/corrective-actions/{row['id']}/actions/hand_over/"
    body = {"post": company.steward.pk, "text": "原负责人调岗"}

    for wrong in ({"text": "x"}, {**body, "post": 0}, {**body, "post": company.other_steward.pk}):
        refused = send(manager, address, wrong)
        assert refused.status_code == 400
        assert [error["field"] for error in refused.json()["errors"]] == ["post"]
    for any_post in (company.steward.pk, 0):  # who may not is not told which posts there are
        refused = send(signed_in(company.engineer), address, {**body, "post": any_post})
        assert refused.status_code == 403
    assert send(signed_in(company.far_steward), address, body).status_code == 404

    over = send(manager, address, body).json()
    assert (over["owner"], over["due_on"]) == (str(company.steward), due_on)
    assert over["handed_over_at"] is not None
    (mine,) = steward.get("/api/v1/corrective-actions/").json()["results"]
    assert mine["allowed_actions"] == ["complete"]


def test_corrective_actions_are_paged_by_their_day(company):
    manager, due_on = signed_in(company.manager), local_date(database_now())
    for days in (3, 2, 2):
        body = {
            "root_cause": "process.missing",
            "post": company.engineer.pk,
            "due_on": (due_on + dt.timedelta(days=days)).isoformat(),
            "text": "改流程",
        }
        address = f"/api/v1/tickets/{make_ticket(company).public_id}/actions/plan_action/"
        assert send(manager, address, body, 1).status_code == 200
    seen, asked = [], {"size": 1}
    while True:
        page = manager.get("/api/v1/corrective-actions/", asked).json()
        seen += [row["due_on"] for row in page["results"]]
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
    assert seen == [(due_on + dt.timedelta(days=days)).isoformat() for days in (2, 2, 3)]
