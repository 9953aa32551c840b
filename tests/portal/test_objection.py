"""Whoever holds a code objects on the page it opens; no typing is lost, nothing of them kept."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.enums import EventKind, State
from complaints.models import Attachment, Ticket
from complaints.services import lifecycle
from core.actors import Actor
from core.clock import database_now
from tests.complaints.conftest import bring_to
from tests.complaints.pictures import jpeg
from tests.factories import make_post

pytestmark = pytest.mark.django_db

FOLLOW = "/follow/"
BUTTON = 'name="verb" value="{}"'


@pytest.fixture
def inspector(company):
    return Actor.staff(make_post("discipline_inspector", company.group).holder_id)


@pytest.fixture
def code(company, inspector):
    told = {"unit": company.region.pk, "body": "收受回扣", "idempotency_key": str(uuid.uuid4())}
    page = Client().post("/integrity/", told).content.decode()
    return re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", page).group()


def reject(inspector):
    lifecycle.reject(
        Ticket.objects.get(),
        actor=inspector,
        reason_code="not_verifiable",
        reply="请补充时间",
        at=database_now(),
    )


def say(client, code, text, **fields):
    sent = {"code": code, "text": text, "idempotency_key": str(uuid.uuid4()), **fields}
    return client.post(FOLLOW, sent)


def test_a_rejection_says_the_next_step_and_offers_it(client, code, inspector):
    reject(inspector)
    page = client.post(FOLLOW, {"code": code}).content.decode()
    assert "补充时间、地点或照片后可以重新打开" in page
    assert BUTTON.format("reopen") in page
    assert BUTTON.format("add") not in page
    assert "为什么不同意" in page


def test_it_is_sent_once_and_with_a_photo(client, code, inspector):
    reject(inspector)
    sent = {"verb": "reopen", "idempotency_key": str(uuid.uuid4())}
    photo = SimpleUploadedFile("a.jpg", jpeg().getvalue(), "image/jpeg")
    page = say(client, code, "三月五日在会所", photos=[photo], **sent)
    assert page.status_code == 200
    assert not page.cookies
    assert "已重新打开" in page.content.decode()
    say(client, code, "三月五日在会所", photos=[], **sent)
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.cycle) == (State.REOPENED, 2)
    reopened = ticket.events.get(kind=EventKind.REOPENED)
    assert (reopened.actor_kind, reopened.staff_id) == ("reporter", None)
    assert Attachment.objects.get().event == reopened


def test_what_is_said_to_be_done_is_added_to_or_objected_to(client, code, inspector):
    bring_to(State.RESOLVED, Ticket.objects.get(), at=database_now())
    page = client.post(FOLLOW, {"code": code}).content.decode()
    assert BUTTON.format("add") in page
    assert BUTTON.format("reopen") in page
    say(client, code, "没有处理", verb="reopen")
    assert Ticket.objects.get().state == State.REOPENED


def test_in_hand_there_is_nothing_to_object_to(client, code):
    page = client.post(FOLLOW, {"code": code}).content.decode()
    assert BUTTON.format("add") in page
    assert BUTTON.format("reopen") not in page
    refused = say(client, code, "太慢了", verb="reopen")
    assert refused.status_code == 409
    assert "太慢了" in refused.content.decode()


def test_what_was_typed_while_it_was_rejected_stands_there_still(client, code, inspector):
    reject(inspector)
    refused = say(client, code, "还有一次在三月")
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "还有一次在三月" in page
    assert BUTTON.format("reopen") in page


def test_what_was_typed_while_it_was_taken_back_can_be_copied(client, code, inspector):
    Ticket.objects.update(state=State.WITHDRAWN, next_step_at=None, ended_at=database_now())
    page = say(client, code, "还有一次在三月")
    assert page.status_code == 409
    assert "还有一次在三月" in page.content.decode()
    assert 'name="verb"' not in page.content.decode()


@pytest.mark.parametrize("text", ["", "长" * 2_001])
def test_too_little_and_too_much_is_told_beside_the_words(client, code, inspector, text):
    reject(inspector)
    refused = say(client, code, text, verb="reopen")
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'aria-invalid="true"' in page
    assert text in page
    assert "补充情况" not in page.split("<form")[1]
    assert Ticket.objects.get().state == State.REJECTED
