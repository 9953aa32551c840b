"""What belongs together, as the pages show and change it."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from complaints.enums import EventKind, Protection, State
from complaints.models import CoOwnership, CorrectiveAction, Ticket, TicketEvent, TicketLink
from complaints.services import escalation, linking, merging, remedies
from core.actors import Actor
from core.clock import database_now
from organisation.models import Dwelling
from organisation.services.posts import local_date
from tests.console.conftest import Browser
from tests.factories import A_MORNING, make_person, make_ticket

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def page_of(ticket, verb=""):
    name = "console:act" if verb else "console:ticket"
    return reverse(name, args=[ticket.public_id, *([verb] if verb else [])])


def actor(post):
    return Actor.staff(post.holder_id)


@pytest.fixture
def other(company):
    return make_ticket(company, body="楼道漏水", at=A_MORNING + DAY)


@pytest.fixture
def homes(company):
    return [
        Dwelling.objects.create(building=company.building, room=f"1-{number}")
        for number in range(201, 205)
    ]


@pytest.fixture
def group(company, homes):
    """Three homes, just now."""
    now = database_now()
    return [
        make_ticket(company, dwelling=home, body=f"第{n}户停水", at=now - dt.timedelta(hours=3 - n))
        for n, home in enumerate(homes[:3])
    ]


class TestMerging:
    def test_by_number_with_the_reason(self, manager, ticket, other):
        values = {"version": other.version, "other": ticket.reference, "text": "同一处"}
        done = manager.send(page_of(other, "merge"), **values)
        assert done.status == 302
        assert Ticket.objects.get(pk=other.pk).state == State.MERGED
        page = manager.open(page_of(other))
        assert "同一处" in page
        assert "并入" in page
        assert "并入本单" in manager.open(page_of(ticket))

    def test_a_number_out_of_reach_is_no_number(self, company, manager, ticket):
        far = make_ticket(company, dwelling=None, unit=company.far_community)
        for number in (far.reference, "1234"):
            values = {"version": ticket.version, "other": number, "text": "同一处"}
            page = manager.send(page_of(ticket, "merge"), **values)
            assert page.status == 422
            assert "没有找到这个编号的工单" in page
            assert "同一处" in page

    def test_what_does_not_fit_is_said_beside_the_number(self, company, manager, ticket):
        urgent = make_ticket(company, severity="safety")
        values = {"version": urgent.version, "other": ticket.reference}
        page = manager.send(page_of(urgent, "merge"), **values)
        assert page.status == 422
        assert "对方级别较低" in page

    def test_and_back_again(self, company, manager, ticket, other):
        merged = merging.merge(
            other, other=ticket, actor=actor(company.manager), at=A_MORNING + DAY
        )
        assert "/unmerge/" in manager.open(page_of(merged)).text
        done = manager.send(page_of(merged, "unmerge"), version=merged.version, text="两回事")
        assert done.status == 302
        assert Ticket.objects.get(pk=other.pk).state == State.ASSIGNED
        assert "恢复单独处理" in manager.open(page_of(merged))

    def test_the_same_home_is_offered_in_one_press(self, manager, ticket, other):
        page = manager.open(page_of(ticket)).text
        box = page.split("同一住户报过的同类")[1].split("</form>")[0]
        values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', box))
        del values["csrfmiddlewaretoken"]
        # the later one joins the earlier one, whichever of the two is open
        assert page_of(other, "merge") in box
        assert values["other"] == ticket.reference
        assert manager.send(page_of(other, "merge"), **values).status == 302
        assert Ticket.objects.get(pk=other.pk).state == State.MERGED


class TestLinks:
    def test_are_made_shown_and_taken_away(self, steward, ticket, other):
        values = {"version": ticket.version, "other": other.reference, "relation": "caused_by"}
        assert steward.send(page_of(ticket, "link"), **values).status == 302
        assert "由本单引起" in steward.open(page_of(other))
        row = TicketLink.objects.get()
        away = reverse("console:unlink", args=[ticket.public_id, row.pk])
        assert away in steward.open(page_of(ticket))
        assert steward.send(away).status == 302
        assert not TicketLink.objects.standing().exists()
        assert "取消与" in steward.open(page_of(ticket))

    def test_a_link_to_what_one_may_not_see_is_not_shown(self, company, steward, ticket):
        far = make_ticket(company, dwelling=None, unit=company.far_community)
        linking.link(
            ticket, other=far, relation="relates_to", actor=actor(company.duty), at=A_MORNING
        )
        page = steward.open(page_of(ticket))
        assert far.reference not in page.text.replace(" ", "")
        assert "关联与并单" not in page
        assert "关联与并单" in Browser(company.duty.holder).open(page_of(ticket))
        away = reverse("console:unlink", args=[ticket.public_id, TicketLink.objects.get().pk])
        assert steward.send(away).status == 404


class TestGroups:
    def test_are_badges_of_the_queue_and_of_the_ticket(self, manager, group):
        assert manager.open("/console/workbench/?show=all").text.count("群诉 3 户") == 3
        assert "同一楼栋的同类" in manager.open(page_of(group[0]))

    def test_have_a_page_and_a_list_behind_it(self, company, manager, group):
        page = manager.open("/console/groups/")
        address = f"/console/groups/{company.building.pk}/{group[0].category_id}/"
        assert address in page
        inside = manager.open(address)
        assert inside.text.count("row__link") == 3
        assert "并入 2 张" in inside

    def test_are_merged_in_one_step(self, company, manager, group):
        address = f"/console/groups/{company.building.pk}/{group[0].category_id}/"
        done = manager.send(f"{address}merge/")
        assert done.url == address
        assert set(TicketLink.objects.merges().values_list("source", "target")) == {
            (group[1].pk, group[0].pk),
            (group[2].pk, group[0].pk),
        }
        assert "2 张工单已并入" in manager.open(address)

    def test_an_intake_hears_of_it_while_typing(self, company, agent, homes, group):
        values = {
            "kind": "complaint",
            "category": "noise",
            "community": company.community.name,
            "building": company.building.name,
            "room": homes[3].room,
        }
        assert "群诉 4 户" in agent.send("/console/workbench/needs/", **values)

    def test_out_of_scope_there_is_none(self, company, group):
        stranger = Browser(company.other_manager.holder)
        assert "没有群诉" in stranger.open("/console/groups/")
        address = f"/console/groups/{company.building.pk}/{group[0].category_id}/"
        assert stranger.open(address).status == 404
        assert stranger.send(f"{address}merge/").status == 404
        assert not TicketLink.objects.exists()

    def test_who_may_not_dispatch_merges_nothing(self, company, steward, group):
        address = f"/console/groups/{company.building.pk}/{group[0].category_id}/"
        assert "并入 2 张" not in steward.open(address)
        assert steward.send(f"{address}merge/").status == 403

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_costs_the_same_for_many(
        self, company, manager, homes, count, django_assert_num_queries
    ):
        for code in ("noise", "parking", "lifts")[:count]:
            for home in homes[:3]:
                make_ticket(company, dwelling=home, category_code=code, at=database_now())
        with django_assert_num_queries(5):
            page = manager.open("/console/groups/")
        assert page.text.count('<th scope="row">') == count


class TestTheListOfRepeats:
    AT = "/console/groups/repeats/"

    @pytest.fixture
    def again(self, company):
        """The same home three times, the oldest first; the last is the only one these ten days."""
        now = database_now()
        return [
            make_ticket(company, body=f"第{n}次停水", at=now - days * DAY)
            for n, days in enumerate((25, 20, 2), 1)
        ]

    def test_says_what_came_again_and_where_to_join_it(self, manager, again):
        page = manager.open(self.AT)
        assert page.text.count("row__link") == 2
        assert "第1次停水" not in page
        assert "重复报 2 次" in page
        for verb in ("merge", "link"):
            assert f"{page_of(again[2], verb)}?from=repeats" in page
        assert manager.open(page_of(again[2], "merge"), **{"from": "repeats"}).status == 200
        assert "重复报" in manager.open(page_of(again[2]), **{"from": "repeats"})

    def test_of_so_many_days_and_one_community(self, company, manager, again):
        few = manager.open(self.AT, days="10")
        assert "第3次停水" in few
        assert "第2次停水" not in few
        assert manager.open(self.AT, community="X1").text.count("row__link") == 2
        wrong = manager.open(self.AT, community="X3", days="900")
        assert "没有这个小区" in wrong
        assert "请填写 1 至 90 天" in wrong
        assert 'value="900"' in wrong
        assert 'value="X3"' in wrong
        assert "row__link" not in wrong.text

    def test_is_paged(self, company, manager, again, monkeypatch):
        monkeypatch.setattr("console.views.groups.SIZE", 1)
        first = manager.open(self.AT)
        assert "第3次停水" in first
        second = manager.open(first.context["following"])
        assert "第2次停水" in second
        assert second.context["previous"]
        assert not second.context["following"]

    def test_shows_nothing_out_of_reach(self, company, again):
        stranger = Browser(company.far_steward.holder)
        assert "没有重复报" in stranger.open(self.AT)

    def test_a_protected_reporter_is_never_compared(self, company, steward):
        """The row that would leak: two reports of one home, one of them protected."""
        somebody = make_person(dwelling=company.dwelling).subject_id
        for hours, protection in ((9, Protection.PROTECTED), (3, Protection.NONE)):
            make_ticket(
                company,
                reporter_subject=somebody,
                protection=protection,
                at=database_now() - dt.timedelta(hours=hours),
            )
        assert "没有重复报" in steward.open(self.AT)

    def test_who_may_not_dispatch_is_not_sent_to_merge(self, company, steward, again):
        page = steward.open(self.AT)
        assert page.text.count("row__link") == 2
        assert page_of(again[2], "merge") not in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_costs_the_same_for_many(
        self, company, manager, homes, count, django_assert_num_queries
    ):
        for home in homes[:count]:
            for hours in (9, 3):
                at = database_now() - dt.timedelta(hours=hours)
                make_ticket(company, dwelling=home, at=at)
        with django_assert_num_queries(8):
            assert manager.open(self.AT).text.count("row__link") == count


class TestTheListOfGroups:
    AT = "/console/groups/"

    def test_of_so_many_days_and_one_community(self, company, manager, homes):
        now = database_now()
        for home, days in zip(homes[:3], (1, 2, 20), strict=True):
            ticket = make_ticket(company, dwelling=home, at=now - days * DAY)
        assert "没有群诉" in manager.open(self.AT)
        page = manager.open(self.AT, days="30", community="X1")
        there = f"/console/groups/{company.building.pk}/{ticket.category_id}/"
        assert f"{there}?days=30" in page
        assert manager.open(there).text.count("row__link") == 2
        assert manager.open(there, days="30").text.count("row__link") == 3
        assert "没有这个小区" in manager.open(self.AT, community="X3")
        merged = manager.send(f"{there}merge/", days="30")
        assert merged.url == f"{there}?days=30"
        assert TicketLink.objects.merges().count() == 2

    def test_is_paged(self, company, manager, homes, monkeypatch):
        monkeypatch.setattr("console.views.groups.SIZE", 1)
        for code in ("noise", "parking"):
            for home in homes[:3]:
                make_ticket(company, dwelling=home, category_code=code, at=database_now())
        first = manager.open(self.AT)
        assert first.text.count('<th scope="row">') == 1
        second = manager.open(first.context["following"])
        assert second.text.count('<th scope="row">') == 1
        assert second.context["groups"] != first.context["groups"]


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
