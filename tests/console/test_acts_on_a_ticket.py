"""What may be done to a ticket on its page, and what it does."""

import datetime as dt
import re

import pytest

from complaints.enums import EventKind, State
from complaints.models import Attachment, Ticket
from complaints.services import escalation, lifecycle
from core.actors import SYSTEM, Actor
from core.reference import pretty
from tests.console.calling import picture
from tests.console.conftest import Browser, bring_to
from tests.console.test_tickets import middle, minutes, offered, page_of
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(ticket):
    """Who has the ticket's post."""
    return Browser(ticket.post.holder)


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
        assert f"{pretty(ticket.reference)} " in shown
        assert "：已完成" in shown
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
