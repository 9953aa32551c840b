"""The list beside the ticket: what it holds, what its address says, and the one search box."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from complaints.enums import State
from complaints.models import Category
from console import bench, filter_fields
from console.bench import FilterForm
from console.search import Sought, sought
from core.actors import Actor
from tests.console.conftest import Browser, bring_to
from tests.factories import A_MORNING, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db

BENCH = "/console/workbench/"
FIND = "/console/workbench/find/"


def titles(page):
    return re.findall(r'class="row__link"[^>]*>([^<]+)<', page.text.split('id="ticket"')[0])


def chips(page):
    found = re.findall(r'class="chip"[^>]*>\s*([^<]+?)\s*<span class="num">([^<]+)<', page.text)
    return dict(found)


@pytest.fixture
def three(company):
    """One open, one resolved, one of another community, the newest last."""
    system = Actor.staff(company.steward.holder_id)
    first = make_ticket(company, body="电梯一直响")
    second = make_ticket(company, body="垃圾没有清", at=A_MORNING + dt.timedelta(minutes=1))
    bring_to(State.RESOLVED, second, actor=system, at=A_MORNING + dt.timedelta(minutes=5))
    third = make_ticket(
        company,
        body="远处的事",
        dwelling=None,
        unit=company.far_community,
        at=A_MORNING + dt.timedelta(minutes=2),
    )
    return first, second, third


class TestTheList:
    def test_shows_what_is_open_to_who_answers_callers(self, agent, three):
        assert titles(agent.open(BENCH)) == ["远处的事", "电梯一直响"]

    def test_shows_what_is_theirs_to_who_handles(self, company, three):
        taken = Browser(three[0].post.holder)
        page = taken.open(BENCH)
        assert titles(page) == ["电梯一直响"]
        assert 'aria-current="true">待我处理' in page

    def test_the_address_says_which(self, agent, three):
        assert titles(agent.open(BENCH, show="resolved")) == ["垃圾没有清"]
        assert titles(agent.open(BENCH, show="all")) == ["远处的事", "垃圾没有清", "电梯一直响"]

    def test_counts_are_the_lengths_of_the_lists(self, agent, three):
        assert chips(agent.open(BENCH)) == {
            "未解决": "2",
            "我登记的": "3",
            "超时": "2",
            "等待中": "0",
            "待确认": "1",
            "全部": "3",
        }

    def test_counts_hold_within_a_filter_too(self, agent, three, company):
        page = agent.open(BENCH, community=company.far_community.name)
        assert chips(page)["全部"] == "1"

    def test_a_count_stops_at_many(self, agent, three, monkeypatch):
        from console import counting

        monkeypatch.setattr(counting.counts_of, "__kwdefaults__", {"most": 2})
        monkeypatch.setattr(counting.said, "__kwdefaults__", {"most": 2})
        monkeypatch.setattr("console.bench.MOST", 2)
        assert chips(agent.open(BENCH))["全部"] == "2+"

    def test_ends_at_the_border_of_ones_posts(self, company, three):
        far = Browser(company.far_steward.holder)
        assert titles(far.open(BENCH, show="all")) == ["远处的事"]

    def test_leaves_out_what_names_the_reader(self, company):
        make_ticket(company, body="管家态度恶劣", named_staff=[company.steward.holder_id])
        assert titles(Browser(company.steward.holder).open(BENCH, show="all")) == []

    def test_an_unknown_list_is_the_usual_one(self, agent, three):
        assert titles(agent.open(BENCH, show="nonsense")) == titles(agent.open(BENCH))


class TestFilters:
    def test_kind_and_category_narrow_it(self, agent, company):
        make_ticket(company, body="漏水", kind="repair", category_code="engineering.water")
        make_ticket(company, body="太吵")
        assert titles(agent.open(BENCH, kind="repair")) == ["漏水"]
        assert titles(agent.open(BENCH, category="engineering")) == ["漏水"]
        assert titles(agent.open(BENCH, kind="praise")) == []

    def test_a_filter_that_is_none_is_said_and_left_out(self, agent, three):
        page = agent.open(BENCH, kind="bribe")
        assert "有的筛选条件无效" in page
        assert len(titles(page)) == 2

    def test_a_community_by_its_name(self, agent, three, company):
        assert titles(agent.open(BENCH, community=company.community.name)) == ["电梯一直响"]

    def test_a_community_that_is_not_there_is_said(self, agent, three):
        page = agent.open(BENCH, community="没有这里")
        assert "没有这个小区" in page
        assert titles(page) == []

    def test_an_empty_list_says_what_to_do(self, agent):
        assert "这里是空的" in agent.open(BENCH)
        assert "没有符合的工单" in agent.open(BENCH, kind="praise")


class TestPages:
    @pytest.fixture
    def many(self, company, monkeypatch):
        monkeypatch.setattr("console.bench.SIZE", 2)
        # the SQL of a first page is kept, with the size it was made for
        short = {code: bench._beginning(queue) for code, queue in bench.QUEUES.items()}
        monkeypatch.setattr(bench, "_LISTED", short)
        return [
            make_ticket(company, body=f"第{n}件", at=A_MORNING + dt.timedelta(minutes=n))
            for n in range(5)
        ]

    def follow(self, browser, page, rel):
        url = re.search(rf'rel="{rel}" href="([^"]+)"', page.text).group(1)
        return browser.open(url.replace("&amp;", "&"))

    def test_one_goes_on_and_back(self, agent, many):
        first = agent.open(BENCH)
        assert titles(first) == ["第4件", "第3件"]
        second = self.follow(agent, first, "next")
        assert titles(second) == ["第2件", "第1件"]
        third = self.follow(agent, second, "next")
        assert titles(third) == ["第0件"]
        assert 'rel="next"' not in third
        assert titles(self.follow(agent, third, "prev")) == ["第2件", "第1件"]

    def test_new_rows_shift_nothing(self, agent, many, company):
        first = agent.open(BENCH)
        make_ticket(company, body="刚刚来的", at=A_MORNING + dt.timedelta(hours=1))
        assert titles(self.follow(agent, first, "next")) == ["第2件", "第1件"]

    def test_the_first_due_stands_first_where_work_is_done(self, company, many):
        page = Browser(many[0].post.holder).open(BENCH)
        assert titles(page) == ["第0件", "第1件"]
        assert titles(self.follow(Browser(many[0].post.holder), page, "next")) == [
            "第2件",
            "第3件",
        ]

    def test_a_broken_position_is_the_first_page_and_says_so(self, agent, many):
        page = agent.open(BENCH, after="rubbish")
        assert "翻页位置无效" in page
        assert titles(page) == ["第4件", "第3件"]

    def test_a_ticket_is_opened_beside_the_same_page(self, agent, many):
        first = agent.open(BENCH)
        second = self.follow(agent, first, "next")
        url = re.search(r'class="row__link" href="([^"]+)"', second.text).group(1)
        assert titles(agent.open(url.replace("&amp;", "&"))) == titles(second)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_for_one_row_as_for_three(
    agent, company, count, django_assert_num_queries
):
    for n in range(count):
        make_ticket(company, body=f"第{n}件")
    with django_assert_num_queries(9):
        agent.open(BENCH)


class TestTheSearchBox:
    def test_words_become_part_of_the_address(self, agent, three):
        page = agent.send(FIND, q="垃圾 没有")
        assert page.url == f"{BENCH}?show=all&q=%E5%9E%83%E5%9C%BE+%E6%B2%A1%E6%9C%89"
        found = agent.open(page.url)
        assert titles(found) == ["垃圾没有清"]
        assert "含有“垃圾 没有”" in found

    def test_a_reference_opens_its_ticket_however_it_is_written(self, agent, ticket):
        page = reverse("console:ticket", args=[ticket.public_id])
        number = ticket.reference
        for typed in (number, f" {number[:3]} {number[3:6]}-{number[6:]} "):
            assert agent.send(FIND, q=typed).url == page

    def test_a_wrong_check_digit_is_said_and_the_number_stays(self, agent, ticket):
        wrong = ticket.reference[:-1] + str((int(ticket.reference[-1]) + 1) % 10)
        page = agent.send(FIND, q=wrong)
        assert page.status == 422
        assert "工单号不正确" in page
        assert f'value="{wrong}"' in page

    def test_a_ticket_out_of_reach_looks_like_none(self, company, ticket):
        page = Browser(company.far_steward.holder).send(FIND, q=ticket.reference)
        assert page.status == 422
        assert "没有这个工单号" in page

    def test_a_telephone_number_never_becomes_part_of_an_address(self, agent, caller):
        page = agent.send(FIND, q="138 1234 5678")
        assert page.status == 200
        assert not page.url
        assert agent.open(FIND).status == 405

    def test_a_mistyped_number_is_explained(self, agent):
        page = agent.send(FIND, q="1381234567")
        assert page.status == 422
        assert "电话号码位数不足" in page

    def test_who_answers_no_callers_looks_nobody_up(self, steward, caller):
        page = steward.send(FIND, q="13812345678")
        assert page.status == 422
        assert "您的岗位不能按电话查人" in page
        assert "周敏" not in page

    def test_nothing_typed_is_the_list(self, agent):
        assert agent.send(FIND, q="  ").url == BENCH

    @pytest.mark.parametrize(
        ("typed", "kind"),
        [
            ("13812345678", Sought.PHONE),
            ("＋86 138-1234-5678", Sought.PHONE),
            ("023-63000028", Sought.PHONE),
            ("023-63000028转12", Sought.PHONE),
            ("1381234567", Sought.PHONE),
            ("4008208820", Sought.PHONE),
            ("1000000013", Sought.REFERENCE),
            ("100 000 0013", Sought.REFERENCE),
            ("1000000014", Sought.REFERENCE),
            ("701", Sought.WORDS),
            ("电梯", Sought.WORDS),
            ("B2 车库 13812345678", Sought.WORDS),
            ("", Sought.NOTHING),
        ],
    )
    def test_what_is_meant_follows_from_what_is_typed(self, typed, kind):
        assert sought(typed) is kind

    def test_a_mobile_telephone_stays_one_whatever_its_last_digit(self):
        """One in ten ends with what would be the check digit of a reference."""
        assert {sought(f"1381234567{digit}") for digit in range(10)} == {Sought.PHONE}


class TestCommunities:
    URL = "/console/workbench/communities/"

    def test_offers_what_fits_within_reach(self, company, agent):
        page = agent.open(self.URL, community="X")
        assert re.findall(r'value="([^"]+)"', page.text) == [
            "X1 · X1",
            "X2 · X2",
            "X3 · X3",
        ]
        near = Browser(company.manager.holder).open(self.URL, community="X")
        assert re.findall(r'value="([^"]+)"', near.text) == ["X1 · X1"]

    def test_who_takes_nothing_in_is_offered_what_they_may_look_at(self, company):
        executive = Browser(company.executive.holder)
        assert "<option" not in executive.open(self.URL, community="X")
        looking = executive.open(self.URL, community="X1", **{"for": "view"})
        assert looking.text.count("<option") == 1


def test_staff_without_tickets_have_no_workbench(company):
    inspector = Browser(make_post("inspector", company.group).holder)
    assert inspector.open(BENCH).status == 403
    assert inspector.send(FIND, q="x").status == 403


def test_a_reader_in_english_reads_english_names(company, agent):
    make_ticket(company, category_code="lifts", body="电梯停了")
    company.agent.holder.preferred_language = "en"
    company.agent.holder.save()
    page = agent.open(BENCH)
    assert "<span>Lifts</span>" in page


def test_other_people_of_a_number_do_not_leak_into_a_list(agent, company):
    make_person("李四", "13900001111")
    assert "李四" not in agent.open(BENCH)


class TestTheFieldsThatNarrow:
    def test_are_drawn_once_until_the_catalogue_changes(self, agent, three):
        address = f"{BENCH}?show=all"
        before = agent.get(address).text
        assert agent.get(address).text.count("filter_category") == before.count("filter_category")
        Category.objects.filter(code="noise").update(name="夜里太吵")
        assert "夜里太吵" not in before
        assert "夜里太吵" in agent.get(address).text

    def test_say_what_is_chosen_to_whom_chose_it_alone(self, agent, three):
        plain = agent.get(f"{BENCH}?show=all").text
        chosen = agent.get(f"{BENCH}?show=all&severity=urgent").text
        assert '<option value="urgent" selected>' in chosen
        assert '<option value="urgent" selected>' not in plain
        assert agent.get(f"{BENCH}?show=all").text.count(" selected") == plain.count(" selected")

    def test_are_kept_for_each_language_apart(self):
        stamp = uuid.uuid4()
        other = Category(code="other", name="Another", name_en="Another")
        with translation.override("zh-hans"):
            chinese = filter_fields.drawn(FilterForm({}, categories=[]), {}, stamp)
        with translation.override("en"):
            english = filter_fields.drawn(FilterForm({}, categories=[other]), {}, stamp)
        assert ("Another" in chinese, "Another" in english) == (False, True)
