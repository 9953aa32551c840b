"""An opened ticket: what one sees of it, what one may do with it, and what a refusal keeps."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from complaints.enums import Action, EventKind, State
from complaints.models import Attachment, Ticket, TicketEvent
from complaints.services import escalation, lifecycle, timeline
from core.actors import SYSTEM, Actor
from organisation.models import Post
from privacy.vault.models import RevealLog
from tests.console.calling import picture
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


@pytest.fixture
def holder(ticket):
    """Who has the ticket's post."""
    return Browser(ticket.post.holder)


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


class TestWhatMayBeDone:
    def test_buttons_are_what_is_allowed_now(self, company, ticket, agent):
        handler = Browser(company.steward.holder)
        assert offered(handler.open(page_of(ticket))) == {
            "accept", "return", "reply", "note", "urge", "add", "link", "raise_severity",
        }  # fmt: skip
        bring_to(State.IN_PROGRESS, ticket)
        assert offered(handler.open(page_of(ticket))) == {
            "resolve", "wait_resident", "wait_supplier", "return", "ask_extension", "reply", "note",
            "urge", "add", "link", "raise_severity",
        }  # fmt: skip
        assert offered(agent.open(page_of(ticket))) == {
            "reply", "note", "urge", "add", "withdraw", "link", "raise_severity",
        }  # fmt: skip

    def test_every_act_has_its_form_as_a_page_without_script(self, manager, ticket):
        ticket = bring_to(State.IN_PROGRESS, ticket)
        for verb in ("resolve", "wait_resident", "assign", "reply", "note"):
            page = manager.open(page_of(ticket, verb))
            assert page.status == 200
            assert f'action="{page_of(ticket, verb)}' in middle(page)

    def test_an_unknown_act_is_not_there(self, agent, ticket):
        assert agent.open(page_of(ticket, "destroy")).status == 404
        assert agent.send(page_of(ticket, "destroy")).status == 404

    def test_what_one_may_not_is_refused(self, agent, ticket):
        assert agent.send(page_of(ticket, "accept"), version=1).status == 403
        assert Ticket.objects.get().state == State.ASSIGNED


#: verb, the state it starts from, what is sent, the state after
ROAD = [
    ("accept", State.ASSIGNED, {}, State.ACCEPTED),
    ("start", State.ACCEPTED, {}, State.IN_PROGRESS),
    ("resolve", State.IN_PROGRESS, {"text": "已劝止"}, State.RESOLVED),
    (
        "wait_resident",
        State.IN_PROGRESS,
        {"text": "请拍照", "until": "{tomorrow}"},
        State.WAITING_RESIDENT,
    ),
    ("wait_supplier", State.IN_PROGRESS, {"until": "{tomorrow}"}, State.WAITING_SUPPLIER),
    ("resume", State.WAITING_SUPPLIER, {}, State.IN_PROGRESS),
    ("reopen", State.RESOLVED, {"text": "还在吵"}, State.REOPENED),
    (
        "reject",
        State.ASSIGNED,
        {"reason_code": "between_owners", "text": "可以请社区调解"},
        State.REJECTED,
    ),
    ("reply", State.ASSIGNED, {"text": "马上来"}, State.ASSIGNED),
    ("note", State.ASSIGNED, {"text": "带上梯子"}, State.ASSIGNED),
    ("add", State.ASSIGNED, {"text": "昨晚也吵"}, State.ASSIGNED),
    ("urge", State.ASSIGNED, {"text": ""}, State.ASSIGNED),
]


def filled(values):
    from core.clock import database_now

    tomorrow = f"{database_now() + dt.timedelta(days=1):%Y-%m-%dT%H:%M}"
    return {name: value.replace("{tomorrow}", tomorrow) for name, value in values.items()}


