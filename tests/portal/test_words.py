"""Moments and policies in words."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from portal import kinds, policy_text, promises
from portal.policy_text import Block, Span

#: a Wednesday, 10:00 in Shanghai
NOW = dt.datetime(2026, 3, 4, 2, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.5, "今天 10:30 "),
        (13.5, "今天 23:30 "),
        (14.5, "明天 00:30 "),
        (48, "星期五 10:00 "),
        (6 * 24, "星期二 10:00 "),
        (7 * 24, "3月11日 10:00 "),
        (-24, "3月3日 10:00 "),
    ],
)
def test_a_moment_is_said_as_people_say_it(hours, words):
    with translation.override("zh-hans"):
        assert promises.when(NOW + dt.timedelta(hours=hours), NOW) == words


class TestPolicies:
    def test_headings_paragraphs_and_lists_are_told_apart(self):
        text = "# 政策\n\n第一段\n\n## 一、谁\n\n1. **甲。** 乙\n2. 丙\n\n- 丁\n"
        assert policy_text.blocks(text) == [
            Block("title", [[Span("政策")]]),
            Block("paragraph", [[Span("第一段")]]),
            Block("heading", [[Span("一、谁")]]),
            Block("numbers", [[Span("甲。", strong=True), Span(" 乙")], [Span("丙")]]),
            Block("bullets", [[Span("丁")]]),
        ]

    def test_two_lists_with_a_gap_between_stay_two(self):
        kinds_found = [block.kind for block in policy_text.blocks("- 甲\n\n- 乙")]
        assert kinds_found == ["bullets", "bullets"]

    @pytest.mark.parametrize("text", ["<script>x</script>", "2026 年", "**没有结束", "a*b"])
    def test_everything_else_is_text(self, text):
        assert policy_text.blocks(text) == [Block("paragraph", [[Span(text)]])]


@pytest.mark.django_db
@pytest.mark.parametrize("offer", kinds.OFFERS, ids=lambda offer: offer.kind)
def test_every_category_that_is_named_exists(offer):
    from complaints.services import catalogue

    often, others = kinds.categories(offer, catalogue.current().categories)
    assert [row.code for row in often] == list(offer.often)
    assert {row.code for row in others}.isdisjoint({*offer.often, *kinds.NOT_OFFERED})
    assert "other" in {row.code for row in others}
