"""Key accounts: the list, the path on a ticket, and the quarter's line that can be zero."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from complaints.account_quarter import AccountQuarter
from complaints.enums import Kind, State
from complaints.models import TicketEvent
from complaints.services import call_backs, escalation
from core.actors import SYSTEM, Actor
from core.quarters import Quarter
from residents.enums import AccountTier
from residents.models import KeyAccount, KeyAccountContact
from residents.services import handles, people
from tests.console.conftest import Browser, bring_to
from tests.factories import A_MORNING, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db

PAGE = "/console/accounts/"
FIRST_QUARTER = f"{PAGE}quarters/2026-1/"


@pytest.fixture
def department(company):
    return make_post("key_account_manager", company.group)


@pytest.fixture
def account(company, department):
    return new_account(company, department)


@pytest.fixture
def head(company):
    return Browser(company.region_head.holder)


def new_account(company, department, code="KA1", name="重庆某公司"):
    account = KeyAccount.objects.create(
        code=code, name=name, tier=AccountTier.GROUP_STRATEGIC, manager=department,
        line_number="4008881001" if code == "KA1" else "",
    )  # fmt: skip
    account.communities.add(company.community)
    return account


def labels(page, css):
    return [re.sub(r"<[^>]+>", "", each) for each in re.findall(rf'{css}">(.*?)</', page.text)]


class TestTheList:
    def test_shows_what_is_open_and_to_be_called_back(self, company, account, head):
        make_ticket(company, account=account)
        bring_to(State.RESOLVED, make_ticket(company, account=account))
        page = head.open(PAGE)
        assert "重庆某公司" in page
        assert "2 件未办结" in page
        assert "1 件待回访" in page

    def test_is_of_ones_own_area(self, company, account, department):
        elsewhere = make_post("region_service_head", company.other_region)
        assert "重庆某公司" not in Browser(elsewhere.holder).open(PAGE)
        page = reverse("console:account", args=[account.pk])
        assert Browser(elsewhere.holder).open(page).status == 404
        assert Browser(department.holder).open(page).status == 200

    def test_is_for_those_who_look_after_them(self, steward, agent):
        assert steward.open(PAGE).status == 403
        assert agent.open(PAGE).status == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_one_row_as_for_three(
        self, company, department, head, count, django_assert_num_queries
    ):
        for n in range(count):
            make_ticket(company, account=new_account(company, department, f"KA{n}"))
        with django_assert_num_queries(6):
            head.open(PAGE)

    def test_one_account_shows_who_speaks_for_it_and_its_tickets(self, company, account, head):
        person = make_person("赵六", "13600001111", company.dwelling)
        KeyAccountContact.objects.create(account=account, subject_id=person.subject_id)
        solved = bring_to(State.RESOLVED, make_ticket(company, account=account))
        page = head.open(reverse("console:account", args=[account.pk]))
        assert "赵六" in page
        assert solved.reference[-4:] in page.text.replace(" ", "")
        assert f"由 {company.region_head} 回访" in page


class TestWhoSpeaksForIt:
    @pytest.fixture
    def desk(self, department):
        return Browser(department.holder)

    def send(self, browser, account, verb, **data):
        return browser.send(reverse("console:account_contacts", args=[account.pk, verb]), **data)

    def test_is_found_by_a_number_added_and_removed(self, company, account, desk):
        make_person("赵六", "13600001111", company.dwelling)
        found = self.send(desk, account, "find", phone="136 0000 1111")
        assert "赵六" in found
        assert "13600001111" not in found.text.replace('value="136 0000 1111"', "")
        handle = re.search(r'name="caller" value="([^"]+)"', found.text)[1]

        assert self.send(desk, account, "add", caller=handle).status == 302
        shown = desk.open(reverse("console:account", args=[account.pk]))
        assert "赵六" in shown
        assert people.find_by_phone("13600001111")[0].account.code == "KA1"

        handle = re.search(r'name="caller" value="([^"]+)"', shown.text)[1]
        assert self.send(desk, account, "remove", caller=handle).status == 302
        assert "赵六" not in desk.open(reverse("console:account", args=[account.pk]))

    def test_a_number_that_is_none_is_said_beside_its_field(self, account, desk):
        answer = self.send(desk, account, "find", phone="12")
        assert answer.status == 422
        assert 'value="12"' in answer
        assert 'id="id_phone_error"' in answer

    def test_a_number_of_nobody_is_said(self, account, desk):
        assert "没有登记" in self.send(desk, account, "find", phone="13600002222")

    def test_is_changed_by_whom_it_concerns_alone(self, company, account, agent):
        reader = Browser(company.executive.holder)
        page = reader.open(reverse("console:account", args=[account.pk]))
        assert page.status == 200
        assert "设为联系人" not in page
        assert "联系人电话" not in page
        person = make_person("赵六", "13600001111", company.dwelling)
        handle = handles.handle_of(person.subject_id)
        assert self.send(reader, account, "add", caller=handle).status == 403
        assert self.send(agent, account, "add", caller=handle).status == 404
        assert not account.contacts.exists()


class TestThePath:
    def steps(self, browser, ticket):
        page = browser.open(reverse("console:ticket", args=[ticket.public_id]))
        drawn = page.text.split("大客户路径")[1].split("</ol>")[0]
        return list(
            zip(
                re.findall(r"ladder__step--(\w+)", drawn),
                re.findall(r'ladder__label">([^<]+)<', drawn),
                strict=True,
            )
        )

    def test_shows_the_whole_way_from_call_to_call_back(self, company, account, head):
        ticket = make_ticket(company, account=account)
        assert self.steps(head, ticket) == [
            ("done", "400 热线"), ("now", "大客户服务部"), ("next", "区域客服"), ("next", "解决"),
            ("next", "区域回访"), ("next", "办结"),
        ]  # fmt: skip
        due = ticket.clocks.get(kind="resolve").due_at
        escalation.sweep(due)
        ticket.refresh_from_db()
        ticket = bring_to(State.RESOLVED, ticket, at=due)
        assert self.steps(head, ticket)[2:] == [
            ("done", "区域客服"), ("now", "解决"), ("next", "区域回访"), ("next", "办结"),
        ]  # fmt: skip
        call_backs.record(
            ticket, actor=Actor.staff(company.region_manager.holder_id), result="satisfied",
            at=due + dt.timedelta(hours=3),
        )  # fmt: skip
        assert self.steps(head, ticket)[3:] == [
            ("done", "解决"), ("now", "区域回访"), ("next", "办结"),
        ]  # fmt: skip

    def test_solved_in_time_the_region_is_no_step(self, company, account, head):
        ticket = bring_to(State.RESOLVED, make_ticket(company, account=account))
        assert [label for _, label in self.steps(head, ticket)] == [
            "400 热线", "大客户服务部", "解决", "区域回访", "办结",
        ]  # fmt: skip

    def test_a_danger_is_drawn_where_it_went(self, company, account, head):
        """To those on the spot, and not to the department."""
        ticket = make_ticket(company, account=account, severity="safety")
        assert self.steps(head, ticket)[1] == ("now", "现场处理")

    def test_other_tickets_have_no_such_path(self, head, ticket):
        page = head.open(reverse("console:ticket", args=[ticket.public_id]))
        assert "大客户路径" not in page


class TestTheQuarter:
    END = dt.datetime(2026, 4, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))

    def figures(self, actor=SYSTEM, **moments):
        at = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
        return AccountQuarter.ask(Quarter(2026, 1), actor, at=at, **moments)

    def test_without_any_the_line_says_zero_and_how_it_was_counted(self, head, account):
        page = head.open(FIRST_QUARTER)
        assert '<span class="figure__value">0</span>' in page
        assert "受理时间在本季度内、受理时已关联大客户的工单" in page
        assert "零也是数字" in page

    def test_counts_by_kind_and_lists_what_it_counted(self, company, account, head):
        mine = make_ticket(company, account=account, body="停电")
        make_ticket(company, account=account, kind="repair", category_code="engineering")
        page = head.open(FIRST_QUARTER)
        assert labels(page, "figure__value") == ["1", "2"]
        assert "停电" in page
        assert self.figures().by_kind()[Kind.COMPLAINT] == 1
        assert mine in self.figures().tickets()

    def test_what_only_looks_like_one_is_not_counted(self, company, account, head):
        counted = make_ticket(company, account=account, at=self.END - dt.timedelta(seconds=1))
        make_ticket(company, body="不是大客户")
        make_ticket(company, account=account, at=self.END)  # the first moment of the next
        make_ticket(company, account=account, at=A_MORNING - dt.timedelta(days=90))
        assert list(self.figures().tickets()) == [counted]
        # one that was received after the cut-off, and one recorded after the figure was made
        assert not self.figures(cut_off_at=A_MORNING).tickets().exists()
        recorded = TicketEvent.objects.get(ticket=counted, kind="received").recorded_at
        assert self.figures(recorded_by=recorded).tickets().count() == 1
        before = recorded - dt.timedelta(microseconds=1)
        assert not self.figures(recorded_by=before).tickets().exists()

    def test_a_later_event_moves_nothing(self, company, account):
        ticket = make_ticket(company, account=account)
        bring_to(State.WITHDRAWN, ticket)
        assert self.figures().by_kind()[Kind.COMPLAINT] == 1

    def test_the_kept_link_gives_the_same_figure_when_more_has_come(self, company, account, head):
        make_ticket(company, account=account)
        kept = re.search(r'href="([^"]+recorded_by[^"]+)"', head.open(FIRST_QUARTER).text).group(1)
        make_ticket(company, account=account)
        assert labels(head.open(kept.replace("&amp;", "&")), "figure__value") == ["1", "1"]
        assert labels(head.open(FIRST_QUARTER), "figure__value") == ["2", "2"]

    def test_each_sees_the_figure_of_their_area(self, company, account):
        make_ticket(company, account=account)
        elsewhere = Actor.staff(make_post("region_service_head", company.other_region).holder_id)
        assert self.figures(elsewhere).by_kind()[Kind.COMPLAINT] == 0

    def test_a_quarter_that_is_none_is_not_found(self, head):
        assert head.open(f"{PAGE}quarters/2026-5/").status == 404
        assert head.open(f"{PAGE}quarters/x/").status == 404


def test_the_first_quarter_leads_to_no_earlier_one(head):
    assert f"{PAGE}quarters/1901-1/" in head.open(f"{PAGE}quarters/1901-2/")
    first = head.open(f"{PAGE}quarters/1901-1/")
    assert first.status == 200
    assert f"{PAGE}quarters/1900-4/" not in first
