"""The lists of what came again and of what many report."""

import datetime as dt

import pytest

from complaints.enums import Protection
from complaints.models import TicketLink
from core.clock import database_now
from tests.console.conftest import Browser
from tests.console.test_kindred import DAY, page_of
from tests.factories import make_person, make_ticket

pytestmark = pytest.mark.django_db


class TestTheListOfRepeats:
    AT = "/console/groups/repeats/"

    @pytest.fixture
    def again(self, company):
        """The same home three times, the oldest first; the last is the only one these ten days."""
        now = database_now()
        return [
            make_ticket(company, body=f"第{n}次停水", at=now - days * DAY)
            for n, days in enumerate((25, 20, 2), 1)
        ]

    def test_says_what_came_again_and_where_to_join_it(self, manager, again):
        page = manager.open(self.AT)
        assert page.text.count("row__link") == 2
        assert "第1次停水" not in page
        assert "重复报 2 次" in page
        for verb in ("merge", "link"):
            assert f"{page_of(again[2], verb)}?from=repeats" in page
        assert manager.open(page_of(again[2], "merge"), **{"from": "repeats"}).status == 200
        assert "重复报" in manager.open(page_of(again[2]), **{"from": "repeats"})

    def test_of_so_many_days_and_one_community(self, company, manager, again):
        few = manager.open(self.AT, days="10")
        assert "第3次停水" in few
        assert "第2次停水" not in few
        assert manager.open(self.AT, community="X1").text.count("row__link") == 2
        wrong = manager.open(self.AT, community="X3", days="900")
        assert "没有这个小区" in wrong
        assert "请填写 1 至 90 天" in wrong
        assert 'value="900"' in wrong
        assert 'value="X3"' in wrong
        assert "row__link" not in wrong.text

    def test_is_paged(self, company, manager, again, monkeypatch):
        monkeypatch.setattr("console.views.groups.SIZE", 1)
        first = manager.open(self.AT)
        assert "第3次停水" in first
        second = manager.open(first.context["following"])
        assert "第2次停水" in second
        assert second.context["previous"]
        assert not second.context["following"]

    def test_shows_nothing_out_of_reach(self, company, again):
        stranger = Browser(company.far_steward.holder)
        assert "没有重复报" in stranger.open(self.AT)

    def test_a_protected_reporter_is_never_compared(self, company, steward):
        """The row that would leak: two reports of one home, one of them protected."""
        somebody = make_person(dwelling=company.dwelling).subject_id
        for hours, protection in ((9, Protection.PROTECTED), (3, Protection.NONE)):
            make_ticket(
                company,
                reporter_subject=somebody,
                protection=protection,
                at=database_now() - dt.timedelta(hours=hours),
            )
        assert "没有重复报" in steward.open(self.AT)

    def test_who_may_not_dispatch_is_not_sent_to_merge(self, company, steward, again):
        page = steward.open(self.AT)
        assert page.text.count("row__link") == 2
        assert page_of(again[2], "merge") not in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_many(
        self, company, manager, homes, count, django_assert_num_queries
    ):
        for home in homes[:count]:
            for hours in (9, 3):
                at = database_now() - dt.timedelta(hours=hours)
                make_ticket(company, dwelling=home, at=at)
        with django_assert_num_queries(8):
            assert manager.open(self.AT).text.count("row__link") == count


class TestTheListOfGroups:
    AT = "/console/groups/"

    def test_of_so_many_days_and_one_community(self, company, manager, homes):
        now = database_now()
        for home, days in zip(homes[:3], (1, 2, 20), strict=True):
            ticket = make_ticket(company, dwelling=home, at=now - days * DAY)
        assert "没有群诉" in manager.open(self.AT)
        page = manager.open(self.AT, days="30", community="X1")
        there = f"/console/groups/{company.building.pk}/{ticket.category_id}/"
        assert f"{there}?days=30" in page
        assert manager.open(there).text.count("row__link") == 2
        assert manager.open(there, days="30").text.count("row__link") == 3
        assert "没有这个小区" in manager.open(self.AT, community="X3")
        merged = manager.send(f"{there}merge/", days="30")
        assert merged.url == f"{there}?days=30"
        assert TicketLink.objects.merges().count() == 2

    def test_is_paged(self, company, manager, homes, monkeypatch):
        monkeypatch.setattr("console.views.groups.SIZE", 1)
        for code in ("noise", "parking"):
            for home in homes[:3]:
                make_ticket(company, dwelling=home, category_code=code, at=database_now())
        first = manager.open(self.AT)
        assert first.text.count('<th scope="row">') == 1
        second = manager.open(first.context["following"])
        assert second.text.count('<th scope="row">') == 1
        assert second.context["groups"] != first.context["groups"]
