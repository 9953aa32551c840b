"""An opened ticket: what one sees of it, what one may do with it, and what a refusal keeps."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from complaints.enums import Action, EventKind, State
from complaints.models import TicketEvent
from complaints.services import escalation, timeline
from core.actors import Actor
from organisation.models import Post
from privacy.vault.models import RevealLog
from tests.console.conftest import Browser, act, bring_to
from tests.factories import A_MORNING, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db


def page_of(ticket, verb=""):
    if verb:
        return reverse("console:act", args=[ticket.public_id, verb])
    return reverse("console:ticket", args=[ticket.public_id])


def middle(page):
    return page.text.split('id="ticket"')[1].split('id="context"')[0]


def side(page):
    return page.text.split('id="context"')[1].split("</aside>")[0]


def offered(page):
    """The acts that the page has buttons and boxes for."""
    head = middle(page)
    return set(re.findall(r"/console/tickets/[0-9a-f-]+/(\w+)/\?", head)) - {"history"}


def minutes(count):
    return dt.timedelta(minutes=count)


class TestWhatIsShown:
    def test_public_and_internal_stand_unmistakably_apart(self, agent, ticket, company):
        doer = Actor.staff(company.agent.holder_id)
        timeline.reply(ticket, actor=doer, text="师傅十点到", at=A_MORNING)
        timeline.note(ticket, actor=doer, text="钥匙在前台", at=A_MORNING)
        shown = middle(agent.open(page_of(ticket)))
        entries = re.findall(r'<li class="entry entry--(\w+)".*?</li>', shown, re.DOTALL)
        assert entries == ["public", "public", "internal"]
        internal = shown.split("entry--internal")[1].split("</li>")[0]
        assert "钥匙在前台" in internal
        assert "内部" in internal
        assert "师傅十点到" not in internal

    def test_what_merely_moved_is_a_quiet_line(self, agent, ticket):
        bring_to(State.IN_PROGRESS, ticket)
        shown = middle(agent.open(page_of(ticket)))
        assert re.findall(r'class="line__text">\s*<b>(.*?)</b>\s*(.*?)</p>', shown) == [
            ("系统", f"派给 {ticket.post}"),
            ("系统", "接单"),
            ("系统", "开始处理"),
        ]

    def test_the_head_says_number_state_clocks_and_who_has_it(self, agent, ticket):
        shown = middle(agent.open(page_of(ticket)))
        number = re.search(r'class="reference">(.*?)</span></span>', shown).group(1)
        assert re.sub(r"\D", "", number) == ticket.reference
        for words in (
            "已派单",
            "投诉",
            "首响",
            "解决",
            ticket.post.holder.name,
            "噪音",
            "400 热线",
        ):
            assert words in shown

    def test_a_day_without_an_hour_shows_none(self, agent, ticket):
        event = ticket.events.get(kind=EventKind.RECEIVED)
        row = TicketEvent(
            ticket=ticket,
            kind=EventKind.NOTED,
            visibility="internal",
            actor_kind="system",
            occurred_at=event.occurred_at,
            occurred_on=dt.date(2021, 5, 6),
            recorded_at=event.recorded_at,
        )
        row.save()  # as the import writes it; no service does
        shown = middle(agent.open(page_of(ticket)))
        line = shown.split(f'id="entry-{row.pk}"')[1].split("</li>")[0]
        assert "2021-05-06" in line
        assert not re.search(r"\d\d:\d\d<", line)

    def test_the_ladder_says_where_it_stands(self, agent, ticket):
        late = ticket.clocks.get(kind="first_response").due_at + minutes(300)
        escalation.sweep(late)
        shown = middle(agent.open(page_of(ticket)))
        states = re.findall(r"ladder__step--(\w+)", shown)
        assert states == ["done", "done", "now", "next", "next"]
        assert "首响超时，升级至 2 级：R1 · 区域客服负责人" in shown

    def test_nothing_to_climb_is_no_ladder(self, agent, ticket):
        bring_to(State.CLOSED, ticket)
        assert "ladder__step" not in middle(agent.open(page_of(ticket)))

    def test_words_of_the_reporter_are_never_markup(self, agent, company):
        sly = make_ticket(company, body="<script>alert(1)</script><b>x</b>")
        shown = agent.open(page_of(sly))
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)" in shown


class TestWhoMaySee:
    def test_out_of_scope_is_not_there(self, company, ticket):
        far = Browser(company.far_steward.holder)
        assert far.open(page_of(ticket)).status == 404
        for verb in ("reply", "accept", "history", "reveal"):
            assert far.send(page_of(ticket, verb)).status in (403, 404, 405)

    def test_the_named_do_not_see_it(self, company):
        about = make_ticket(company, named_staff=[company.steward.holder_id])
        assert Browser(company.steward.holder).open(page_of(about)).status == 404

    def test_integrity_is_for_the_discipline_inspector(self, company, agent, people):
        report = make_ticket(company, kind="integrity", category_code="other", body="收受回扣")
        assert agent.open(page_of(report)).status == 404
        page = Browser(people.discipline_inspector).open(page_of(report))
        assert "收受回扣" in page

    def test_a_right_that_ends_is_gone_with_the_next_request(self, company, ticket):
        browser, role = Browser(company.steward.holder), company.steward.role
        assert "reply" in offered(browser.open(page_of(ticket)))
        role.permissions = [one for one in role.permissions if one != "tickets.reply"]
        role.save()
        assert "reply" not in offered(browser.open(page_of(ticket)))
        Post.objects.filter(pk=company.steward.pk).update(holder=company.other_steward.holder)
        assert browser.open(page_of(ticket)).status == 403

    def test_a_ticket_that_never_was(self, agent):
        assert agent.open("/console/tickets/00000000-0000-0000-0000-000000000000/").status == 404


class TestTheReporterOfCorruption:
    @pytest.fixture
    def report(self, company, caller):
        return make_ticket(
            company, kind="integrity", category_code="other", reporter_subject=caller.subject_id
        )

    def test_is_masked_even_for_who_investigates(self, report, people):
        page = side(Browser(people.discipline_inspector).open(page_of(report)))
        assert "周*" in page
        assert "周敏" not in page
        assert "栋 1-101" not in page
        assert not RevealLog.objects.exists()

    def test_is_named_by_a_reveal_with_a_reason_that_is_logged(self, report, people):
        inspector = Browser(people.discipline_inspector)
        assert 'name="which" value="name"' in inspector.open(page_of(report))
        page = inspector.send(page_of(report, "reveal"), which="name", reason="integrity_case")
        assert "周敏" in side(page)
        row = RevealLog.objects.get()
        assert (row.actor_id, row.reason_code) == (people.discipline_inspector.pk, "integrity_case")
        assert "周敏" not in inspector.open(page_of(report))


class TestTheReporter:
    def test_name_and_room_for_the_site_number_masked_for_all(self, ticket, company):
        page = side(Browser(company.steward.holder).open(page_of(ticket)))
        assert "周敏" in page
        assert "1 栋 1-101" in page
        assert "138****5678" in page
        assert "13812345678" not in page

    def test_a_protected_one_is_nobody_to_the_site(self, company, caller, agent):
        about = make_ticket(
            company, reporter_subject=caller.subject_id, category_code="staff_conduct"
        )
        site = side(Browser(company.manager.holder).open(page_of(about)))
        assert "周敏" not in site
        assert "栋-1-101" not in site
        assert "1 栋" in site
        assert "没有登记来电人，或您的岗位不能看到是谁" in site
        assert "周敏" in side(agent.open(page_of(about)))

    def test_other_tickets_of_theirs_are_those_one_may_know_of(self, company, caller, ticket):
        make_ticket(company, reporter_subject=caller.subject_id, body="电梯停了")
        make_ticket(company, reporter_subject=caller.subject_id, category_code="staff_conduct",
                    body="保安推人")  # fmt: skip
        site = side(Browser(company.steward.holder).open(page_of(ticket)))
        assert "电梯停了" in site
        assert "保安推人" not in site

    def test_a_number_in_clear_has_a_reason_and_leaves_a_row(self, agent, ticket, company):
        page = agent.send(page_of(ticket, "reveal"), which="0", reason="call_back")
        assert 'href="tel:13812345678"' in page  # one tap rings up
        assert "138 1234 5678" in side(page)
        row = RevealLog.objects.get()
        assert (row.actor_id, row.reason_code) == (company.agent.holder_id, "call_back")
        assert "138 1234 5678" not in agent.open(page_of(ticket))

    def test_without_a_reason_nothing_is_shown(self, agent, ticket):
        page = agent.send(page_of(ticket, "reveal"), which="0", reason="curiosity")
        assert page.status == 422
        assert "138 1234 5678" not in page
        assert not RevealLog.objects.exists()

    def test_it_is_a_post_alone(self, agent, ticket):
        assert agent.open(page_of(ticket, "reveal")).status == 405

    @pytest.mark.parametrize("which", ["7", "x", "-1"])
    def test_a_contact_that_is_none_is_not_there(self, agent, ticket, which):
        answer = agent.send(page_of(ticket, "reveal"), which=which, reason="call_back")
        assert answer.status == 404
        assert not RevealLog.objects.exists()

    def test_a_limit_is_said(self, agent, ticket, settings):
        settings.REVEALS_PER_HOUR = 1
        agent.send(page_of(ticket, "reveal"), which="0", reason="call_back")
        page = agent.send(page_of(ticket, "reveal"), which="0", reason="call_back")
        assert page.status == 429
        assert "138 1234 5678" not in page

    def test_an_engineer_sees_no_number(self, company, ticket):
        engineer = Browser(company.engineer.holder)
        assert "显示完整号码" not in engineer.open(page_of(ticket))
        answer = engineer.send(page_of(ticket, "reveal"), which="0", reason="call_back")
        assert answer.status == 403


class TestHistory:
    def test_says_who_changed_what_newest_first(self, manager, ticket, company):
        act(ticket, Action.ACCEPT, actor=Actor.staff(company.steward.holder_id))
        page = manager.open(page_of(ticket, "history"))
        rows = re.findall(r"<tr>(.*?)</tr>", page.text.split("<tbody>")[1], re.DOTALL)
        assert len(rows) == 2
        assert company.steward.holder.name in rows[0]
        assert "接单" in rows[0]
        assert "已派单" in rows[0]
        assert "已接单" in rows[0]
        assert "受理" in rows[1]

    def test_needs_the_right_to_it(self, agent, ticket):
        assert agent.open(page_of(ticket, "history")).status == 403
        assert "修改历史" not in agent.open(page_of(ticket))

    def test_shows_nothing_personal(self, manager, ticket):
        page = manager.open(page_of(ticket, "history"))
        main = page.text.split("<main")[1]
        assert "周敏" not in main
        assert "栋-1-101" not in main


@pytest.mark.parametrize("count", [1, 3])
def test_a_ticket_costs_the_same_with_one_entry_as_with_three(
    agent, ticket, company, count, django_assert_num_queries
):
    doer = Actor.staff(company.agent.holder_id)
    for n in range(count):
        timeline.note(ticket, actor=doer, text=f"第{n}条", at=A_MORNING)
        make_ticket(company, body=f"第{n}件")
    make_person("李四", "13900001111")
    make_post("dispatcher", company.community)
    with django_assert_num_queries(17):
        agent.open(page_of(ticket))
