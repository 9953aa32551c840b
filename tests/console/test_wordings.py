"""Whole messages are written, previewed and put back, and staff choose how they are told."""

import pytest

from notifications.models import Preference, WordingVersion
from tests.console.messaging import ASSIGNED, TEXTS

pytestmark = pytest.mark.django_db


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


def test_staff_choose_how_they_are_told(company, manager):
    assert "每个工作日汇总" in manager.open("/console/notices/preferences/")
    manager.send("/console/notices/preferences/", work="daily", escalation="at_once")

    kept = Preference.objects.filter(staff=company.manager.holder)
    assert set(kept.values_list("topic", "channel", "pace")) == {
        ("work", "email", "daily"),
        ("escalation", "email", "at_once"),
    }
    assert manager.send("/console/notices/preferences/", work="hourly").status == 422
