"""Robots over the API, and what both kinds of endpoint can be asked by it: one read, changed and
tried out."""

import pytest

from core.clock import database_now
from notifications.models import Endpoint, Message
from notifications.services import endpoints, queue, subscriptions
from tests.factories import make_post
from tests.notifications.test_api import WEBHOOKS, body, caller_of

pytestmark = pytest.mark.django_db

ROBOTS = "/api/v1/robots/"


@pytest.fixture(autouse=True)
def _fresh():
    subscriptions.forget()
    yield
    subscriptions.forget()


@pytest.fixture
def administrator(company):
    return caller_of(make_post("administrator", company.group).holder)


@pytest.fixture
def robot(company, administrator, receiver):
    return administrator.post(ROBOTS, new(receiver("wecom"))).json()


def new(server, **changes):
    return {"channel": "wecom", "name": "项目群", "unit": "X1", "address": server.url, **changes}


def fields(answer):
    return [each["field"] for each in answer.json()["errors"]]


def read(made):
    return {"If-Match": f'"{endpoints.tag(Endpoint.objects.get(public_id=made["id"]))}"'}


def test_what_it_hears_below_its_unit_is_said_and_not_taken_away_by_who_did_not_see_it(
    administrator, robot
):
    page, seen = f"{ROBOTS}{robot['id']}/", read(robot)
    assert robot["below"] is False
    wide = administrator.put(page, {"name": "片区群", "below": True}, headers=seen).json()
    assert wide["below"] is True
    assert administrator.put(page, {"name": "夜班群"}, headers=seen).status_code == 412


def test_a_robot_is_added_read_changed_stopped_and_started(company, administrator, robot):
    assert (robot["host"], robot["unit"], robot["post"]) == ("127.0.0.1", "X1", None)
    assert not {"address", "secret"} & set(robot)
    page = f"{ROBOTS}{robot['id']}/"
    shown = administrator.get(page)
    assert shown.headers["ETag"] == read(robot)["If-Match"]
    values = {"name": "夜班群", "post": company.steward.pk, "event_kinds": ["ticket_urged"]}
    changed = administrator.put(page, values, headers=read(robot)).json()
    assert (changed["name"], changed["post"]) == ("夜班群", company.steward.pk)
    assert changed["event_kinds"] == ["ticket_urged"]
    assert administrator.post(f"{page}stop/").json()["active"] is False
    assert administrator.post(f"{page}start/").json()["active"] is True
    [row] = administrator.get(ROBOTS).json()["results"]
    assert row["name"] == "夜班群"
    assert administrator.get(WEBHOOKS).json()["results"] == []


def test_a_test_message_says_whether_it_was_taken(administrator, receiver):
    for plan, said in (("accept", ""), ("error", "wecom_40058")):
        made = administrator.post(ROBOTS, new(receiver("wecom", plan))).json()
        answer = administrator.post(f"{ROBOTS}{made['id']}/try/").json()
        assert answer == {"delivered": not said, "code": answer["code"]}
        assert bool(answer["code"]) == bool(said)


def test_what_it_did_not_take_is_queued_anew(administrator, robot):
    endpoint = Endpoint.objects.get()
    at = database_now()
    Message.objects.create(
        channel="wecom", endpoint=endpoint, state="dead", due_at=at, created_at=at
    )
    assert administrator.post(f"{ROBOTS}{robot['id']}/resend/").json() == {"queued": 1}
    assert Message.objects.get().error_code == queue.RESENT


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"address": "http://10.0.0.1/x"}, "address"),
        ({"address": ""}, "address"),
        ({"event_kinds": ["ticket.received"]}, "event_kinds"),
        ({"unit": "nowhere"}, "unit"),
        ({"channel": "webhook"}, "channel"),
        ({"post": 99_999_999}, "post"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_refused_is_named(administrator, receiver, changes, named):
    answer = administrator.post(ROBOTS, new(receiver("wecom"), **changes))
    assert (answer.status_code, fields(answer)) == (400, [named])
    assert not Endpoint.objects.exists()


def test_of_two_editors_the_second_is_told(administrator, robot, receiver):
    page, seen = f"{ROBOTS}{robot['id']}/", read(robot)
    assert administrator.put(page, {"name": "一"}, headers=seen).status_code == 200
    late = administrator.put(page, {"name": "二"}, headers=seen)
    assert (late.status_code, late.json()["tag"]) == (412, read(robot)["If-Match"].strip('"'))
    assert administrator.put(page, {"name": "三"}).status_code == 428
    address = {"name": "一", "address": receiver("wecom").url}
    before = read(robot)
    administrator.put(page, address, headers=before)
    assert administrator.put(page, {"name": "四"}, headers=before).status_code == 412
    assert Endpoint.objects.get().name == "一"


def test_a_webhook_is_read_changed_and_tried(administrator, receiver):
    made = administrator.post(WEBHOOKS, body(receiver("webhook"))).json()
    page = f"{WEBHOOKS}{made['id']}/"
    values = {"name": "账务平台", "event_kinds": ["ticket.closed"]}
    changed = administrator.put(page, values, headers=read(made)).json()
    assert (changed["name"], changed["event_kinds"]) == ("账务平台", ["ticket.closed"])
    assert administrator.get(page).json() == changed
    assert administrator.post(f"{page}try/").json()["delivered"] is True
    assert administrator.post(f"{page}resend/").json() == {"queued": 0}
    empty = administrator.put(page, {"name": "x", "event_kinds": []}, headers=read(made))
    assert fields(empty) == ["event_kinds"]


def test_one_kind_is_not_the_other(administrator, robot, receiver):
    webhook = administrator.post(WEBHOOKS, body(receiver("webhook"))).json()
    for address in (f"{ROBOTS}{webhook['id']}/", f"{WEBHOOKS}{robot['id']}/"):
        assert administrator.get(address).status_code == 404
        for verb in ("stop", "start", "try", "resend"):
            assert administrator.post(f"{address}{verb}/").status_code == 404
    assert administrator.post(f"{WEBHOOKS}{robot['id']}/rotate/").status_code == 404


def test_only_who_runs_a_unit_sees_and_changes_its_robots(company, administrator, robot):
    page = f"{ROBOTS}{robot['id']}/"
    steward = caller_of(company.steward.holder)
    assert steward.get(ROBOTS).status_code == 403
    assert steward.put(page, {"name": "x"}, headers=read(robot)).status_code == 403
    far = caller_of(make_post("administrator", company.far_community).holder)
    assert far.get(ROBOTS).json()["results"] == []
    assert far.put(page, {"name": "x"}, headers=read(robot)).status_code == 404
    for verb in ("stop", "start", "replay", "try", "resend"):
        assert far.post(f"{page}{verb}/").status_code == 404
    assert Endpoint.objects.get().name == "项目群"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_many(
    administrator, receiver, count, django_assert_num_queries
):
    server = receiver("wecom")
    for number in range(count):
        administrator.post(ROBOTS, new(server, name=f"群 {number}"))
    with django_assert_num_queries(3):
        assert len(administrator.get(ROBOTS).json()["results"]) == count
