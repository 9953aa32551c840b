"""My work, what came up to me, and the bell."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from complaints.enums import State
from complaints.services import decisions, escalation, lifecycle, timeline
from core.actors import SYSTEM, Actor
from notifications.models import Notice
from tests.console.conftest import Browser, bring_to
from tests.factories import A_MORNING, StaffFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

WORK, UP, BELL = "/console/work/", "/console/escalated/", "/console/notices/"


def titles(page):
    return re.findall(r'class="row__link"[^>]*>([^<]+)<', page.text)


def minutes(count):
    return dt.timedelta(minutes=count)


class TestMyWork:
    def test_what_runs_out_first_stands_first(self, company, steward):
        make_ticket(company, body="不急")
        make_ticket(company, body="很急", severity="safety")
        make_ticket(company, body="也不急")
        assert titles(steward.open(WORK)) == ["很急", "不急", "也不急"]

    def test_is_what_lies_with_ones_posts(self, company, steward, ticket):
        assert titles(steward.open(WORK)) == ["楼上装修太吵，晚上十点还在施工"]
        assert titles(Browser(company.other_steward.holder).open(WORK)) == []
        assert titles(Browser(company.manager.holder).open(WORK)) == []

    def test_a_stand_in_has_the_work_of_who_is_away(self, company, ticket):
        somebody = StaffFactory()
        company.steward.stand_in = somebody
        company.steward.holder_absent_until = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
        company.steward.save()
        assert len(titles(Browser(somebody).open(WORK))) == 1

    def test_each_row_offers_the_next_step(self, company, steward, ticket):
        def steps():
            page = steward.open(WORK)
            return re.findall(rf"/console/tickets/{ticket.public_id}/(\w+)/", page.text)

        assert steps() == ["accept", "return"]
        bring_to(State.ACCEPTED, ticket)
        assert steps() == ["start", "note"]
        lifecycle.start(ticket, actor=SYSTEM, at=A_MORNING)
        assert steps() == ["resolve", "note", "ask_extension"]

    def test_one_press_accepts_and_stays_on_the_list(self, steward, ticket):
        form = steward.open(WORK).text.split('class="row__act"')[1].split("</form>")[0]
        values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        del values["csrfmiddlewaretoken"]
        page = steward.send(reverse("console:act", args=[ticket.public_id, "accept"]), **values)
        assert page.url == WORK
        assert "开始处理" in steward.open(WORK)

    def test_a_form_opened_from_the_list_leads_back_to_it(self, steward, ticket):
        ticket = bring_to(State.IN_PROGRESS, ticket)
        page = reverse("console:act", args=[ticket.public_id, "resolve"])
        opened = steward.open(page, **{"from": "work"})
        assert f'<a href="{WORK}?from=work">我的工作</a>' in opened
        assert f'name="next" value="{WORK}"' in opened
        values = {"version": ticket.version, "text": "已劝止", "next": WORK}
        done = steward.send(f"{page}?from=work", **values)
        assert done.url == WORK

    def test_tabs_tell_apart_what_waits_and_what_is_done(self, company, steward):
        waiting = make_ticket(company, body="等住户")
        bring_to(State.WAITING_RESIDENT, waiting)
        bring_to(State.RESOLVED, make_ticket(company, body="做好了"))
        make_ticket(company, body="还没做")
        assert titles(steward.open(WORK)) == ["还没做"]
        assert titles(steward.open(WORK, tab="waiting")) == ["等住户"]
        assert titles(steward.open(WORK, tab="resolved")) == ["做好了"]
        assert titles(steward.open(WORK, tab="nonsense")) == ["还没做"]

    def test_pages_follow_each_other(self, company, steward, monkeypatch):
        monkeypatch.setattr("console.views.work.SIZE", 2)
        for n in range(3):
            make_ticket(company, body=f"第{n}件", at=A_MORNING + minutes(n))
        first = steward.open(WORK)
        assert titles(first) == ["第0件", "第1件"]
        url = re.search(r'rel="next" href="([^"]+)"', first.text).group(1).replace("&amp;", "&")
        assert titles(steward.open(url)) == ["第2件"]
        assert titles(steward.open(WORK, after="rubbish")) == ["第0件", "第1件"]

    def test_an_empty_list_says_what_comes_here(self, steward):
        assert "派给您岗位的工单会出现在这里" in steward.open(WORK)

    def test_is_for_those_who_handle(self, agent):
        assert agent.open(WORK).status == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_one_row_as_for_three(
        self, company, steward, count, django_assert_num_queries
    ):
        for n in range(count):
            make_ticket(company, body=f"第{n}件")
        with django_assert_num_queries(10):
            steward.open(WORK)


class TestEscalatedToMe:
    @pytest.fixture
    def late(self, company, ticket):
        """Handled a little, then two levels late."""
        doer = Actor.staff(company.steward.holder_id)
        lifecycle.accept(ticket, actor=doer, at=A_MORNING + minutes(1))
        timeline.note(ticket, actor=doer, text="两次上门没人", at=A_MORNING + minutes(2))
        escalation.sweep(ticket.clocks.get(kind="first_response").due_at + minutes(300))
        ticket.refresh_from_db()
        return ticket

    @pytest.fixture
    def head(self, company):
        return Browser(company.region_head.holder)

    def test_shows_level_ladder_and_what_was_tried(self, company, head, late):
        page = head.open(UP)
        assert "2 级 · 共同负责" in page
        assert re.findall(r"ladder__step--(\w+)", page.text) == [
            "done", "done", "now", "next", "next"
        ]  # fmt: skip
        tried = page.text.split('class="bullets"')[1].split("</ul>")[0]
        # the year is said from the next one on
        said = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", li)).strip().removeprefix("2026-")
                for li in tried.split("<li>")[1:]]  # fmt: skip
        assert said == [
            f"03-04 10:00 系统 派给 {late.post}",
            f"03-04 10:01 {company.steward.holder.name} 接单",
            f"03-04 10:02 {company.steward.holder.name} 内部备注：两次上门没人",
        ]

    def test_each_level_sees_it_once_it_came_so_far(self, company, head, late):
        assert str(late.public_id) in Browser(company.manager.holder).open(UP)
        assert str(late.public_id) in head.open(UP)
        assert str(late.public_id) not in Browser(company.region_manager.holder).open(UP)
        assert str(late.public_id) not in Browser(company.other_manager.holder).open(UP)

    def test_a_warning_to_the_holder_is_no_escalation(self, company, ticket):
        clock = ticket.clocks.get(kind="first_response")
        escalation.sweep(clock.next_fire_at)
        assert "没有升级给您的工单" in Browser(company.manager.holder).open(UP)

    def test_stands_beside_a_ticket_opened_from_it(self, company, head, late, ticket):
        make_ticket(company, body="别处的事")
        page = head.open(f"/console/tickets/{late.public_id}/?from=escalated")
        beside = page.text.split('id="ticket"')[0]
        assert len(re.findall(r'class="row__link"', beside)) == 1
        assert "别处的事" not in beside
        assert re.search(r'aria-current="true">升级给我 <span class="num">1<', beside)

    def test_what_is_solved_is_gone(self, head, late):
        lifecycle.start(late, actor=SYSTEM, at=A_MORNING)
        lifecycle.resolve(late, actor=SYSTEM, reply="已解决", at=A_MORNING)
        assert "没有升级给您的工单" in head.open(UP)

    def test_both_decisions_are_offered_and_lead_back(self, head, late):
        page = head.open(UP)
        for verb in ("take_over", "give_back"):
            assert f"/console/tickets/{late.public_id}/{verb}/?from=escalated" in page
        address = reverse("console:act", args=[late.public_id, "give_back"])
        values = {"version": late.version, "text": "今晚八点前上门", "next": UP}
        assert head.send(f"{address}?from=escalated", **values).url == UP
        tried = head.open(UP)
        assert "今晚八点前上门" in tried
        assert f"退回 {late.post}" in tried

    def test_what_one_has_taken_over_is_not_offered_again(self, company, head, late):
        doer = Actor.staff(company.region_head.holder_id)
        decisions.take_over(late, actor=doer, at=A_MORNING)
        assert "take_over" not in head.open(UP)

    def test_is_for_those_who_receive(self, steward):
        assert steward.open(UP).status == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_one_as_for_three(
        self, company, head, count, django_assert_num_queries
    ):
        tickets = [make_ticket(company, body=f"第{n}件") for n in range(count)]
        escalation.sweep(tickets[0].clocks.get(kind="first_response").due_at + minutes(300))
        with django_assert_num_queries(14):
            page = head.open(UP)
        assert page.text.count("<article") == count


class TestTheBell:
    @pytest.fixture
    def told(self, company):
        return make_ticket(company, body="太吵")

    def test_counts_what_is_unread(self, steward, told):
        assert "通知，1 条未读" in steward.open(WORK)

    def test_says_what_happened_and_never_who_reported(self, steward, ticket):
        page = steward.open(BELL)
        assert "已派给您的岗位" in page
        assert "周敏" not in page
        assert "晚上十点" not in page

    def test_reading_one_goes_where_it_leads(self, steward, told):
        notice = Notice.objects.get(template="ticket_assigned")
        page = steward.send(BELL, notice=notice.pk)
        assert page.url == f"/console/tickets/{told.public_id}/"
        notice.refresh_from_db()
        assert notice.read_at is not None
        assert "通知，0 条未读" in steward.open(BELL)

    def test_reading_all_stays(self, company, steward, told):
        make_ticket(company)
        assert steward.send(BELL).url == BELL
        assert not Notice.objects.filter(
            staff=company.steward.holder, read_at__isnull=True
        ).exists()

    def test_another_persons_notice_is_neither_read_nor_followed(self, company, told):
        notice = Notice.objects.get(template="ticket_assigned")
        page = Browser(company.manager.holder).send(BELL, notice=notice.pk)
        assert page.url == BELL
        notice.refresh_from_db()
        assert notice.read_at is None

    @pytest.mark.parametrize("value", ["x", "-1", "9" * 30])
    def test_a_notice_that_is_none_changes_nothing(self, steward, told, value):
        assert steward.send(BELL, notice=value).status == 302
        assert steward.open(BELL, before=value).status == 200

    def test_pages_follow_each_other(self, company, steward, monkeypatch):
        monkeypatch.setattr("console.views.notices.SIZE", 2)
        for _ in range(3):
            make_ticket(company)
        first = steward.open(BELL)
        assert first.text.count('name="notice"') == 2
        url = re.search(r'rel="next" href="([^"]+)"', first.text).group(1)
        assert steward.open(url).text.count('name="notice"') == 1

    def test_an_empty_one_says_what_comes_here(self, agent):
        assert "没有通知" in agent.open(BELL)

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_one_as_for_three(
        self, company, steward, count, django_assert_num_queries
    ):
        for _ in range(count):
            make_ticket(company)
        with django_assert_num_queries(7):
            steward.open(BELL)


class TestTheRail:
    def labels(self, browser, page):
        return re.findall(r"<span>([^<]+)</span>\s*</a>", browser.open(page).text)

    @pytest.mark.parametrize(
        ("role", "page", "places"),
        [
            ("hotline_agent", "/console/workbench/", ["工作台", "回访"]),
            ("steward", WORK, ["工作台", "我的工作", "整改"]),
            (
                "project_manager",
                UP,
                ["工作台", "我的工作", "升级给我", "回访", "设备告警"]
                + ["重复群诉", "整改", "社区环境", "供应商"],
            ),
            (
                "group_executive",
                UP,
                ["工作台", "我的工作", "升级给我", "设备告警"]
                + ["大客户", "重复群诉", "整改", "质量抽检", "社区环境", "供应商"],
            ),
            ("inspector", "/console/rounds/", ["质量抽检"]),
            ("privacy_approver", "/console/privacy/", ["隐私请求"]),
        ],
    )  # fmt: skip
    def test_leads_where_ones_permissions_lead(self, company, role, page, places):
        browser = Browser(make_post(role, company.group).holder)
        assert self.labels(browser, page) == places

    def test_counts_the_work_and_what_came_up(self, company, steward, ticket):
        page = steward.open(BELL)
        assert '<span class="count">1</span>' in page
        escalation.sweep(ticket.clocks.get(kind="first_response").due_at + minutes(300))
        page = Browser(company.region_head.holder).open(BELL)
        assert '<span class="count count--urgent">1</span>' in page

    def test_a_ticket_belongs_to_the_list_it_was_opened_from(self, steward, ticket):
        page = reverse("console:ticket", args=[ticket.public_id])
        usual, from_work = steward.open(page), steward.open(page, **{"from": "work"})
        current = r'aria-current="page">.*?<span>([^<]+)</span>\s*</a>'
        assert re.findall(current, usual.text, re.DOTALL) == ["工作台"]
        assert re.findall(current, from_work.text, re.DOTALL) == ["我的工作"]


class TestALongRail:
    def test_a_long_one_folds_the_seldom_places_away(self, manager):
        before, folded = manager.open("/console/work/").text.split("rail__more")
        assert "/console/escalated/" in before
        assert "/console/corrective/" not in before
        assert "/console/corrective/" in folded

    def test_the_place_one_is_at_is_in_sight(self, manager):
        before, _ = manager.open("/console/corrective/").text.split("rail__more")
        assert 'href="/console/corrective/" aria-current="page"' in before

    def test_a_short_one_is_shown_whole(self, steward):
        page = steward.open("/console/work/")
        assert "/console/corrective/" in page
        assert "rail__more" not in page
