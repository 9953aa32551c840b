"""Webhooks over the API: who may, what is shown once, what is refused in words."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.clock import database_now
from notifications.models import Endpoint, Message
from notifications.services import subscriptions
from notifications.services.delivery import deliver_due
from organisation.models import Unit
from tests.factories import make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db

WEBHOOKS = "/api/v1/webhooks/"


@pytest.fixture(autouse=True)
def _fresh():
    subscriptions.forget()
    yield
    subscriptions.forget()


def caller_of(staff):
    caller = APIClient()
    caller.force_login(staff)
    return caller


@pytest.fixture
def administrator(company):
    return caller_of(make_post("administrator", company.group).holder)


def body(server, **changes):
    return {
        "name": "数据平台",
        "unit": "G",
        "address": server.url,
        "event_kinds": ["ticket.received"],
        **changes,
    }


def test_a_webhook_is_made_shown_rotated_stopped_started_and_replayed(
    company, administrator, receiver
):
    server = receiver("webhook")
    made = administrator.post(WEBHOOKS, body(server))
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    page = f"{WEBHOOKS}{made.json()['id']}"
    (shown,) = administrator.get(WEBHOOKS).json()["results"]
    assert (shown["host"], shown["unit"], shown["active"]) == ("127.0.0.1", "G", True)
    assert "secret" not in shown
    assert "address" not in shown

    rotated = administrator.post(f"{page}/rotate/")
    assert rotated.json()["secret"] != made.json()["secret"]
    assert rotated.json()["former_secret_until"] is not None

    at = database_now()
    make_ticket(company, at=at)
    deliver_due(at)
    again = administrator.post(
        f"{page}/replay/", {"since": (at - dt.timedelta(minutes=1)).isoformat()}
    )
    assert again.json() == {"queued": 1}
    assert administrator.post(f"{page}/stop/").json()["active"] is False
    assert Message.objects.get(channel="webhook").state == "dropped"
    assert administrator.post(f"{page}/start/").json()["active"] is True


def test_the_kinds_are_named(administrator):
    kinds = {row["kind"] for row in administrator.get(f"{WEBHOOKS}kinds/").json()}
    assert {"ticket.received", "ticket.escalated", "ticket.closed"} <= kinds
    assert "ticket.noted" not in kinds


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "http://10.0.0.1/x"}, "address"),
        ({"address": "nonsense"}, "address"),
        ({"event_kinds": ["ticket.noted"]}, "event_kinds"),
        ({"unit": "nowhere"}, "unit"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_refused_is_named(administrator, receiver, changes, field):
    answer = administrator.post(WEBHOOKS, body(receiver("webhook"), **changes))
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Endpoint.objects.exists()


def test_only_who_runs_a_unit_sees_and_changes_its_webhooks(company, administrator, receiver):
    made = administrator.post(WEBHOOKS, body(receiver("webhook"))).json()
    steward = caller_of(company.steward.holder)
    assert steward.get(WEBHOOKS).status_code == 403
    assert steward.post(WEBHOOKS, {}).status_code == 403
    below = caller_of(make_post("administrator", company.community).holder)
    assert below.get(WEBHOOKS).json()["results"] == []
    for verb in ("rotate", "stop", "start"):
        assert below.post(f"{WEBHOOKS}{made['id']}/{verb}/").status_code == 404
    assert Endpoint.objects.get().active


def test_a_resident_is_refused(company):
    from residents.services import devices

    person = make_person(dwelling=company.dwelling)
    caller = APIClient()
    issued = devices.issue(person.subject_id, at=database_now())
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.token}")
    assert caller.get(WEBHOOKS).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_many_as_for_one(administrator, receiver, count):
    server = receiver("webhook")
    for number in range(count):
        administrator.post(WEBHOOKS, body(server, name=f"系统 {number}"))
    assert Unit.objects.exists()
    administrator.get(WEBHOOKS)
    with CaptureQueriesContext(connection) as captured:
        administrator.get(WEBHOOKS)
    assert len(captured) == 3
