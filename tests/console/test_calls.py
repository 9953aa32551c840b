"""A call on the workbench: it comes up by itself, opens what it needs, and loses nothing."""

from __future__ import annotations

import re

import pytest
import structlog

from complaints.enums import Protection
from complaints.models import Ticket
from core.actors import SYSTEM
from core.clock import database_now
from jinke_desk.logs import drop_questions
from residents.enums import AccountTier
from residents.models import Call, Person
from residents.services import accounts, call_drafts, calls
from tests.console.conftest import Browser
from tests.factories import machine_caller, make_machine_key, make_person, make_post, make_ticket

pytestmark = pytest.mark.django_db

BAR, BENCH, NEW = "/console/calls/bar/", "/console/workbench/", "/console/workbench/new/"
NUMBER = "13812345678"


@pytest.fixture
def exchange(company):
    return machine_caller(make_machine_key("calls.report"))


def ring(exchange, company, state="ringing", call_id="c-1", **changes):
    body = {
        "call_id": call_id,
        "state": state,
        "caller": NUMBER,
        "called": "4000000000",
        "agent": company.agent.holder.username,
        "at": database_now().isoformat(),
        **changes,
    }
    assert exchange.post("/api/v1/calls/", body).status_code in (200, 201)
    return Call.objects.get(call_id=call_id)


def bar(browser, seen=""):
    return browser.get(BAR, {"seen": seen})


def seen_in(response):
    return re.search(r'data-calls-seen="([^"]*)"', response.content.decode())[1]


def handle_in(text):
    return re.search(r'name="caller" value="([^"]+)"', text)[1]


def told(call, **fields):
    return {
        "call": str(call.public_id),
        "step": "intake",
        "kind": "complaint",
        "category": "noise",
        "channel": "hotline",
        "body": "楼上装修太吵",
        "home": "elsewhere",
        "community": "X1",
        **fields,
    }


class TestTheBar:
    def test_is_empty_until_it_rings_and_then_shows_who(self, agent, caller, company, exchange):
        make_ticket(company, reporter_subject=caller.subject_id, body="电梯停了")
        assert bar(agent).status_code == 204
        ring(exchange, company)
        shown = bar(agent)
        text = shown.content.decode()
        for words in ("周敏", "138****5678", "电梯停了", "X1"):
            assert words in text
        assert NUMBER not in text
        assert str(caller.subject_id) not in text

    def test_says_nothing_twice_and_each_change_once(self, agent, company, exchange):
        ring(exchange, company)
        seen = seen_in(bar(agent))
        assert bar(agent, seen).status_code == 204
        ring(exchange, company, "answered")
        changed = bar(agent, seen)
        assert "通话中" in changed.content.decode()
        assert bar(agent, seen_in(changed)).status_code == 204
        ring(exchange, company, "ended")
        calls.settle(Call.objects.get(), at=database_now())
        gone = bar(agent, seen_in(changed))
        assert seen_in(gone) == ""

    def test_an_idle_agent_costs_four_statements(self, agent, company, django_assert_num_queries):
        bar(agent)
        with django_assert_num_queries(4):  # session, staff, the clock, calls
            assert bar(agent).status_code == 204

    def test_a_call_shown_already_costs_no_more(
        self, agent, company, exchange, django_assert_num_queries
    ):
        ring(exchange, company)
        seen = seen_in(bar(agent))
        with django_assert_num_queries(4):
            assert bar(agent, seen).status_code == 204

    def test_a_question_that_found_nothing_is_no_news_for_the_log(self):
        event = {"event": "request_finished", "request": f"GET {BAR}", "code": 204}
        with pytest.raises(structlog.DropEvent):
            drop_questions(None, "info", event)
        for told in ({**event, "code": 500}, {**event, "request": "GET /console/"}):
            assert drop_questions(None, "info", told) == told

    def test_is_nobody_elses(self, company, exchange):
        ring(exchange, company)
        other = Browser(make_post("hotline_agent", company.group).holder)
        assert bar(other).status_code == 204
        assert other.get(f"/console/calls/{Call.objects.get().public_id}/").status_code == 404

    def test_stands_on_the_page_itself_for_life_without_script(
        self, agent, caller, company, exchange
    ):
        ring(exchange, company)
        assert "周敏" in agent.open(BENCH)

    def test_key_account_do_not_call_and_last_call(self, agent, caller, company, exchange):
        Person.objects.filter(pk=caller.pk).update(do_not_call=True)
        accounts.create(
            "K1", "重庆数据谷",
            tier=AccountTier.GROUP_STRATEGIC, manager=company.manager,
            communities=[company.community], line_number="02368001234", actor=SYSTEM,
        )  # fmt: skip
        ring(exchange, company, "ended", "earlier")
        ring(exchange, company, called="023-68001234")
        text = bar(agent).content.decode()
        for words in ("重庆数据谷", "请勿致电", "上次来电", company.agent.holder.name):
            assert words in text


