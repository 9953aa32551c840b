from __future__ import annotations

from types import SimpleNamespace

import pytest

from complaints.services import lifecycle, photos, timeline
from core.actors import SYSTEM, Actor
from privacy.rights.enums import RequestKind
from privacy.rights.services import requests
from privacy.rights.services.requests import Wish
from residents.services import code_carrier
from tests.factories import A_MORNING, make_person, make_post, make_ticket

#: found nowhere else in the world, so that grep proves something
NAME = "鸾鹭翙"
PHONE = "13877766655"
NEW_NAME = "鸾鹭翛"


@pytest.fixture
def office(company):
    """Those who answer privacy requests."""
    return SimpleNamespace(
        company=company,
        officer=Actor.staff(make_post("privacy_officer", company.group).holder_id),
        approver=Actor.staff(make_post("privacy_approver", company.group).holder_id),
    )


@pytest.fixture
def person(company):
    return make_person(NAME, PHONE, company.dwelling, email="canary-7b1f@desk.example")


@pytest.fixture
def codes(monkeypatch):
    """The telephone: what was sent to which number, at once."""
    sent = []

    def receive(number, text):
        sent.append((number, text))

    monkeypatch.setattr(code_carrier, "send_soon", receive)
    return sent


def code_in(sent):
    import re

    return re.search(r"\d{6}", sent[-1][1]).group()


def verified(office, person, codes, *, kind=RequestKind.DELETE, at=A_MORNING, **wish):
    """A request of the person themselves, whose identity is proven."""
    actor = Actor.reporter(person.subject_id)
    request = requests.open_request(Wish(person.subject_id, kind, **wish), actor=actor, at=at)
    code_id = requests.send_code(request, address="127.0.0.1", at=at)
    return requests.verify(request, code_id, code_in(codes), actor=actor, at=at)


def approved(office, person, codes, **wish):
    request = verified(office, person, codes, **wish)
    at = wish.get("at", A_MORNING)
    requests.plan(request, actor=office.officer, at=at)
    return requests.approve(request, actor=office.approver, at=at)


def closed_ticket(company, person, photo=None):
    """A ticket of the person with words, a photo, an answer and a note, closed."""
    me = Actor.reporter(person.subject_id)
    draft_id = None
    if photo is not None:
        draft = photos.open_draft(actor=me, at=A_MORNING)
        photos.upload(draft.public_id, photo, actor=me, at=A_MORNING)
        draft_id = draft.public_id
    ticket = make_ticket(
        company,
        actor=me,
        reporter_subject=person.subject_id,
        channel="app",
        body=f"我是{NAME}，电话 {PHONE}，家里漏水",
        place=f"{NAME}家门口",
        draft_id=draft_id,
    )
    timeline.note(ticket, actor=SYSTEM, text="已电话联系住户", at=A_MORNING)
    for step in (lifecycle.accept, lifecycle.start):
        step(ticket, actor=SYSTEM, at=A_MORNING)
    lifecycle.resolve(ticket, actor=SYSTEM, reply="已修好", at=A_MORNING)
    lifecycle.close(ticket, actor=SYSTEM, at=A_MORNING)
    return ticket
