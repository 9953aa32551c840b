"""Dead letters, robots and webhooks, sentences and wishes, through the pages alone."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import database_now
from notifications.models import Endpoint, Message, Preference, WordingVersion
from notifications.services import subscriptions
from privacy.vault.models import LedgerEntry
from tests.console.conftest import Browser
from tests.factories import make_post
from tests.notifications.conftest import notify

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
    assert (again.state, again.attempts, again.error_code) == ("queued", 0, "")
    assert again.delivery_id == chosen.delivery_id
    assert again.due_at <= database_now()
    assert Message.objects.get(pk=other.pk).state == "dead"
    assert LedgerEntry.objects.get(kind="messages_resent").object_count == 1


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
    assert len(captured) == 6


def test_who_does_not_run_the_desk_sees_none_of_it(company, manager):
    message = die(company.manager)
    for address in (OUTBOX, ENDPOINTS, TEXTS, ASSIGNED):
        assert manager.open(address).status == 403
        assert manager.send(address, message=message.pk, which="all").status in (403, 405)
    assert Message.objects.get().state == "dead"


# --- robots and webhooks ------------------------------------------------------------------------


def endpoint_values(company, server, **changes):
    return {
        "channel": "webhook",
        "name": "数据平台",
        "unit": company.group.pk,
        "address": server.url,
        "event_kinds": ["ticket.received", "ticket.closed"],
        **changes,
    }


def test_a_webhook_is_set_up_and_its_secret_shown_once(administrator, company, receiver):
    page = administrator.send(ENDPOINTS, **endpoint_values(company, receiver("webhook")))

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
    wrong = endpoint_values(company, server, address="http://10.0.0.1/x", event_kinds=[])
    page = administrator.send(ENDPOINTS, **wrong)

    assert page.status == 422
    assert "只能是公网的 https 地址" in page
    assert "请选择要订阅的事件。" in page
    assert 'value="数据平台"' in page
    assert not Endpoint.objects.exists()


def test_it_is_stopped_and_started(administrator, company, receiver):
    administrator.send(ENDPOINTS, **endpoint_values(company, receiver("webhook")))
    endpoint = Endpoint.objects.get()
    administrator.send(f"{ENDPOINTS}{endpoint.public_id}/stop/")
    assert not Endpoint.objects.get().active
    administrator.send(f"{ENDPOINTS}{endpoint.public_id}/start/")
    assert Endpoint.objects.get().active
    assert administrator.send(f"{ENDPOINTS}{endpoint.public_id}/explode/").status == 404


def test_below_the_unit_of_an_endpoint_it_is_not_seen(company, administrator, receiver):
    administrator.send(ENDPOINTS, **endpoint_values(company, receiver("webhook")))
    endpoint = Endpoint.objects.get()
    below = Browser(make_post("administrator", company.community).holder)

    assert "数据平台" not in below.open(ENDPOINTS)
    assert below.send(f"{ENDPOINTS}{endpoint.public_id}/stop/").status == 404


# --- sentences ----------------------------------------------------------------------------------


def test_every_sentence_is_shown_in_three_languages(administrator, translated):
    page = administrator.open(TEXTS)
    assert "新工单 %(reference)s 已派给您的岗位。" in page
    assert "工單 %(reference)s" in page
    assert "Ticket %(reference)s" in page


def test_a_sentence_is_previewed_in_each_channel(administrator, translated):
    received = administrator.open(f"{TEXTS}ticket_received/reporter/zh-hans/")
    assert "1 条计费" in received
    escalated = administrator.open(f"{TEXTS}ticket_escalated/post/en/")
    assert f'action="{TEXTS}ticket_escalated/post/en/"' in escalated
    assert "ticket.escalated" in escalated
    assert "overdue" in escalated


def test_a_sentence_is_written_and_reverted(administrator, company):
    mine = "请尽快处理工单 %(reference)s。"
    preview = administrator.send(ASSIGNED, text=mine, preview="1")
    assert "请尽快处理工单" in preview
    assert not WordingVersion.objects.exists()

    administrator.send(ASSIGNED, text=mine)
    administrator.send(ASSIGNED, text="工单 %(reference)s 等您处理。")
    administrator.send(f"{ASSIGNED}revert/", version="1")
    assert list(WordingVersion.objects.order_by("version").values_list("text", flat=True)) == [
        mine,
        "工单 %(reference)s 等您处理。",
        mine,
    ]
    administrator.send(f"{ASSIGNED}revert/", version="0")
    assert WordingVersion.objects.latest("version").text == ""
    assert administrator.send(f"{ASSIGNED}revert/", version="9").status == 404


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("没有编号。", "缺少占位符：reference"),
        ("%(reference)s 是 %(name)s 报的。", "不能使用的占位符：name"),
        ("%(reference)s 完成 100%。", "百分号只能用于占位符"),
        ("", "请填写文字"),
    ],
)
def test_a_sentence_that_would_break_is_refused_and_kept_in_the_field(administrator, text, fault):
    page = administrator.send(ASSIGNED, text=text)
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
