"""What a notice says: the company's own sentence, the built-in one, and never more than it may."""

import pytest
from django.utils import translation

from core.actors import Actor
from core.errors import NotAllowed
from notifications import inbox, placeholders, registry, wordings
from notifications.enums import Part
from notifications.models import WordingVersion
from notifications.services import wordings as texts
from notifications.wordings import WordingInvalid
from organisation.enums import Language
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

ASSIGNED = ("ticket_assigned", "post", "zh-hans")
WORDING = wordings.find("ticket_assigned", "post")


@pytest.fixture
def administrator(company):
    return Actor.staff(make_post("administrator", company.group).holder_id)


def message(**changes):
    """The whole message as the form sends it, with some parts written anew."""
    with translation.override("zh-hans"):
        kept = wordings.in_force(WORDING, "zh-hans", texts.in_force())
        shown = {part: placeholders.show(text, WORDING.words()) for part, text in kept.items()}
    return {**shown, **{Part(name): text for name, text in changes.items()}}


def write(actor, seen=None, **changes):
    return texts.change(*ASSIGNED, message(**changes), actor=actor, at=A_MORNING, seen=seen)


def said(post):
    """What the newest notice of a post says in each part."""
    return inbox.of_staff(post.holder_id)[0].rendered


def heard(post):
    return inbox.of_staff(post.holder_id)[0].rendered.subject


def test_the_companys_sentence_is_said_from_then_on(company, administrator, translated):
    ticket = make_ticket(company)
    write(administrator, sentence="请处理 {单号}。")
    assert heard(ticket.post).startswith("请处理 ")

    with translation.override("en"):
        assert "ticket" in heard(ticket.post)

    texts.revert(*ASSIGNED, Part.SENTENCE, 0, actor=administrator, at=A_MORNING)
    assert heard(ticket.post).startswith("新工单 ")


def test_messages_are_in_the_language_of_who_reads_them(company, translated):
    ticket = make_ticket(company)
    with translation.override("zh-hant"):
        assert heard(ticket.post).startswith("新工單 ")


def test_every_sentence_has_its_three_languages(translated):
    """A sentence that is not translated would be the same as the Simplified Chinese one."""
    for wording in wordings.all_wordings():
        said = {}
        for language in Language.values:
            with translation.override(language):
                said[language] = wording.built_in()
        assert len(set(said.values())) == 3, (wording.code, wording.audience)


def test_every_template_has_a_sentence_for_somebody():
    said = {wording.code for wording in wordings.all_wordings()}
    ours = {code for code in registry.template_codes() if code.startswith("ticket_")}
    assert ours <= said


def test_no_sentence_may_name_a_person():
    of_tickets = {"reference", "clock", "level", "category", "unit", "due", "link"}
    of_posts = {"post", "tickets", "call_backs", "actions", "co_owned", "link"}
    for wording in wordings.all_wordings():
        allowed = of_posts if wording.code == "post_taken" else of_tickets
        assert set(wording.names) <= allowed
        assert set(wording.sample_values()) == allowed
        if wording.audience != "post":
            assert not {"unit", "due"} & set(wording.names)


def test_only_who_runs_the_desk_writes_sentences(company):
    with pytest.raises(NotAllowed):
        write(Actor.staff(company.manager.holder_id), sentence="{单号}")
    assert not WordingVersion.objects.exists()


@pytest.mark.parametrize(
    ("part", "text", "fault"),
    [
        ("sentence", "{单号}" + "长" * 200, "最多 200 个字符。"),
        ("sentence", "{单号}\n第二行", "只能写一行。"),
        ("sentence", "{单号}\a", "不能有控制字符。"),
        ("sentence", "没有编号", "缺少 {单号}。"),
        ("sentence", "{单号} {姓名}", "这里不能用 {姓名}"),
        ("sentence", "{单号} {链接}", "这里不能用 {链接}"),
        ("sentence", "{单号} {上报级别}", "这里不能用 {上报级别}"),
        ("sentence", "{单号} }", "花括号只能成对包住占位符，如 {单号}。"),
        ("sentence", "%(reference)s %(password)s", "这里不能用 {password}"),
        ("email_body", "{单号}，没有地址", "缺少 {链接}。"),
        ("email_body", "{单号} {链接}" + "长" * 2000, "最多 2000 个字符。"),
        ("robot", "没有编号", "缺少 {单号}。"),
        ("robot", "", "请填写文字"),
    ],
)
def test_what_would_break_is_refused_beside_its_part(administrator, part, text, fault):
    with pytest.raises(WordingInvalid) as refused:
        write(administrator, **{part: text})
    assert list(refused.value.fields) == [part]
    assert fault in " ".join(str(each) for each in refused.value.fields[part])
    assert not WordingVersion.objects.exists()


