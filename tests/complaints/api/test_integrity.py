"""The API's door for those who do not say who they are."""

import uuid

import pytest

from complaints.models import FollowUpCode, Ticket
from complaints.services import lifecycle
from core.actors import Actor
from core.clock import database_now
from core.models import IdempotencyKey, LimitWindow
from tests.factories import make_post

pytestmark = pytest.mark.django_db

REPORTS = "/api/v1/integrity-reports/"
FOLLOW, ADD, REOPEN = f"{REPORTS}follow/", f"{REPORTS}add/", f"{REPORTS}reopen/"


@pytest.fixture(autouse=True)
def inspector(company):
    return make_post("discipline_inspector", company.group)


def post(client, address, body, key=None):
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return client.post(address, body, content_type="application/json", headers=headers)


def test_a_report_is_answered_with_a_code_that_opens_it(client):
    taken = post(client, REPORTS, {"body": "经理收受回扣", "about": "某经理"})
    assert taken.status_code == 201
    opened = post(client, FOLLOW, {"code": taken.json()["follow_up_code"]})
    assert opened.status_code == 200
    assert opened.json()["reference"] == Ticket.objects.get().reference
    assert {entry["by"] for entry in opened.json()["entries"]} <= {"reporter", "system"}


def test_the_same_call_makes_one_report_and_its_code_lies_nowhere(client):
    key = str(uuid.uuid4())
    answers = [post(client, REPORTS, {"body": "一件"}, key).json() for _ in range(2)]
    assert Ticket.objects.count() == 1
    assert FollowUpCode.objects.count() == 2
    for answer in answers:
        assert post(client, FOLLOW, {"code": answer["follow_up_code"]}).status_code == 200
    kept = str(IdempotencyKey.objects.values_list("response", flat=True))
    assert all(answer["follow_up_code"] not in kept for answer in answers)


def test_more_is_added_by_code(client):
    code = post(client, REPORTS, {"body": "一件"}).json()["follow_up_code"]
    added = post(client, ADD, {"code": code, "text": "还有一件"})
    assert added.status_code == 200
    assert added.json()["entries"][-1]["text"] == "还有一件"


def test_a_wrong_code_is_not_found(client):
    answer = post(client, FOLLOW, {"code": "0000-0000-0000-0000"})
    assert (answer.status_code, answer.json()["code"]) == (404, "follow_up_code_unknown")


def test_a_signed_in_resident_is_nobody_here(client, company):
    from core.clock import database_now
    from residents.services import devices
    from tests.factories import make_person

    person = make_person(dwelling=company.dwelling)
    token = devices.issue(person.subject_id, at=database_now()).token
    answer = client.post(
        REPORTS,
        {"body": "一件"},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4()), "Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 201
    assert Ticket.objects.get().reporter.subject_id is None


def test_too_many_from_one_place_are_refused_and_no_address_is_kept(client):
    codes = [post(client, REPORTS, {"body": f"第 {n} 件"}).status_code for n in range(11)]
    assert codes == [201] * 10 + [429]
    row = LimitWindow.objects.get(scope="integrity_report")
    assert b"127.0.0.1" not in bytes(row.bucket)


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "body"), ({"body": "x", "unit": "X1"}, "unit"), ({"body": " "}, "body")],
)
def test_what_is_missing_is_said_by_field(client, body, field):
    answer = post(client, REPORTS, body)
    assert answer.status_code == 400
    assert field in str(answer.json()["errors"])


def test_one_key_of_two_code_holders_is_two_additions(client):
    key = str(uuid.uuid4())
    codes = [post(client, REPORTS, {"body": body}).json()["follow_up_code"] for body in "ab"]
    for code in codes:
        assert post(client, ADD, {"code": code, "text": "还有"}, key).status_code == 200


def test_a_rejection_is_objected_to_by_code_and_once(client, inspector):
    code = post(client, REPORTS, {"body": "一件"}).json()["follow_up_code"]
    lifecycle.reject(
        Ticket.objects.get(),
        actor=Actor.staff(inspector.holder_id),
        reason_code="out_of_scope",
        reply="请向信访部门反映",
        at=database_now(),
    )
    assert post(client, FOLLOW, {"code": code}).json()["allowed_actions"] == ["reopen"]
    assert post(client, ADD, {"code": code, "text": "还有"}).status_code == 409
    empty = post(client, REOPEN, {"code": code, "text": " "})
    assert (empty.status_code, "text" in str(empty.json()["errors"])) == (400, True)
    key = str(uuid.uuid4())
    for _ in range(2):
        objected = post(client, REOPEN, {"code": code, "text": "就是物业的人"}, key)
        assert objected.status_code == 200
    assert (objected.json()["state"], objected.json()["allowed_actions"]) == ("reopened", ["add"])
    assert Ticket.objects.get().cycle == 2
    assert post(client, REOPEN, {"code": code, "text": "再来"}).status_code == 409
