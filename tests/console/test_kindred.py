"""What belongs together, as the pages show and change it."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from complaints.enums import State
from complaints.models import Ticket, TicketLink
from complaints.services import linking, merging
from core.actors import Actor
from core.clock import database_now
from tests.console.conftest import Browser
from tests.factories import A_MORNING, make_ticket

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
