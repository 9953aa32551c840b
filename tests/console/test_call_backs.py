"""Whom to call back, and recording the attempt."""

import datetime as dt
import re

import pytest
from django.db.models import BigIntegerField, DateTimeField
from django.urls import reverse
from django.utils import timezone

from complaints.call_back_queries import CALLED_BY
from complaints.enums import Severity, State
from complaints.models import CallBack, Ticket
from complaints.scoped import Scoped
from complaints.services import call_backs
from console.views import call_backs as view
from core.actors import SYSTEM, Actor
from core.clock import database_now
from residents.models import Person
from tests.complaints.conftest import bring_to
from tests.console.conftest import Browser
from tests.factories import make_person, make_ticket

pytestmark = pytest.mark.django_db

PAGE = "/console/callbacks/"


def titles(page):
    return re.findall(r'class="row__link"[^>]*>([^<]+)<', page.text)


@pytest.fixture
def due(company, caller):
    def make(body="电梯困人", **fields):
        values = {"severity": Severity.SERIOUS, "reporter_subject": caller.subject_id, **fields}
        return bring_to(State.RESOLVED, make_ticket(company, body=body, **values))

    return make


class TestTheList:
    def test_shows_what_is_due_and_leads_to_the_form(self, agent, due):
        ticket = due()
        page = agent.open(PAGE)
        assert titles(page) == ["电梯困人"]
        assert f"/console/tickets/{ticket.public_id}/record_call/?from=callbacks" in page
        assert "由您的岗位回访" in page

    def test_says_the_day_and_what_is_left_also_of_one_that_was_ordered(self, company, agent, due):
        resolved = due(severity=Severity.ORDINARY)
        manager = Actor.staff(company.manager.holder_id)
        now = database_now()
        call_backs.order(resolved, actor=manager, at=now)
        # more than a week away, so that the day has no name
        CallBack.objects.update(due_at=now + dt.timedelta(days=10))
        by = timezone.localtime(CallBack.objects.get().due_at)
        page = agent.open(PAGE)
        (said,) = re.findall(r"<span>最迟 <time [^>]*>([^<]+)</time></span>", page.text)
        assert said == f"{by.month}月{by.day}日 {by:%H:%M}"
        side = re.search(r'class="row__side">(.*?)</div>', page.text, re.DOTALL).group(1)
        assert f'data-due="{by.isoformat(timespec="seconds")}"' in side
        assert "回访" in side
        assert "<time" not in side

    def test_stands_beside_a_ticket_opened_from_it(self, company, agent, due):
        make_ticket(company, body="还没有解决")
        page = agent.open(f"/console/tickets/{due().public_id}/?from=callbacks")
        beside = page.text.split('id="ticket"')[0]
        assert re.findall(r'class="row__link"[^>]*>([^<]+)<', beside) == ["电梯困人"]
        assert 'aria-current="true">回访' in beside

    def test_is_not_for_who_handled_it(self, company, manager, caller):
        doer = Actor.staff(company.manager.holder_id)
        ticket = make_ticket(
            company, severity=Severity.SERIOUS, reporter_subject=caller.subject_id, body="漏水"
        )
        bring_to(State.RESOLVED, ticket, actor=doer)
        assert titles(manager.open(PAGE)) == []
        assert titles(Browser(company.region_head.holder).open(PAGE)) == ["漏水"]

    def test_leaves_out_other_areas_and_what_is_over(self, company, due, agent):
        elsewhere = Browser(company.other_manager.holder)
        ticket = due()
        assert titles(elsewhere.open(PAGE)) == []
        call_backs.record(
            ticket, actor=Actor.staff(company.agent.holder_id), result="satisfied",
            at=ticket.resolved_at,
        )  # fmt: skip
        assert titles(agent.open(PAGE)) == []

    def test_counts_the_calls_nobody_answered(self, company, due, agent):
        ticket = due()
        call_backs.record(
            ticket, actor=Actor.staff(company.agent.holder_id), result="no_answer",
            at=ticket.resolved_at,
        )  # fmt: skip
        assert "1 次无人接听" in agent.open(PAGE)

    def test_marks_who_wants_no_calls(self, agent, due, caller):
        due()
        assert "请勿致电" not in agent.open(PAGE)
        Person.objects.filter(pk=caller.pk).update(do_not_call=True)
        assert "请勿致电" in agent.open(PAGE)
        (row,) = agent.get("/api/v1/callbacks/").json()["results"]
        assert row["do_not_call"] is True

    def test_is_for_those_who_call(self, steward):
        assert steward.open(PAGE).status == 403

    def test_pages_follow_each_other(self, agent, due, monkeypatch):
        monkeypatch.setattr("console.views.call_backs.SIZE", 2)
        # the SQL of a first page is kept, with the size it was made for
        short = Scoped(view._question, by=CALLED_BY, who=BigIntegerField(), at=DateTimeField())
        monkeypatch.setattr(view, "_beginning", short)
        for n in range(3):
            due(f"第{n}件")
        first = agent.open(PAGE)
        assert titles(first) == ["第0件", "第1件"]
        url = re.search(r'rel="next" href="([^"]+)"', first.text).group(1).replace("&amp;", "&")
        assert titles(agent.open(url)) == ["第2件"]
        assert titles(agent.open(PAGE, after="rubbish")) == ["第0件", "第1件"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_one_row_as_for_three(
        self, agent, due, count, django_assert_num_queries
    ):
        for n in range(count):
            due(f"第{n}件")
        with django_assert_num_queries(9):
            agent.open(PAGE)


class TestTheForm:
    def address(self, ticket):
        return reverse("console:act", args=[ticket.public_id, "record_call"])

    def test_records_and_goes_back_to_the_list(self, agent, due):
        ticket = due()
        opened = agent.open(f"{self.address(ticket)}?from=callbacks")
        assert f'name="next" value="{PAGE}"' in opened
        done = agent.send(
            f"{self.address(ticket)}?from=callbacks",
            version=ticket.version, result="satisfied", text="满意", next=PAGE,
        )  # fmt: skip
        assert done.url == PAGE
        assert Ticket.objects.get(pk=ticket.pk).state == State.RESOLVED
        assert "回访：满意" in agent.open(reverse("console:ticket", args=[ticket.public_id]))

    def test_not_satisfied_without_a_reason_says_so_beside_it_and_loses_nothing(self, agent, due):
        ticket = due()
        page = agent.send(self.address(ticket), version=ticket.version, result="not_satisfied")
        assert page.status == 422
        assert re.search(r'value="not_satisfied"[^>]*checked', page.text)
        assert Ticket.objects.get(pk=ticket.pk).state == State.CALL_BACK


def test_the_page_of_a_ticket_offers_no_close_before_the_call(manager, due):
    ticket = due()
    page = manager.open(reverse("console:ticket", args=[ticket.public_id]))
    assert "/record_call/" in page
    assert f"{ticket.public_id}/close/" not in page


def test_an_ordered_call_stands_on_the_list(company, manager, agent):
    person = make_person("王五", "13700001111", company.dwelling)
    ticket = make_ticket(company, reporter_subject=person.subject_id, body="噪音")
    ticket = bring_to(State.RESOLVED, ticket, actor=SYSTEM)
    page = reverse("console:act", args=[ticket.public_id, "call_back"])
    manager.send(page, version=ticket.version)
    assert titles(agent.open(PAGE)) == ["噪音"]
