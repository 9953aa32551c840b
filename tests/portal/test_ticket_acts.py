"""Add, urge, rate, reopen, confirm, take back: what is allowed is offered, and done once."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from complaints.enums import EventKind, State, TextRole
from complaints.services import lifecycle
from core.actors import SYSTEM
from core.clock import database_now
from tests.complaints.conftest import bring_to
from tests.complaints.pictures import jpeg
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def address(ticket, verb):
    return reverse("portal:ticket_act", args=[ticket.public_id, verb])


def page_of(ticket):
    return reverse("portal:ticket", args=[ticket.public_id])


def do(client, ticket, verb, **said):
    said.setdefault("idempotency_key", str(uuid.uuid4()))
    return client.post(address(ticket, verb), said)


def offered(client, ticket):
    page = client.get(page_of(ticket)).content.decode()
    return set(re.findall(rf"/tickets/{ticket.public_id}/do/(\w+)/", page))


def kinds(ticket):
    return list(ticket.events.order_by("id").values_list("kind", flat=True))


def in_state(ticket, state):
    return bring_to(state, ticket, at=database_now())


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.ASSIGNED, {"add", "urge", "withdraw"}),
        (State.WAITING_RESIDENT, {"add", "withdraw"}),
        (State.RESOLVED, {"close", "reopen", "add", "rate"}),
        (State.CLOSED, {"reopen", "rate"}),
        (State.WITHDRAWN, set()),
        (State.REJECTED, {"reopen"}),
    ],
)
def test_what_is_allowed_now_is_offered_and_nothing_else(resident, my_ticket, state, expected):
    assert offered(resident, in_state(my_ticket, state)) == expected


def test_something_serious_is_not_closed_by_the_resident_alone(resident, company, person, actor):
    ticket = make_ticket(
        company, category_code="staff_conduct", reporter_subject=person.subject_id, actor=actor
    )
    assert "close" not in offered(resident, in_state(ticket, State.RESOLVED))


def test_words_and_photos_are_added(resident, my_ticket):
    photo = SimpleUploadedFile("a.jpg", jpeg().getvalue(), "image/jpeg")
    response = do(resident, my_ticket, "add", text="现在更吵了", photos=[photo])
    assert response["Location"] == f"{page_of(my_ticket)}?done=add"
    event = my_ticket.events.get(kind=EventKind.ADDED)
    assert event.texts.get().body == "现在更吵了"
    assert event.attachments.count() == 1
    page = resident.get(response["Location"]).content.decode()
    assert f'data-draft-done="add-{my_ticket.reference}"' in page


def test_an_addition_goes_on_with_work_that_waited(resident, my_ticket):
    in_state(my_ticket, State.WAITING_RESIDENT)
    do(resident, my_ticket, "add", text="照片见附件")
    my_ticket.refresh_from_db()
    assert my_ticket.state == State.IN_PROGRESS


def test_an_empty_addition_is_refused_with_the_form(resident, my_ticket):
    response = do(resident, my_ticket, "add", text=" ")
    assert response.status_code == 422
    assert "请填写“" in response.content.decode()
    assert EventKind.ADDED not in kinds(my_ticket)


def test_urging_is_heard_once_an_hour(resident, my_ticket):
    first = do(resident, my_ticket, "urge")
    assert first["Location"] == page_of(my_ticket)
    page = resident.get(do(resident, my_ticket, "urge")["Location"]).content.decode()
    assert "刚刚已经催过" in page
    assert "之后可以再试" in page
    assert kinds(my_ticket).count(EventKind.URGED) == 1


def test_a_button_pressed_twice_acts_once_without_a_complaint(resident, my_ticket):
    key = str(uuid.uuid4())
    do(resident, my_ticket, "urge", idempotency_key=key)
    do(resident, my_ticket, "urge", idempotency_key=key)
    page = resident.get(page_of(my_ticket)).content.decode()
    assert "刚刚已经催过" not in page
    assert kinds(my_ticket).count(EventKind.URGED) == 1


def test_a_button_is_no_link(resident, my_ticket):
    assert resident.get(address(my_ticket, "urge"))["Location"] == page_of(my_ticket)
    assert EventKind.URGED not in kinds(my_ticket)


def test_the_resident_confirms_that_it_is_solved(resident, my_ticket):
    in_state(my_ticket, State.RESOLVED)
    do(resident, my_ticket, "close")
    my_ticket.refresh_from_db()
    assert my_ticket.state == State.CLOSED


def test_reopening_says_why_and_starts_anew(resident, my_ticket):
    in_state(my_ticket, State.RESOLVED)
    assert do(resident, my_ticket, "reopen", text="").status_code == 422
    do(resident, my_ticket, "reopen", text="今天又开始了")
    my_ticket.refresh_from_db()
    assert (my_ticket.state, my_ticket.cycle) == (State.REOPENED, 2)
    said = my_ticket.texts.filter(role=TextRole.COMMENT).values_list("body", flat=True)
    assert list(said) == ["今天又开始了"]


def test_a_refusal_tells_the_next_step_and_can_be_objected_to(resident, my_ticket):
    in_state(my_ticket, State.REJECTED)
    assert "下一步：可向答复中写明的单位反映" in resident.get(page_of(my_ticket)).content.decode()
    do(resident, my_ticket, "reopen", text="这就是物业的事")
    my_ticket.refresh_from_db()
    assert my_ticket.state == State.REOPENED


def test_a_ticket_is_withdrawn_with_or_without_a_reason(resident, my_ticket):
    do(resident, my_ticket, "withdraw", text="")
    my_ticket.refresh_from_db()
    assert my_ticket.state == State.WITHDRAWN


class TestRating:
    def test_stars_for_the_handling_and_for_the_outcome(self, resident, my_ticket):
        in_state(my_ticket, State.RESOLVED)
        do(resident, my_ticket, "rate", handling="4", outcome="2", text="态度好，没修好")
        rated = my_ticket.events.get(kind=EventKind.RATED)
        assert (rated.handling_score, rated.outcome_score) == (4, 2)
        page = resident.get(page_of(my_ticket)).content.decode()
        assert "处理过程 4 星，处理结果 2 星" in page
        assert "rate" not in offered(resident, my_ticket)

    def test_half_a_rating_comes_back_with_what_was_chosen(self, resident, my_ticket):
        in_state(my_ticket, State.RESOLVED)
        response = do(resident, my_ticket, "rate", handling="4", text="还行")
        assert response.status_code == 422
        page = response.content.decode()
        assert re.search(r'name="handling" value="4"[^>]*checked', page)
        assert "还行" in page
        assert EventKind.RATED not in kinds(my_ticket)

    def test_each_cycle_is_rated_by_itself(self, resident, my_ticket):
        in_state(my_ticket, State.RESOLVED)
        do(resident, my_ticket, "rate", handling="1", outcome="1")
        do(resident, my_ticket, "reopen", text="没修好")
        my_ticket.refresh_from_db()
        at = database_now()
        for step in (lifecycle.accept, lifecycle.start):
            step(my_ticket, actor=SYSTEM, at=at)
        lifecycle.resolve(my_ticket, actor=SYSTEM, reply="这次好了", at=at)
        assert "rate" in offered(resident, my_ticket)


@pytest.mark.parametrize("verb", ["add", "urge", "rate", "reopen", "close", "withdraw"])
def test_nobody_acts_on_the_ticket_of_somebody_else(neighbour, my_ticket, verb):
    in_state(my_ticket, State.RESOLVED)
    before = kinds(my_ticket)
    said = {"text": "x", "handling": "1", "outcome": "1"}
    assert do(neighbour, my_ticket, verb, **said).status_code == 404
    assert kinds(my_ticket) == before


@pytest.mark.parametrize("verb", ["assign", "resolve", "note", "nothing"])
def test_what_staff_do_has_no_address_here(resident, my_ticket, verb):
    assert do(resident, my_ticket, verb, text="x").status_code == 404


def test_what_came_too_late_is_said_and_nothing_typed_is_lost(resident, my_ticket):
    in_state(my_ticket, State.CLOSED)
    response = do(resident, my_ticket, "add", text="还有一点")
    assert response.status_code == 409
    page = response.content.decode()
    assert "当前状态下不能进行此操作" in page
    assert "还有一点" in page
    assert resident.get(address(my_ticket, "add"))["Location"] == page_of(my_ticket)