def test_nothing_in_a_text_is_a_command(company, administrator):
    """Signs of formatting are signs, and a value is not read again."""
    ticket = make_ticket(company)
    write(administrator, sentence="{单号} 100% %s %d %(x {{".replace("{{", ""))
    assert heard(ticket.post).endswith("100% %s %d %(x")
    values = {"a": "%(b)s{b}", "b": "secret"}
    assert placeholders.fill("%(a)s %(missing)s.", values) == "%(b)s{b} ."
    assert placeholders.fill("{a.__class__} {0}", values) == "{a.__class__} {0}"


def test_placeholders_are_known_in_every_language_and_in_wide_braces(company, administrator):
    text = "A {Number} B ｛單號｝ C { 单号 } D {reference}"
    known = {"reference": {"reference", "单号", "單號", "number"}}
    assert placeholders.read(text, known).text == (
        "A %(reference)s B %(reference)s C %(reference)s D %(reference)s"
    )
    write(administrator, sentence="A ｛单号｝ B { reference }")
    assert WordingVersion.objects.get().text == "A %(reference)s B %(reference)s"


def test_each_word_for_a_placeholder_means_one_thing():
    for wording in wordings.all_wordings():
        for language in Language.values:
            with translation.override(language):
                words = list(wording.words().values())
            assert len(set(words)) == len(words)


def test_each_channel_may_say_it_in_its_own_way(company, administrator):
    ticket = make_ticket(company)
    made = write(
        administrator,
        email_subject="请处理",
        email_body="您好：\n{单号} 已派给您。\n{类别}\n\n查看：{链接}",
        robot="{单号} {小区}",
    )
    assert {version.part for version in made} == {"email_subject", "email_body", "robot"}

    rendered = said(ticket.post)
    number = rendered.values["reference"]
    assert rendered.subject.startswith("新工单 ")
    assert rendered.said(Part.EMAIL_SUBJECT) == "请处理"
    assert rendered.said(Part.ROBOT) == f"{number} {ticket.unit.name}"
    assert rendered.said(Part.EMAIL_BODY) == (
        f"您好：\n{number} 已派给您。\n{ticket.category.name}\n\n查看：{rendered.url}"
    )


def test_channels_without_a_text_of_their_own_follow_the_sentence(company, administrator):
    ticket = make_ticket(company)
    write(administrator, sentence="请处理 {单号}。")
    assert len(WordingVersion.objects.all()) == 1

    rendered = said(ticket.post)
    for part in (Part.EMAIL_SUBJECT, Part.EMAIL_BODY, Part.ROBOT):
        assert rendered.said(part).startswith("请处理 ")
    assert rendered.said(Part.EMAIL_BODY).endswith(rendered.url)


def test_the_built_in_parts_are_the_sentence_and_what_stands_below_it(company):
    rendered = said(make_ticket(company).post)
    below = "\n".join([rendered.subject, rendered.body, rendered.url])
    assert rendered.said(Part.EMAIL_BODY) == rendered.said(Part.ROBOT) == below
    assert rendered.said(Part.EMAIL_SUBJECT) == rendered.subject


def test_a_confidential_matter_shows_its_number_whatever_the_text_asks_for(company, administrator):
    write(administrator, email_body="{单号}\n类别：{类别}\n小区：{小区}\n时限：{时限}\n{链接}")
    ticket = make_ticket(
        company,
        kind="integrity",
        category_code="staff_conduct",
        dwelling=None,
        unit=company.community,
    )
    rendered = said(ticket.post)
    number = rendered.values["reference"]
    assert rendered.said(Part.EMAIL_BODY) == f"{number}\n{rendered.url}"


def test_who_did_not_see_the_newest_text_does_not_undo_it(administrator):
    old = message()
    write(administrator, seen=0, sentence="第一 {单号}")

    def late(seen, **changes):
        stale = {**old, **{Part(name): text for name, text in changes.items()}}
        return texts.change(*ASSIGNED, stale, actor=administrator, at=A_MORNING, seen=seen)

    with pytest.raises(texts.WordingChanged):
        late(0, sentence="第二 {单号}")
    assert [version.part for version in late(0, robot="群里 {单号}")] == ["robot"]
    assert write(administrator, seen=2, sentence="第二 {单号}")[0].version == 2


def test_what_is_as_it_was_is_no_version(administrator):
    assert write(administrator) == []
    assert not WordingVersion.objects.exists()
