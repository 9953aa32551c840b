"""Requests by API: idempotent, proven by a code, scoped."""

from __future__ import annotations

import itertools
import json

import pytest

from core.errors import InvalidTransition
from privacy.rights.enums import RequestState
from privacy.rights.models import PrivacyRequest
from tests.rights.conftest import NEW_NAME, PHONE, code_in

pytestmark = pytest.mark.django_db

REQUESTS = "/api/v1/privacy/requests/"
_keys = itertools.count(1)


def ask(client, key=None, **wish):
    wish = wish or {"kind": "correct", "field": "name", "value": NEW_NAME}
    return client.post(REQUESTS, wish, headers={"Idempotency-Key": key or f"key-{next(_keys)}"})


def proven(client, codes, wanted):
    sent = client.post(f"{REQUESTS}{wanted['id']}/code/")
    assert sent.status_code == 202
    proof = {"id": sent.json()["id"], "code": code_in(codes)}
    return client.post(f"{REQUESTS}{wanted['id']}/verify/", proof)


def test_a_correction_is_asked_for_and_proven(me, codes, office):
    asked = ask(me)
    assert asked.status_code == 201
    assert asked.json()["state"] == "identity_pending"
    answer = proven(me, codes, asked.json())
    assert (answer.status_code, answer.json()["state"]) == (200, "verified")
    assert codes[-1][0] == f"+86{PHONE}"


def test_a_deletion_is_asked_for(me, office):
    body = ask(me, kind="delete").json()
    assert (body["kind"], body["field"]) == ("delete", "")
    assert me.get(f"{REQUESTS}{body['id']}/").json() == body


def test_no_answer_repeats_the_value(me, office):
    assert NEW_NAME not in json.dumps(ask(me, key="once").json(), ensure_ascii=False)
    assert NEW_NAME not in json.dumps(me.get(REQUESTS).json(), ensure_ascii=False)


def test_the_same_key_makes_one_request(me, office):
    first, again = ask(me, key="once"), ask(me, key="once")
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert PrivacyRequest.objects.count() == 1


def test_without_a_key_nothing_is_taken_in(me, office):
    answer = me.post(REQUESTS, {"kind": "delete"})
    assert answer.status_code == 400
    assert not PrivacyRequest.objects.exists()


def test_the_same_wish_under_another_key_is_a_conflict(me, office):
    ask(me)
    answer = ask(me)
    assert (answer.status_code, answer.json()["code"]) == (409, "same_request_open")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "correct", "field": "phone", "value": "123"}, "value"),
        ({"kind": "correct", "field": "name", "value": ""}, "value"),
        ({"kind": "correct", "value": "x"}, "field"),
        ({"kind": "correct", "field": "shoe_size", "value": "43"}, "field"),
        ({"kind": "explain"}, "kind"),
        ({"kind": "delete", "colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(me, office, wish, field):
    answer = ask(me, **wish)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not PrivacyRequest.objects.exists()


def test_a_wrong_code_is_refused_and_proves_nothing(me, codes, office):
    wanted = ask(me).json()
    sent = me.post(f"{REQUESTS}{wanted['id']}/code/").json()
    wrong = "000000" if code_in(codes) != "000000" else "000001"
    address = f"{REQUESTS}{wanted['id']}/verify/"
    answer = me.post(address, {"id": sent["id"], "code": wrong})
    assert (answer.status_code, answer.json()["code"]) == (400, "code_refused")
    assert PrivacyRequest.objects.get().state == RequestState.IDENTITY_PENDING


def test_what_is_proven_is_not_proven_again(me, codes, office):
    wanted = ask(me).json()
    proven(me, codes, wanted)
    answer = proven(me, codes, wanted)
    assert (answer.status_code, answer.json()["code"]) == (409, "request_not_at_this_step")


def test_the_limit_of_codes_holds(me, codes, office, settings):
    settings.CODE_PER_NUMBER_PER_HOUR = 1
    wanted = ask(me).json()
    me.post(f"{REQUESTS}{wanted['id']}/code/")
    answer = me.post(f"{REQUESTS}{wanted['id']}/code/")
    assert answer.status_code == 429
    assert "retry_at" in answer.json()


@pytest.mark.parametrize("page", ["", "code/", "verify/"])
def test_the_request_of_somebody_else_is_not_there(me, neighbour, office, page):
    address = f"{REQUESTS}{ask(me).json()['id']}/{page}"
    if page:
        proof = {"id": "00000000-0000-0000-0000-000000000001", "code": "123456"}
        assert neighbour.post(address, proof if page == "verify/" else {}).status_code == 404
    else:
        assert neighbour.get(address).status_code == 404
    assert neighbour.get(REQUESTS).json()["results"] == []


def test_staff_read_the_requests_of_their_units_and_ask_on_pages(me, officer, company, client):
    ask(me)
    assert len(officer.get(REQUESTS).json()["results"]) == 1
    assert ask(officer, kind="delete").status_code == 403
    client.force_login(company.steward.holder)
    assert client.get(REQUESTS).json()["results"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long(me, office, count, django_assert_num_queries):
    wishes = [("name", NEW_NAME), ("email", "new@desk.example"), ("language", "en")]
    for field, value in wishes[:count]:
        ask(me, kind="correct", field=field, value=value)
    me.get(REQUESTS)
    # the device and the page
    with django_assert_num_queries(2):
        assert len(me.get(REQUESTS).json()["results"]) == count


def test_a_list_is_paged(me, office):
    for field, value in [("name", NEW_NAME), ("email", "new@desk.example"), ("language", "en")]:
        ask(me, kind="correct", field=field, value=value)
    first = me.get(REQUESTS, {"size": 2}).json()
    second = me.get(REQUESTS, {"size": 2, "cursor": first["next"]}).json()
    fields = [row["field"] for row in first["results"] + second["results"]]
    assert fields == ["language", "email", "name"]
    assert second["next"] is None


def test_an_error_with_a_code_of_its_own_is_answered_as_its_kind():
    from core.api.problems import handle

    class Locked(InvalidTransition):
        code = "locked"

    answer = handle(Locked(), {})
    assert (answer.status_code, answer.data["code"]) == (409, "locked")
