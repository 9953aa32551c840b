"""Dead letters, robots and webhooks, sentences and wishes, through the pages alone."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import database_now
from notifications.models import Endpoint, Message, Preference, WordingVersion
from notifications.services import sealed, subscriptions
from privacy.vault.models import LedgerEntry
from tests.console.conftest import Browser
from tests.factories import Company, make_post
from tests.notifications.conftest import notify
from tests.notifications.http_server import DINGTALK_SECRET

pytestmark = pytest.mark.django_db

OUTBOX = "/console/messages/"
ENDPOINTS = "/console/messages/endpoints/"
TEXTS = "/console/messages/texts/"
ASSIGNED = f"{TEXTS}ticket_assigned/post/zh-hans/"


@pytest.fixture
def administrator(people):
    return Browser(people.administrator)


@pytest.fixture(autouse=True)
def _fresh():
    subscriptions.forget()
    yield
    subscriptions.forget()


def die(post, code="smtp_550", **fields):
    notify(post)
    message = Message.objects.latest("pk")
    Message.objects.filter(pk=message.pk).update(
        state="dead", attempts=20, error_code=code, **fields
    )
    return message


# --- dead letters -----------------------------------------------------------------------------


def test_dead_letters_are_listed_with_their_reasons_in_words(administrator, company):
    die(company.manager)
    die(company.steward, "timeout")
    notify(company.engineer)

    page = administrator.open(OUTBOX)

    assert "邮件服务器拒收（550）" in page
    assert "对方没有在时限内应答" in page
    assert company.manager.holder.name in page
    assert f"<span>{company.engineer.holder.name}<" not in page
    assert "重发全部 2 条" in page


def test_the_filter_shows_one_reason(administrator, company):
    die(company.manager)
    die(company.steward, "timeout")

    page = administrator.open(OUTBOX, channel="email", code="timeout")

    assert f"<span>{company.steward.holder.name}<" in page
    assert f"<span>{company.manager.holder.name}<" not in page
    assert "重发全部 1 条" in page


def test_chosen_ones_are_sent_again_under_their_ids(administrator, company):
    chosen, other = die(company.manager), die(company.steward)

    assert administrator.send(OUTBOX, which="chosen", message=chosen.pk).url == OUTBOX

    again = Message.objects.get(pk=chosen.pk)
    assert (again.state, again.attempts, again.error_code) == ("queued", 0, "resent")
    assert again.delivery_id == chosen.delivery_id
    assert again.due_at <= database_now()
    assert Message.objects.get(pk=other.pk).state == "dead"
    assert LedgerEntry.objects.get(kind="messages_resent").object_count == 1


def test_one_is_sent_again_by_its_own_button(administrator, company):
    chosen, other = die(company.manager), die(company.steward)
    administrator.send(OUTBOX, one=chosen.pk)
    assert Message.objects.get(state="queued").pk == chosen.pk
    assert Message.objects.get(state="dead").pk == other.pk


def test_all_of_a_reason_are_sent_again(administrator, company):
    die(company.manager)
    die(company.steward)
    die(company.engineer, "timeout")

    administrator.send(f"{OUTBOX}?channel=email&code=smtp_550", which="all")

    assert Message.objects.filter(state="queued").count() == 2
    assert Message.objects.get(state="dead").error_code == "timeout"


def test_nothing_chosen_is_said(administrator, company):
    die(company.manager)
    administrator.send(OUTBOX, which="chosen")
    assert "请先选择要重发的消息。" in administrator.open(OUTBOX)
    assert Message.objects.get().state == "dead"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_many_as_for_one(administrator, company, rows):
    for post in (company.manager, company.steward, company.engineer)[:rows]:
        die(post)
    administrator.open(OUTBOX)
    with CaptureQueriesContext(connection) as captured:
        administrator.open(OUTBOX)
    assert len(captured) == 5


def test_who_does_not_run_the_desk_sees_none_of_it(company, manager):
    message = die(company.manager)
    for address in (OUTBOX, ENDPOINTS, TEXTS, ASSIGNED):
        assert manager.open(address).status == 403
        assert manager.send(address, message=message.pk, which="all").status in (403, 405)
    assert Message.objects.get().state == "dead"


# --- robots and webhooks ------------------------------------------------------------------------


def endpoint_values(server, **changes):
    return {
        "name": "数据平台",
        "address": server.url,
        "event_kinds": ["ticket.received", "ticket.closed"],
        **changes,
    }


def new_address(company, channel="webhook", unit=None):
    return f"{ENDPOINTS}new/?channel={channel}&unit={(unit or company.group).pk}"


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
    assert company.community.name in first
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


# --- sentences ----------------------------------------------------------------------------------


def whole(page, **changes):
    """The fields of a message's form as they are, with some written anew."""
    form = page.response.context["form"]
    return {**{bound.name: bound.value() for bound in form}, **changes}


def test_every_sentence_is_shown_in_three_languages(administrator, translated):
    page = administrator.open(TEXTS)
    assert "新工单 {单号} 已派给您的岗位。" in page
    assert "工單 {单号}" in page
    assert "Ticket {单号}" in page
    assert "%(reference)s" not in page