class TestOpening:
    def page(self, call):
        return f"/console/calls/{call.public_id}/"

    def test_one_person_opens_their_form_and_several_are_asked(
        self, agent, caller, company, exchange
    ):
        call = ring(exchange, company)
        assert "住户怎么说" in agent.open(self.page(call))
        make_person("周伟", NUMBER)
        page = agent.open(self.page(call))
        assert "是哪一位来电？" in page
        handles = re.findall(r'name="caller" value="([^"]+)"', page.text)
        chosen = agent.post(f"{self.page(call)}person/", {"caller": handles[-1]}, follow=True)
        assert "住户怎么说" in chosen.content.decode()
        call.refresh_from_db()
        assert call.subject_id is not None

    def test_an_unknown_number_starts_a_person_and_stays_masked(self, agent, company, exchange):
        call = ring(exchange, company)
        page = agent.open(self.page(call))
        assert "138****5678" in page
        assert NUMBER not in page
        values = {"call": str(call.public_id), "name": "新来的", "phone": "", "role": "owner"}
        opened = agent.send("/console/workbench/people/", **values)
        assert "住户怎么说" in opened
        assert NUMBER not in opened
        (person,) = Person.objects.all()
        call.refresh_from_db()
        assert call.subject_id == person.subject_id
        assert calls.callers_of(call, actor=SYSTEM)[0].name == "新来的"

    def test_nobody_in_particular(self, agent, company, exchange):
        call = ring(exchange, company)
        page = agent.send(f"{self.page(call)}person/", step="intake")
        assert "住户怎么说" in page

    def test_a_call_that_needs_no_ticket_is_put_away(self, agent, company, exchange):
        call = ring(exchange, company)
        there = f"{self.page(call)}put-away/"
        assert agent.post(there, headers={"HX-Request": "true"}).status_code == 204
        assert bar(agent).status_code == 204
        assert agent.get(self.page(call)).status_code == 404


class TestTheDraft:
    def keep(self, agent, call, **fields):
        return agent.post(f"/console/calls/{call.public_id}/draft/", told(call, **fields))

    def test_another_window_goes_on_with_it(self, agent, caller, company, exchange):
        call = ring(exchange, company, "answered")
        page = agent.open(f"/console/calls/{call.public_id}/")
        kept = self.keep(
            agent, call, caller=handle_in(page.text), body="说到一半", severity="serious"
        )
        assert kept.status_code == 204
        elsewhere = Browser(company.agent.holder)
        again = elsewhere.open(f"/console/calls/{call.public_id}/")
        assert "说到一半" in again
        assert re.search(r'<option value="serious" selected', again.text)
        assert "周敏" in again
        assert "继续填写草稿" in bar(elsewhere).content.decode()

    def test_of_a_person_being_registered_too(self, agent, company, exchange):
        call = ring(exchange, company)
        agent.post(
            f"/console/calls/{call.public_id}/draft/",
            {"step": "person", "name": "写到一", "community": "X1"},
        )
        assert 'value="写到一"' in agent.open(f"/console/calls/{call.public_id}/")

    def test_ends_with_the_ticket_and_the_call_says_whose_it_was(
        self, agent, caller, company, exchange
    ):
        call = ring(exchange, company, "answered")
        page = agent.open(f"/console/calls/{call.public_id}/")
        handle = handle_in(page.text)
        self.keep(agent, call, caller=handle)
        done = agent.send(NEW, **told(call, caller=handle))
        assert done.status == 302
        call.refresh_from_db()
        assert call.draft_sealed is None
        assert call.subject_id == caller.subject_id
        assert call.settled_at is not None
        assert bar(agent).status_code == 204
        # a late save of the closed window keeps nothing and says so
        assert self.keep(agent, call, body="迟到的").status_code == 404

    def test_a_form_with_a_mistake_stays_with_its_call(self, agent, caller, company, exchange):
        call = ring(exchange, company, "answered")
        page = agent.send(NEW, **told(call, body="", community="X1"))
        assert page.status == 422
        assert str(call.public_id) in page.text
        assert not Ticket.objects.exists()
        call.refresh_from_db()
        assert call.settled_at is None

    def test_a_report_in_nobodys_name_leaves_no_number_with_the_call(
        self, agent, caller, company, exchange
    ):
        call = ring(exchange, company, "answered")
        page = agent.open(f"/console/calls/{call.public_id}/")
        said = told(
            call,
            caller=handle_in(page.text), category="staff_conduct",
            protection=Protection.ANONYMOUS, asked="place named_staff protection",
        )  # fmt: skip
        assert agent.send(NEW, **said).status == 302
        call.refresh_from_db()
        assert (call.subject_id, call.number_index, call.number_sealed) == (None, None, None)

    def test_a_ticket_from_a_key_accounts_line_is_the_accounts(self, agent, company, exchange):
        account = accounts.create(
            "K1", "重庆数据谷",
            tier=AccountTier.GROUP_STRATEGIC, manager=company.manager,
            communities=[company.community], line_number="02368001234", actor=SYSTEM,
        )  # fmt: skip
        call = ring(exchange, company, called="02368001234")
        assert agent.send(NEW, **told(call, home="")).status == 302
        assert Ticket.objects.get().account == account

    def test_a_draft_beyond_all_measure_is_refused_in_words(self, agent, company, exchange):
        call = ring(exchange, company)
        answer = self.keep(agent, call, body="长" * 20_000)
        assert (answer.status_code, answer.content.decode()) == (422, "草稿过长，未保存。")

    def test_a_stranger_keeps_nothing(self, company, exchange, client):
        call = ring(exchange, company)
        other = Browser(make_post("hotline_agent", company.group).holder)
        assert self.keep(other, call).status_code == 404
        call.refresh_from_db()
        assert call_drafts.typed_so_far(call) == {}
