"""Dead letters are listed and sent again, through the page alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import database_now
from notifications import wordings
from notifications.models import Message
from privacy.vault.models import LedgerEntry
from tests.console.messaging import ASSIGNED, ENDPOINTS, OUTBOX, TEXTS, die
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db


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


def test_of_one_whose_sender_was_cut_off_it_says_what_to_do(administrator, company):
    die(company.manager, "sender_died")
    die(company.steward, "timeout")
    page = administrator.open(OUTBOX)
    assert "发送程序在途中中断，没有记下结果" in page
    assert page.text.count("对方可能已经收到。先查发送服务为何中断") == 1


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
    assert len(captured) == 6


def test_who_does_not_run_the_desk_sees_none_of_it(company, manager):
    message = die(company.manager)
    for address in (OUTBOX, ENDPOINTS, TEXTS, ASSIGNED):
        assert manager.open(address).status == 403
        assert manager.send(address, message=message.pk, which="all").status in (403, 405)
    assert Message.objects.get().state == "dead"


def test_what_each_was_to_tell_is_said_by_the_name_of_its_text(administrator, company):
    message = die(company.manager)
    message.notices.update(template="ticket_assigned")
    label = wordings.find("ticket_assigned", "post").label
    assert f'data-label="内容">{label}<' in administrator.open(OUTBOX)
