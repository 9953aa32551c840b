"""Returning, extending, supervising and urging on the pages."""

import re

import pytest
from django.urls import reverse

from complaints.enums import State
from complaints.models import Extension, Ticket
from complaints.services import extensions, supervision, timeline
from core.actors import Actor
from core.clock import database_now
from tests.console.calling import picture
from tests.console.conftest import Browser, bring_to
from tests.factories import A_MORNING, make_ticket
from tests.portal.conftest import client_of

pytestmark = pytest.mark.django_db

BENCH, WORK = "/console/workbench/", "/console/work/"


def titles(page):
    return re.findall(r'class="row__link"[^>]*>([^<]+)<', page.text)


def act(ticket, verb):
    return reverse("console:act", args=[ticket.public_id, verb])


@pytest.fixture
def fresh(company, caller):
    """One whose clocks run now, as the pages see it."""
    return make_ticket(company, reporter_subject=caller.subject_id, at=database_now())


class TestReturn:
    def test_a_steward_returns_it_and_the_dispatcher_finds_it(self, company, steward, fresh):
        done = steward.send(
            act(fresh, "return"),
            version=fresh.version, reason_code="wrong_place", text="在隔壁小区",
            photos=[picture()],
        )  # fmt: skip
        assert done.status == 302
        dispatcher = Browser(company.dispatcher.holder)
        assert titles(dispatcher.open(BENCH, show="dispatch")) == ["楼上装修太吵，晚上十点还在施工"]
        page = dispatcher.open(reverse("console:ticket", args=[fresh.public_id]))
        assert "退单：地点不在本项目" in page
        assert "在隔壁小区" in page

    def test_after_bouncing_the_dispatcher_says_where_it_stays_and_why(
        self, company, steward, fresh
    ):
        dispatcher, here = Browser(company.dispatcher.holder), act(fresh, "assign")
        for words in ("", "归工程"):
            fresh.refresh_from_db()
            steward.send(
                act(fresh, "return"),
                version=fresh.version, reason_code="wrong_place", text="在隔壁小区",
            photos=[picture()],
            )  # fmt: skip
            fresh.refresh_from_db()
            if words:
                assert "为什么由他们处理" in dispatcher.open(here)
                silent = dispatcher.send(here, version=fresh.version, post=company.steward.pk)
                assert silent.status == 422
            done = dispatcher.send(here, version=fresh.version, post=company.steward.pk, text=words)
            assert done.status == 302
        page = steward.open(reverse("console:ticket", args=[fresh.public_id]))
        assert "多次退单，裁定由" in page
        assert act(fresh, "return") not in page

    def test_without_a_reason_the_words_stay(self, steward, fresh):
        page = steward.send(act(fresh, "return"), version=fresh.version, text="在隔壁小区")
        assert page.status == 422
        assert "在隔壁小区" in page
        assert Ticket.objects.get(pk=fresh.pk).state == State.ASSIGNED

    def test_without_a_photo_it_says_what_is_missing(self, steward, fresh):
        page = steward.send(
            act(fresh, "return"),
            version=fresh.version, reason_code="nothing_found", text="没有异响",
        )  # fmt: skip
        assert page.status == 409
        assert "退单须附照片" in page
        assert 'id="return_photos_error"' in page
        assert "没有异响" in page