def test_a_message_is_previewed_in_each_channel_and_language(administrator, translated):
    received = administrator.open(f"{TEXTS}ticket_received/reporter/zh-hans/")
    assert "1 条计费" in received
    escalated = administrator.open(f"{TEXTS}ticket_escalated/post/en/")
    assert f'action="{TEXTS}ticket_escalated/post/en/"' in escalated
    assert "ticket.escalated" in escalated
    assert "overdue" in escalated
    previews = escalated.response.context["previews"]
    assert [each.language for each in previews] == ["en", "zh-hans", "zh-hant"]
    assert len({each.parts["email_subject"] for each in previews}) == 3
    assert all(each.parts["robot"] for each in previews)


def test_placeholders_are_words_and_stand_beside_the_fields(administrator):
    page = administrator.open(ASSIGNED)
    assert "%(reference)s" not in page
    for word in ("{单号}", "{类别}", "{小区}", "{时限}", "{链接}"):
        assert f'<th scope="row">{word}</th>' in page
    assert 'data-insert="{单号}" data-insert-into="id_sentence" hidden' in page
    assert 'data-insert="{链接}" data-insert-into="id_sentence"' not in page
    assert 'data-insert="{链接}" data-insert-into="id_email_body"' in page


def test_a_message_is_written_part_by_part_and_reverted(administrator, company):
    page = administrator.open(ASSIGNED)
    mine = "请尽快处理工单 {单号}。"
    preview = administrator.send(ASSIGNED, **whole(page, sentence=mine, preview="1"))
    assert "请尽快处理工单" in preview.response.context["previews"][0].parts["sentence"]
    assert not WordingVersion.objects.exists()

    administrator.send(ASSIGNED, **whole(page, sentence=mine, email_subject="您有新工单"))
    written = dict(WordingVersion.objects.values_list("part", "text"))
    assert written == {
        "sentence": "请尽快处理工单 %(reference)s。",
        "email_subject": "您有新工单",
    }
    page = administrator.open(ASSIGNED)
    assert "您有新工单" in page
    administrator.send(ASSIGNED, **whole(page, sentence="工单 {单号} 等您处理。"))
    administrator.send(f"{ASSIGNED}revert/", version="sentence:1")
    texts = WordingVersion.objects.filter(part="sentence").order_by("version")
    assert [each.text for each in texts] == [
        "请尽快处理工单 %(reference)s。",
        "工单 %(reference)s 等您处理。",
        "请尽快处理工单 %(reference)s。",
    ]
    administrator.send(f"{ASSIGNED}revert/", version="sentence:0")
    assert texts.last().text == ""
    for wrong in ("sentence:9", "sentence", "name:1", "sentence:x"):
        assert administrator.send(f"{ASSIGNED}revert/", version=wrong).status == 404


def test_the_history_says_who_wrote_what_when(administrator, people):
    page = administrator.open(ASSIGNED)
    administrator.send(ASSIGNED, **whole(page, email_body="{单号}\n{链接}"))
    history = administrator.open(ASSIGNED)
    assert "<b>邮件正文</b>" in history
    assert f"<span>{people.administrator.name}</span>" in history
    assert "{单号}<br>{链接}" in history


def test_who_wrote_meanwhile_is_not_undone_unseen(administrator, people):
    stale = administrator.open(ASSIGNED)
    administrator.send(ASSIGNED, **whole(stale, sentence="第一 {单号}"))

    refused = administrator.send(ASSIGNED, **whole(stale, sentence="第二 {单号}"))
    assert refused.status == 422
    assert "别人刚改过同一段文字" in refused
    assert "第二 {单号}</textarea>" in refused
    assert "第一 {单号}" in refused.response.context["form"]["email_body"].value()

    administrator.send(ASSIGNED, **whole(refused))
    assert WordingVersion.objects.count() == 2
    assert WordingVersion.objects.latest("pk").text == "第二 %(reference)s"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("没有编号。", "缺少 {单号}。"),
        ("{单号} 是 {姓名} 报的。", "这里不能用 {姓名}；可以用 {单号}、{类别}、{小区}、{时限}。"),
        ("{单号} 完成 }。", "花括号只能成对包住占位符，如 {单号}。"),
        ("", "请填写文字"),
    ],
)
def test_a_text_that_would_break_is_refused_and_kept_in_the_field(administrator, text, fault):
    page = administrator.send(ASSIGNED, **whole(administrator.open(ASSIGNED), sentence=text))
    assert page.status == 422
    assert fault in page
    assert f">\n{text}</textarea>" in page
    assert not WordingVersion.objects.exists()


# --- wishes -------------------------------------------------------------------------------------


def test_staff_choose_how_they_are_told(company, manager):
    assert "每个工作日汇总" in manager.open("/console/notices/preferences/")
    manager.send("/console/notices/preferences/", work="daily", escalation="at_once")

    kept = Preference.objects.filter(staff=company.manager.holder)
    assert set(kept.values_list("topic", "channel", "pace")) == {
        ("work", "email", "daily"),
        ("escalation", "email", "at_once"),
    }
    assert manager.send("/console/notices/preferences/", work="hourly").status == 422
