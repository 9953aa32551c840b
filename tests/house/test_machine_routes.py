"""No route of the API opens to a key that is not good, or shows anything to one without rights."""

from __future__ import annotations

import datetime as dt

import pytest

from core.machine_secrets import MachineSecret
from tests.factories import machine_caller, make_machine_key, make_ticket
from tests.house.test_routes import PUBLIC, ROUTES

pytestmark = pytest.mark.django_db

API = [(name, address) for name, address in ROUTES if address.startswith("/api/v1/")]
CLOSED = [route for route in API if route[0] not in PUBLIC]
METHODS = ("get", "post", "patch", "delete")
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
#: what answers whoever is signed in: reference data, an empty list, a place for one's own photos
OPEN_TO_ALL = {
    ("categories", "get"), ("communities", "get"), ("tickets", "get"), ("drafts", "post"),
    ("alerts", "get"), ("corrective-actions", "get"), ("repeats", "get"), ("group-matters", "get"),
    ("queues", "get"), ("environment-figures", "get"), ("environment-summaries", "get"),
    ("privacy-purposes", "get"), ("privacy-requests", "get"),
}  # fmt: skip
LISTS = (
    "tickets", "privacy-requests", "alerts", "corrective-actions", "repeats", "group-matters",
    "environment-summaries",
)  # fmt: skip


def test_the_walk_sees_the_api():
    assert len(CLOSED) > 30


def _refused_keys():
    issued = make_machine_key("tickets.view")
    yield "wrong", machine_caller(text=MachineSecret.new(issued.key.key_id).text)
    yield "unknown", machine_caller(text=MachineSecret.new().text)
    yield "cut off", machine_caller(text=issued.text[:-1])
    yield "expired", machine_caller(make_machine_key("tickets.view", expires_at=LONG_AGO))
    yield "revoked", machine_caller(make_machine_key("tickets.view", revoked_at=LONG_AGO))


def test_a_key_that_is_not_good_opens_no_route(company, monkeypatch):
    monkeypatch.setattr("core.services.machine_keys.FAILURES_PER_HOUR", 1_000_000)
    for why, caller in _refused_keys():
        for name, address in CLOSED:
            for method in METHODS:
                answer = getattr(caller, method)(address)
                assert answer.status_code in (401, 405), (why, name, method, answer.status_code)


@pytest.mark.parametrize(
    ("scope", "unit"),
    [("calls.report", "G"), ("tickets.view", "X3")],
    ids=["without the scope", "outside its units"],
)
def test_a_key_without_rights_sees_and_changes_nothing(company, scope, unit):
    ticket = make_ticket(company)  # what would leak
    caller = machine_caller(make_machine_key(scope, unit_codes=[unit]))
    for name, address in CLOSED:
        for method in METHODS:
            send = getattr(caller, method)
            answer = send(address, headers={"Idempotency-Key": f"{name}-{method}"})
            where, said = (name, method, answer.status_code), answer.content.decode()
            refused = answer.status_code in (400, 403, 404, 405, 415, 428)
            assert refused or (name, method) in OPEN_TO_ALL, where
            if method == "get" and name in LISTS and not refused:
                assert answer.json()["results"] == [], where
            assert ticket.reference not in said, where
            assert str(ticket.public_id) not in said, where
    for inner in ("", "timeline/"):
        assert caller.get(f"/api/v1/tickets/{ticket.public_id}/{inner}").status_code == 404
    acted = caller.post(
        f"/api/v1/tickets/{ticket.public_id}/actions/note/",
        {"text": "x"},
        headers={"If-Match": '"1"'},
    )
    assert acted.status_code == 404


def test_a_key_reports_inside_its_units_alone(company):
    caller = machine_caller(make_machine_key("tickets.create", unit_codes=["X1"]))
    body = {"kind": "repair", "category": "noise", "channel": "app", "body": "x", "unit": "X1"}
    headers = {"Idempotency-Key": "in"}
    assert caller.post("/api/v1/tickets/", body, headers=headers).status_code == 201
    far = caller.post("/api/v1/tickets/", {**body, "unit": "X3"}, headers={"Idempotency-Key": "o"})
    assert far.status_code == 400
    assert [each["field"] for each in far.json()["errors"]] == ["unit"]


def test_the_document_names_the_key_and_its_form(client):
    shown = client.get("/api/v1/schema/?format=json").json()
    scheme = shown["components"]["securitySchemes"]["machineKey"]
    assert (scheme["scheme"], scheme["bearerFormat"]) == ("bearer", "jk_<id>_<secret>")
    for path, methods in shown["paths"].items():
        for operation in methods.values():
            if isinstance(operation, dict) and operation.get("security"):
                assert {"machineKey": []} in operation["security"] or {} in operation["security"], (
                    path
                )
