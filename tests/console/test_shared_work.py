"""What several posts answer for together, and what is to keep a complaint from coming again."""

import datetime as dt

import pytest

from complaints.enums import EventKind
from complaints.models import CoOwnership, CorrectiveAction, Ticket, TicketEvent
from complaints.services import escalation, remedies
from core.clock import database_now
from organisation.services.posts import local_date
from tests.console.conftest import Browser
from tests.console.test_kindred import DAY, actor, page_of

pytestmark = pytest.mark.django_db


class TestCoOwners:
    @pytest.fixture
    def owned(self, company, ticket):
        escalation.sweep(ticket.clocks.get(kind="first_response").due_at + dt.timedelta(hours=4))
        assert CoOwnership.objects.get().post == company.region_head
        return Ticket.objects.get(pk=ticket.pk)

    def test_find_it_in_their_work(self, company, owned):
        page = Browser(company.region_head.holder).open("/console/work/")
        assert "共同负责" in page
        assert page_of(owned) in page

    def test_are_named_on_the_ticket_and_on_what_came_up(self, company, manager, owned):
        name = company.region_head.holder.name
        head = Browser(company.region_head.holder)
        assert f"共同负责</dt><dd>{company.region_head}（{name}）" in manager.open(page_of(owned))
        assert name in head.open("/console/escalated/")

    def test_say_that_it_has_arrived(self, company, owned):
        head = Browser(company.region_head.holder)
        address = page_of(owned, "acknowledge")
        assert address in head.open("/console/escalated/")
        values = {"version": owned.version, "text": "今晚到场", "next": "/console/escalated/"}
        assert head.send(address, **values).url == "/console/escalated/"
        page = head.open("/console/escalated/")
        assert "确认收到升级" in page
        assert address not in page
        assert TicketEvent.objects.filter(kind=EventKind.ACKNOWLEDGED).count() == 1


class TestCorrectiveActions:
    def plan(self, company, ticket, **fields):
        values = {
            "root_cause": "process.missing",
            "owner": company.engineer,
            "due_on": local_date(database_now()) + 5 * DAY,
            "text": "编写巡检表",
            **fields,
        }
        remedies.plan(ticket, actor=actor(company.manager), at=database_now(), **values)
        return CorrectiveAction.objects.order_by("pk").last()

    def test_are_planned_on_the_ticket(self, company, manager, ticket):
        assert "编写" not in manager.open(page_of(ticket))
        values = {
            "version": ticket.version,
            "root_cause": "process.missing",
            "owner": company.engineer.pk,
            "due_on": (local_date(database_now()) + 5 * DAY).isoformat(),
            "text": "编写巡检表",
        }
        assert manager.send(page_of(ticket, "plan_action"), **values).status == 302
        page = manager.open(page_of(ticket))
        assert "编写巡检表" in page
        assert "流程 · 没有规定" in page

    def test_a_wrong_date_is_said_and_nothing_is_lost(self, company, manager, ticket):
        values = {
            "version": ticket.version,
            "root_cause": "process.missing",
            "owner": company.engineer.pk,
            "due_on": "2001-01-01",
            "text": "编写巡检表",
        }
        page = manager.send(page_of(ticket, "plan_action"), **values)
        assert page.status == 422
        assert "请选择今天起一年以内的日期" in page
        assert "编写巡检表" in page

    def test_go_from_open_to_verified(self, company, manager, ticket):
        action = self.plan(company, ticket)
        engineer = Browser(company.engineer.holder)
        step = f"/console/corrective/{action.public_id}"
        assert f"{step}/complete/" in engineer.open("/console/corrective/")
        assert f"{step}/complete/" not in manager.open("/console/corrective/")
        assert engineer.open(f"{step}/complete/").status == 200
        assert engineer.send(f"{step}/complete/", text="").status == 422
        assert engineer.send(f"{step}/complete/", text="已编写").status == 302
        assert "已编写" in manager.open("/console/corrective/", tab="done")
        assert engineer.send(f"{step}/verify/", text="好").status == 403
        assert manager.send(f"{step}/verify/", text="抽查过").status == 302
        assert "流程 · 没有规定" in manager.open("/console/corrective/", tab="verified")

    def test_can_be_returned(self, company, manager, ticket):
        action = self.plan(company, ticket)
        remedies.complete(action, actor=actor(company.engineer), text="已编写", at=database_now())
        step = f"/console/corrective/{action.public_id}/return/"
        assert manager.send(step, text="不全").status == 422
        due_on = (local_date(database_now()) + 9 * DAY).isoformat()
        assert manager.send(step, text="不全", due_on=due_on).status == 302
        action.refresh_from_db()
        assert action.state == "open"

    def test_are_narrowed_by_community(self, company, manager, ticket):
        self.plan(company, ticket)
        duty = Browser(company.duty.holder)
        assert "编写巡检表" in duty.open("/console/corrective/", community=company.community.name)
        name = company.far_community.name
        assert "编写巡检表" not in duty.open("/console/corrective/", community=name)
        assert "编写巡检表" not in duty.open("/console/corrective/", community="没有这个小区")

    def test_of_others_are_not_there(self, company, ticket):
        action = self.plan(company, ticket)
        stranger = Browser(company.other_manager.holder)
        assert "编写巡检表" not in stranger.open("/console/corrective/")
        step = f"/console/corrective/{action.public_id}/verify/"
        assert stranger.open(step).status == 404
        assert stranger.send(step).status == 404

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_costs_the_same_for_many(
        self, company, manager, ticket, count, django_assert_num_queries
    ):
        for _ in range(count):
            self.plan(company, ticket)
        with django_assert_num_queries(8):
            page = manager.open("/console/corrective/")
        assert page.text.count("编写巡检表") == count
