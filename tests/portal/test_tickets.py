"""My tickets: mine alone, with a timeline that names no staff."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints.enums import State
from complaints.services import lifecycle, timeline
from core.actors import SYSTEM, Actor
from core.clock import database_now
from tests.complaints.conftest import bring_to
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

LIST = reverse("portal:tickets")


def page_of(ticket):
    return reverse("portal:ticket", args=[ticket.public_id])


def titles(response):
    return re.findall(r'class="row__link" href="[^"]+">([^<]+)<', response.content.decode())


def test_the_list_shows_what_one_reported_and_nothing_else(resident, company, person, my_ticket):
    make_ticket(company, body="别人的事")
    assert titles(resident.get(LIST)) == ["楼上装修太吵，晚上十点还在施工"]


def test_what_has_ended_stands_apart(resident, my_ticket):
    bring_to(State.CLOSED, my_ticket, at=database_now())
    assert titles(resident.get(LIST)) == []
    assert len(titles(resident.get(LIST, {"show": "ended"}))) == 1


def test_an_empty_list_says_what_to_do(resident):
    assert "没有进行中的工单" in resident.get(LIST).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long_it_is(
    resident, company, person, actor, count, django_assert_num_queries
):
    for number in range(count):
        make_ticket(
            company, reporter_subject=person.subject_id, actor=actor, body=f"第 {number} 件事"
        )
    resident.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(titles(resident.get(LIST))) == count


#: device; tickets; their clocks; closure and unread notices; the tab's count
LIST_QUERIES = 7


def test_long_lists_are_paged_without_losing_a_row(resident, company, person, actor):
    for number in range(23):
        make_ticket(
            company,
            reporter_subject=person.subject_id,
            actor=actor,
            body=f"第 {number} 件事",
            at=A_MORNING + timedelta(minutes=number),
        )
    first = resident.get(LIST)
    following = re.search(r'href="([^"]+cursor=[^"]+)"', first.content.decode()).group(1)
    second = resident.get(following.replace("&amp;", "&"))
    assert len(titles(first)) == 20
    assert len(set(titles(first) + titles(second))) == 23


def test_a_bent_cursor_leads_to_the_first_page(resident):
    assert resident.get(LIST, {"cursor": "nonsense"})["Location"] == LIST


@pytest.mark.parametrize("route", ["portal:ticket", "portal:sent"])
def test_the_ticket_of_somebody_else_is_not_there(neighbour, my_ticket, route):
    assert neighbour.get(reverse(route, args=[my_ticket.public_id])).status_code == 404


def test_the_timeline_names_posts_and_no_staff_and_nothing_internal(resident, company, my_ticket):
    steward = Actor.staff(company.steward.holder_id)
    at = database_now()
    lifecycle.accept(my_ticket, actor=steward, at=at)
    lifecycle.start(my_ticket, actor=steward, at=at)
    timeline.note(my_ticket, actor=steward, text="住户很难缠", at=at)
    timeline.reply(my_ticket, actor=steward, text="今晚上门劝阻", at=at)
    page = resident.get(page_of(my_ticket)).content.decode()
    assert "已派给X1管家" in page
    assert "处理人员已接单" in page
    assert "今晚上门劝阻" in page
    assert "住户很难缠" not in page
    assert company.steward.holder.name not in page


def test_a_promise_that_was_broken_is_said(resident, company, person, actor):
    ticket = make_ticket(company, reporter_subject=person.subject_id, actor=actor, at=A_MORNING)
    page = resident.get(page_of(ticket)).content.decode()
    assert "已超过承诺的时间" in page


def test_a_ticket_that_waits_for_the_resident_says_so_on_page_and_tab(resident, my_ticket):
    bring_to(State.WAITING_RESIDENT, my_ticket, at=database_now())
    page = resident.get(page_of(my_ticket)).content.decode()
    assert page.count("等您补充") >= 2
    assert 'class="count count--urgent">1<' in page


def test_a_photo_is_seen_by_whose_ticket_it_is(resident, neighbour, client, my_ticket, actor):
    from complaints.services import photos
    from tests.complaints.pictures import jpeg

    at = database_now()
    draft = photos.open_draft(actor=actor, at=at)
    photos.upload(draft.public_id, jpeg(), actor=actor, at=at)
    timeline.add(my_ticket, actor=actor, text="如图", at=at, draft_id=draft.public_id)
    page = resident.get(page_of(my_ticket)).content.decode()
    address = re.search(r'src="(/photos/[^"]+)"', page).group(1)
    shown = resident.get(address)
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/jpeg"
    assert "private" in shown["Cache-Control"]
    assert neighbour.get(address).status_code == 404
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_a_ticket_costs_the_same_however_much_happened(
    resident, my_ticket, count, django_assert_num_queries
):
    for number in range(count):
        timeline.reply(my_ticket, actor=SYSTEM, text=f"答复 {number}", at=database_now())
    resident.get(page_of(my_ticket))
    with django_assert_num_queries(TICKET_QUERIES):
        resident.get(page_of(my_ticket))


#: device; ticket; clocks; now; timeline in three; catalogue; the tab's count
TICKET_QUERIES = 8
