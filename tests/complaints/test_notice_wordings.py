"""What a notice says: the company's own sentence, the built-in one, and never more than it may."""

import pytest
from django.utils import translation

from core.actors import Actor
from core.errors import NotAllowed
from notifications import inbox, registry, wordings
from notifications.models import WordingVersion
from notifications.services import wordings as texts
from notifications.wordings import WordingInvalid
from organisation.enums import Language
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

ASSIGNED = ("ticket_assigned", "post", "zh-hans")


@pytest.fixture
def administrator(company):
    return Actor.staff(make_post("administrator", company.group).holder_id)


def heard(post):
    return inbox.of_staff(post.holder_id)[0].rendered.subject


def test_the_companys_sentence_is_said_from_then_on(company, administrator, translated):
    ticket = make_ticket(company)
    texts.change(*ASSIGNED, "请处理 %(reference)s。", actor=administrator, at=A_MORNING)
    assert heard(ticket.post).startswith("请处理 ")

    with translation.override("en"):
        assert "ticket" in heard(ticket.post)

    texts.revert(*ASSIGNED, 0, actor=administrator, at=A_MORNING)
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
                said[language] = wording.built_in
        assert len(set(said.values())) == 3, (wording.code, wording.audience)


def test_every_template_has_a_sentence_for_somebody():
    said = {wording.code for wording in wordings.all_wordings()}
    ours = {code for code in registry.template_codes() if code.startswith("ticket_")}
    assert ours <= said


def test_no_sentence_may_name_a_person():
    allowed = {"reference", "clock", "level"}
    for wording in wordings.all_wordings():
        assert wording.placeholders <= allowed
        assert set(wording.sample_values()) == allowed


def test_only_who_runs_the_desk_writes_sentences(company):
    with pytest.raises(NotAllowed):
        texts.change(
            *ASSIGNED,
            "%(reference)s",
            actor=Actor.staff(company.manager.holder_id),
            at=A_MORNING,
        )
    assert not WordingVersion.objects.exists()


def test_a_sentence_is_one_short_line(administrator):
    for text in ("%(reference)s" + "长" * 200, "%(reference)s\n第二行"):
        with pytest.raises(WordingInvalid):
            texts.change(*ASSIGNED, text, actor=administrator, at=A_MORNING)
