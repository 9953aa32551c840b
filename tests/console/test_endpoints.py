"""Robots and webhooks are set up, tried, changed and stopped, through the pages alone."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Endpoint, Message
from notifications.services import sealed
from tests.console.conftest import Browser
from tests.console.messaging import ENDPOINTS, OUTBOX, die
from tests.factories import Company, make_post
from tests.notifications.http_server import DINGTALK_SECRET

pytestmark = pytest.mark.django_db


def endpoint_values(server, **changes):
    return {
        "name": "数据平台",
        "address": server.url,
        "event_kinds": ["ticket.received", "ticket.closed"],
        **changes,
    }


def new_address(company, channel="webhook", unit=None):
    return f"{ENDPOINTS}new/?channel={channel}&unit={(unit or company.group).code}"


def test_a_webhook_is_set_up_and_its_secret_shown_once(administrator, company, receiver):
    page = administrator.send(new_address(company), **endpoint_values(receiver("webhook")))

    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", page.text)[0]
    assert "数据平台" in page
    again = administrator.open(ENDPOINTS)
    assert "whsec_" not in again
    assert "/in?key" not in again
    endpoint = Endpoint.objects.get()
    assert endpoint.event_kinds == ["ticket.closed", "ticket.received"]
    rotated = administrator.send(f"{ENDPOINTS}{endpoint.public_id}/rotate/")
    assert "whsec_" in rotated
    assert secret not in rotated


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    administrator, company, receiver
):
    server = receiver("webhook")
    wrong = endpoint_values(server, address="http://10.0.0.1/x", event_kinds=[])
    page = administrator.send(new_address(company), **wrong)

    assert page.status == 422
    assert "只能是公网的 https 地址" in page
    assert "请选择要订阅的事件。" in page
    assert 'value="数据平台"' in page
    assert not Endpoint.objects.exists()


def add_robot(administrator, company, server, channel="wecom", **values):
    address = new_address(company, channel, company.community)
    answer = administrator.send(address, name="值班群", address=server.url, **values)
    return answer, Endpoint.objects.filter(channel=channel).first()


def test_kind_and_unit_come_first_and_the_questions_follow(administrator, company):
    first = administrator.open(f"{ENDPOINTS}new/")
    assert 'hx-get="/console/settings/units/"' in first
    assert 'name="address"' not in first

    dingtalk = administrator.open(new_address(company, "dingtalk", company.community))
    assert 'name="secret"' in dingtalk
    assert str(company.steward.role) in dingtalk
    assert 'value="ticket_urged"' in dingtalk
    webhook = administrator.open(new_address(company))
    for absent in ('name="secret"', 'name="post"', 'value="ticket_urged"'):
        assert absent not in webhook
    assert 'value="ticket.closed"' in webhook


def test_a_robot_gets_what_was_chosen_for_it(administrator, company, receiver):
    chosen = {"post": company.steward.pk, "event_kinds": ["ticket_urged", "ticket_assigned"]}
    answer, robot = add_robot(administrator, company, receiver("wecom"), **chosen)

    assert answer.url == f"{ENDPOINTS}{robot.public_id}/"
    assert (robot.unit, robot.post) == (company.community, company.steward)
    assert robot.event_kinds == ["ticket_assigned", "ticket_urged"]
    administrator.send(answer.url, name="夜班群", event_kinds=["ticket_escalated"])
    robot.refresh_from_db()
    assert (robot.name, robot.post, robot.event_kinds) == ("夜班群", None, ["ticket_escalated"])


def test_of_two_editors_the_second_is_told_and_loses_nothing(administrator, company, receiver):
    answer, robot = add_robot(administrator, company, receiver("wecom"))
    seen = administrator.open(answer.url).context["tag"]
    administrator.send(answer.url, name="夜班群", seen=seen)
    late = administrator.send(answer.url, name="白班群", seen=seen)
    assert late.status == 412
    assert "刚刚被他人更改" in late
    assert 'value="白班群"' in late
    robot.refresh_from_db()
    assert robot.name == "夜班群"
    assert administrator.send(answer.url, name="白班群", seen=late.context["tag"]).status == 302


def test_a_post_of_another_unit_is_no_choice(administrator, company, receiver):
    answer, robot = add_robot(
        administrator, company, receiver("wecom"), post=company.region_head.pk
    )
    assert answer.status == 422
    assert robot is None


def test_an_address_and_a_secret_are_written_and_never_read(administrator, company, receiver):
    server, other = receiver("dingtalk"), receiver("dingtalk")
    answer, robot = add_robot(administrator, company, server, "dingtalk", secret=DINGTALK_SECRET)
    page = administrator.open(answer.url)
    assert DINGTALK_SECRET not in page
    assert "/in?key" not in page

    administrator.send(answer.url, name="群", secret="")
    kept = sealed.target_of(Endpoint.objects.get(), robot.created_at)
    assert (kept.address, kept.secrets) == (server.url, (DINGTALK_SECRET,))
    administrator.send(answer.url, name="群", address=other.url, secret="SECnew")
    kept = sealed.target_of(Endpoint.objects.get(), robot.created_at)
    assert (kept.address, kept.secrets) == (other.url, ("SECnew",))


def test_a_wrong_change_is_said_and_changes_nothing(administrator, company, receiver):
    answer, _robot = add_robot(administrator, company, receiver("wecom"))
    page = administrator.send(answer.url, name="新名", address="http://10.0.0.1/x")
    assert page.status == 422
    assert "只能是公网的 https 地址" in page
    assert 'value="新名"' in page
    assert Endpoint.objects.get().name == "值班群"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "deed", "said"),
    [
        ("wecom", "accept", "测试消息已送达"),
        ("wecom", "error", "企业微信拒绝（40058）"),
        ("dingtalk", "fast", "钉钉拒绝（130101）"),
        ("webhook", "gone", "对方的服务器应答 410"),
        ("webhook", "accept", "测试消息已送达"),
    ],
)
def test_a_test_message_shows_what_became_of_it(receiver, kind, deed, said):
    company = Company()
    administrator = Browser(make_post("administrator", company.group).holder)
    server = receiver(kind, deed)
    secret = {"secret": DINGTALK_SECRET} if kind == "dingtalk" else {}
    kinds = ["ticket.closed"] if kind == "webhook" else []
    administrator.send(
        new_address(company, kind), name="群", address=server.url, event_kinds=kinds, **secret
    )
    endpoint = Endpoint.objects.get()

    answer = administrator.send(f"{ENDPOINTS}{endpoint.public_id}/try/")

    assert said in administrator.open(answer.url)
    (request,) = server.requests
    assert ("测试消息" in request["body"]) is (kind != "webhook")
    endpoint.refresh_from_db()
    assert endpoint.active
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_tests_are_fewer_than_a_robot_takes(receiver):
    company = Company()
    administrator = Browser(make_post("administrator", company.group).holder)
    server = receiver("wecom")
    administrator.send(new_address(company, "wecom"), name="群", address=server.url)
    address = f"{ENDPOINTS}{Endpoint.objects.get().public_id}/"
    for _ in range(12):
        administrator.send(f"{address}try/")
    assert "操作过于频繁" in administrator.open(address)
    assert len(server.requests) <= 10  # five in each of at most two minutes


def test_the_dead_letters_of_one_endpoint_are_shown_and_sent_again(
    administrator, company, receiver
):
    answer, robot = add_robot(administrator, company, receiver("wecom"))
    other = die(company.manager)
    mine = [die(company.manager, "wecom_93000") for _ in range(2)]
    Message.objects.filter(pk__in=[each.pk for each in mine]).update(
        staff=None, endpoint=robot, channel="wecom"
    )
    assert "重发全部 2 条" in administrator.open(answer.url)
    assert "2 条未送达" in administrator.open(ENDPOINTS)
    page = administrator.open(OUTBOX, endpoint=robot.public_id)
    assert "只显示发给“值班群”的。" in page
    assert f"<span>{company.manager.holder.name}<" not in page

    administrator.send(f"{answer.url}resend/")

    assert Message.objects.get(state="dead").pk == other.pk
    assert Message.objects.filter(state="queued", endpoint=robot).count() == 2


def test_who_runs_a_part_sees_the_dead_letters_of_its_endpoints_alone(
    administrator, company, receiver
):
    _answer, robot = add_robot(administrator, company, receiver("wecom"))
    to_person, to_robot = die(company.manager), die(company.manager)
    Message.objects.filter(pk=to_robot.pk).update(staff=None, endpoint=robot, channel="wecom")
    below = Browser(make_post("administrator", company.community).holder)
    elsewhere = Browser(make_post("administrator", company.other_region).holder)

    page = below.open(OUTBOX)
    assert "值班群" in page
    assert f"<span>{company.manager.holder.name}<" not in page
    assert "值班群" not in elsewhere.open(OUTBOX)
    for browser in (below, elsewhere):
        browser.send(OUTBOX, one=to_person.pk)
    assert Message.objects.get(pk=to_person.pk).state == "dead"
    elsewhere.send(OUTBOX, which="all")
    assert Message.objects.get(pk=to_robot.pk).state == "dead"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_endpoints_asks_as_often_for_many_as_for_one(
    administrator, company, receiver, rows
):
    server = receiver("wecom")
    for _ in range(rows):
        add_robot(administrator, company, server, post=company.steward.pk)
    administrator.open(ENDPOINTS)
    with CaptureQueriesContext(connection) as captured:
        administrator.open(ENDPOINTS)
    assert len(captured) == 6


def test_it_is_stopped_and_started(administrator, company, receiver):
    administrator.send(new_address(company), **endpoint_values(receiver("webhook")))
    endpoint = Endpoint.objects.get()
    administrator.send(f"{ENDPOINTS}{endpoint.public_id}/stop/")
    assert not Endpoint.objects.get().active
    administrator.send(f"{ENDPOINTS}{endpoint.public_id}/start/")
    assert Endpoint.objects.get().active
    assert administrator.send(f"{ENDPOINTS}{endpoint.public_id}/explode/").status == 404


def test_below_the_unit_of_an_endpoint_it_is_not_seen(company, administrator, receiver):
    administrator.send(new_address(company), **endpoint_values(receiver("webhook")))
    endpoint = Endpoint.objects.get()
    below = Browser(make_post("administrator", company.community).holder)

    assert "数据平台" not in below.open(ENDPOINTS)
    assert below.send(f"{ENDPOINTS}{endpoint.public_id}/stop/").status == 404