class TestExtension:
    def test_asked_on_a_phone_granted_by_the_manager_and_read_by_both(
        self, company, steward, manager, fresh
    ):
        ticket = bring_to(State.IN_PROGRESS, fresh, at=database_now())
        assert f"/console/tickets/{ticket.public_id}/ask_extension/?from=work" in steward.open(WORK)
        form = steward.open(act(ticket, "ask_extension"))
        assert "一次最多 22.5 小时" in form
        asked = steward.send(
            act(ticket, "ask_extension"),
            version=ticket.version, reason_code="spare_parts", hours="7.5", text="阀门明天到",
        )  # fmt: skip
        assert asked.status == 302
        assert Extension.objects.get().minutes == 450
        assert titles(manager.open(BENCH, show="extensions")) == ["楼上装修太吵，晚上十点还在施工"]
        page = manager.open(reverse("console:ticket", args=[ticket.public_id]))
        assert "申请延期 7.5 小时（工作分钟，等配件或材料）" in page
        assert "延期待批" in page
        ticket.refresh_from_db()
        for verb in ("grant_extension", "refuse_extension"):
            page = manager.open(act(ticket, verb)).text
            said = re.search(r"解决时限现在是 (.{11})，同意后为 (.{11})。", page)
            assert said.group(1) != said.group(2)
            assert f"{company.steward.holder.name}申请延期 7.5 小时" in page
        assert manager.send(act(ticket, "grant_extension"), version=ticket.version).status == 302
        assert "新的解决时限" in manager.open(reverse("console:ticket", args=[ticket.public_id]))
        assert titles(manager.open(BENCH, show="extensions")) == []

    def test_too_long_says_the_limit_beside_the_field(self, steward, fresh):
        ticket = bring_to(State.IN_PROGRESS, fresh, at=database_now())
        page = steward.send(
            act(ticket, "ask_extension"),
            version=ticket.version, reason_code="spare_parts", hours="100", text="要等",
        )  # fmt: skip
        assert page.status == 422
        assert "一次延期不超过原来的时限" in page
        assert 'value="100"' in page


class TestMarks:
    def test_an_urged_ticket_is_marked_and_filtered_in_queue_and_work(
        self, company, agent, steward, ticket
    ):
        make_ticket(company, body="没人催")
        timeline.urge(ticket, actor=Actor.staff(company.agent.holder_id), at=A_MORNING)
        assert titles(agent.open(BENCH, show="urged")) == ["楼上装修太吵，晚上十点还在施工"]
        assert titles(steward.open(WORK, tab="urged")) == ["楼上装修太吵，晚上十点还在施工"]
        assert steward.open(WORK).text.count('class="badge badge--wait"') == 1

    def test_a_supervised_ticket_stands_on_its_list_until_it_is_let_go(
        self, company, manager, ticket
    ):
        make_ticket(company, body="没人盯")
        assert manager.send(act(ticket, "supervise"), text="今天办完").status == 302
        assert titles(manager.open(BENCH, show="watched")) == ["楼上装修太吵，晚上十点还在施工"]
        page = manager.open(reverse("console:ticket", args=[ticket.public_id]))
        assert "/end_supervision/" in page
        assert manager.send(act(ticket, "end_supervision")).status == 302
        assert titles(manager.open(BENCH, show="watched")) == []

    def test_a_list_of_work_is_offered_to_who_may_do_it_while_something_is_in_it(
        self, agent, manager, ticket
    ):
        assert "show=dispatch" not in manager.open(BENCH)  # nothing is in it
        bring_to(State.RECEIVED, ticket)
        assert "show=dispatch" in manager.open(BENCH)
        assert "show=dispatch" not in agent.open(BENCH)


def test_the_resident_sees_the_new_promise(company, caller, fresh):
    ticket = bring_to(State.IN_PROGRESS, fresh, at=database_now())
    ticket = extensions.ask(
        ticket, actor=Actor.staff(company.steward.holder_id), minutes=450,
        reason_code="spare_parts", note="内部的话", at=database_now(),
    )  # fmt: skip
    extensions.grant(ticket, actor=Actor.staff(company.manager.holder_id), at=database_now())
    supervision.supervise(ticket, actor=Actor.staff(company.manager.holder_id), at=database_now())
    page = client_of(caller).get(f"/tickets/{ticket.public_id}/").content.decode()
    assert "处理时间延长到" in page
    assert "等配件或材料" in page
    assert "内部的话" not in page
    assert "督办" not in page