class TestActing:
    @pytest.mark.parametrize(("verb", "before", "values", "after"), ROAD)
    def test_each_act_does_what_it_says(self, manager, ticket, verb, before, values, after):
        from core.clock import database_now

        ticket = bring_to(before, ticket, at=database_now() - dt.timedelta(minutes=5))
        page = manager.send(page_of(ticket, verb), version=ticket.version, **filled(values))
        assert page.url == page_of(ticket)
        ticket.refresh_from_db()
        assert ticket.state == after
        shown = manager.open(page.url)
        assert "已完成" in shown
        if values.get("text"):
            assert values["text"] in middle(shown)

    def test_the_second_person_closes_and_the_handler_cannot(self, company, ticket, people):
        bring_to(State.RESOLVED, ticket, actor=Actor.staff(company.steward.holder_id))
        ticket.refresh_from_db()
        other = Browser(people.hotline_supervisor)
        assert other.send(page_of(ticket, "close"), version=ticket.version).url
        ticket.refresh_from_db()
        assert ticket.state == State.CLOSED

    def test_it_is_given_to_a_post_and_the_note_stays_inside(self, manager, company, ticket):
        page = manager.open(page_of(ticket, "assign"))
        assert f"{company.engineer}（{company.engineer.holder.name}）" in page
        assert str(company.far_steward) not in page
        manager.send(
            page_of(ticket, "assign"), version=1, post=company.engineer.pk, text="水电的事"
        )
        ticket.refresh_from_db()
        assert ticket.post == company.engineer
        assert ticket.events.get(kind=EventKind.NOTED).visibility == "internal"

    def test_a_post_that_is_not_offered_is_refused(self, manager, company, ticket):
        page = manager.send(page_of(ticket, "assign"), version=1, post=company.far_steward.pk)
        assert page.status == 422
        ticket.refresh_from_db()
        assert ticket.post != company.far_steward

    def test_pressing_twice_acts_once(self, holder, ticket):
        values = {"version": 1, "text": "马上来", "idempotency_key": "k"}
        assert holder.send(page_of(ticket, "reply"), **values).url
        assert holder.send(page_of(ticket, "reply"), **values).url
        assert ticket.events.filter(kind=EventKind.REPLIED).count() == 1

    def test_a_stale_page_keeps_the_words_and_shows_what_is_now(self, holder, ticket):
        lifecycle.accept(ticket, actor=SYSTEM, at=A_MORNING)
        page = holder.send(page_of(ticket, "reply"), version=1, text="打了半天的字")
        assert page.status == 412
        assert "此工单刚刚被他人更新" in page
        assert "打了半天的字" in page
        assert "已接单" in middle(page)
        assert 'name="version" value="2"' in page
        again = holder.send(page_of(ticket, "reply"), version=2, text="打了半天的字")
        assert again.url

    def test_a_note_does_not_mind_what_others_did(self, holder, ticket):
        lifecycle.accept(ticket, actor=SYSTEM, at=A_MORNING)
        assert holder.send(page_of(ticket, "note"), version=1, text="带梯子").url

    def test_out_of_turn_keeps_the_words_too(self, holder, ticket):
        page = holder.send(page_of(ticket, "resolve"), version=1, text="已经修好")
        assert page.status == 409
        assert "当前状态下不能进行此操作" in page
        assert "已经修好" in page

    def test_a_field_left_empty_is_said_beside_it(self, holder, ticket):
        bring_to(State.IN_PROGRESS, ticket)
        page = holder.send(page_of(ticket, "resolve"), version=3, text="  ")
        assert page.status == 422
        assert 'id="resolve_text_error"' in page

    def test_a_wait_beyond_the_limit_is_said_beside_it(self, holder, ticket):
        ticket = bring_to(State.IN_PROGRESS, ticket)
        page = holder.send(
            page_of(ticket, "wait_resident"),
            version=ticket.version,
            text="请拍照",
            until="2031-01-01T00:00",
        )
        assert page.status == 422
        assert "14 天以内" in page
        assert "请拍照" in page

    def test_a_resolve_that_needs_a_photo_says_so_and_takes_one(self, company, caller):
        lift = make_ticket(company, category_code="lifts", body="电梯停了")
        lift = bring_to(State.IN_PROGRESS, lift)
        engineer = Browser(lift.post.holder)
        page = engineer.send(page_of(lift, "resolve"), version=lift.version, text="已修好")
        assert page.status == 409
        assert "须先上传处理照片" in page
        assert "已修好" in page
        done = engineer.send(
            page_of(lift, "resolve"), version=lift.version, text="已修好", photos=[picture()]
        )
        assert done.url
        assert Attachment.objects.get().event.kind == EventKind.RESOLVED
        shown = engineer.open(page_of(lift))
        src = re.search(r'<img src="([^"]+)"', middle(shown)).group(1)
        assert engineer.get(src)["Content-Type"] == "image/jpeg"

    def test_urging_again_within_the_hour_says_when(self, agent, ticket):
        agent.send(page_of(ticket, "urge"), text="")
        page = agent.send(page_of(ticket, "urge"), text="还没人来")
        assert page.status == 429
        assert "刚刚已经催过" in page
        assert "还没人来" in page

    def test_one_returns_where_one_came_from(self, holder, ticket):
        page = holder.send(page_of(ticket, "accept"), version=1, next="/console/work/?tab=to-do")
        assert page.url == "/console/work/?tab=to-do"

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "nowhere"])
    def test_one_is_not_sent_to_another_site(self, holder, ticket, elsewhere):
        page = holder.send(page_of(ticket, "accept"), version=1, next=elsewhere)
        assert page.url == page_of(ticket)

    def test_the_draft_of_what_was_sent_is_forgotten(self, holder, ticket):
        page = holder.send(page_of(ticket, "reply"), version=1, text="马上来")
        assert f'data-draft-done="reply-{ticket.public_id}"' in holder.open(page.url)
        assert "data-draft-done" not in holder.open(page.url)


class TestComingUp:
    @pytest.fixture
    def late(self, ticket):
        escalation.sweep(ticket.clocks.get(kind="first_response").due_at + minutes(300))
        ticket.refresh_from_db()
        return ticket

    def test_taking_over_makes_it_ones_own_work(self, company, late):
        head = Browser(company.region_head.holder)
        assert "take_over" in offered(head.open(page_of(late)))
        head.send(page_of(late, "take_over"), version=late.version, text="我来处理")
        late.refresh_from_db()
        assert late.post == company.region_head

    def test_giving_back_needs_an_order(self, company, late):
        head = Browser(company.region_head.holder)
        page = head.send(page_of(late, "give_back"), version=late.version, text="")
        assert page.status == 422
        page = head.send(page_of(late, "give_back"), version=late.version, text="今晚八点前上门")
        assert page.url
        assert "今晚八点前上门" in middle(head.open(page.url))

    def test_before_it_came_up_neither_is_offered(self, company, ticket):
        page = Browser(company.region_head.holder).open(page_of(ticket))
        assert not {"take_over", "give_back"} & offered(page)


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
