"""What a request waits for and what it does not: an answer, a reader, a withdrawn ticket."""

from __future__ import annotations

import pytest

from complaints.enums import Action, State
from complaints.services import lifecycle
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput
from privacy.rights.enums import RequestKind, RequestState
from privacy.rights.errors import RequestNotAtThisStep
from privacy.rights.models import CorrectionRecord, MentionTask, PrivacyRequest
from privacy.rights.services import execution, requests
from privacy.rights.services.requests import Wish
from residents.models import Person
from tests.factories import A_MORNING
from tests.rights.conftest import NEW_NAME, approved, verified

pytestmark = pytest.mark.django_db

NAME = {"kind": RequestKind.CORRECT, "field": "name", "value": NEW_NAME}


def test_an_answer_closes_a_ticket_that_waits_for_the_person(office, person, codes):
    request = approved(office, person, codes, **NAME)
    for step in (lifecycle.accept, lifecycle.start):
        step(request.ticket, actor=SYSTEM, at=A_MORNING)
    lifecycle.wait(
        request.ticket, actor=SYSTEM, on=Action.WAIT_RESIDENT, text="请来电核对", at=A_MORNING
    )
    execution.carry_out(request, at=A_MORNING)
    request.ticket.refresh_from_db()
    assert request.ticket.state == State.CLOSED


def test_who_withdraws_the_ticket_has_withdrawn_the_request(office, person, codes):
    me = Actor.reporter(person.subject_id)
    request = verified(office, person, codes, **NAME)
    lifecycle.withdraw(request.ticket, actor=me, at=A_MORNING)
    with pytest.raises(RequestNotAtThisStep):
        requests.plan(request, actor=office.officer, at=A_MORNING)
    wish = Wish(person.subject_id, **NAME)
    again = requests.open_request(wish, actor=me, at=A_MORNING)
    assert list(PrivacyRequest.objects.open()) == [again]


def test_an_erasure_that_waits_for_a_reader_is_left_in_peace(office, person, codes, company):
    request = approved(office, person, codes)
    PrivacyRequest.objects.filter(pk=request.pk).update(state=RequestState.VERIFYING)
    entry = request.ticket.texts.first()
    task = MentionTask.objects.create(request=request, entry=entry)
    assert not PrivacyRequest.objects.to_carry_out().exists()
    MentionTask.objects.filter(pk=task.pk).update(done_at=A_MORNING, kept=True)
    assert PrivacyRequest.objects.to_carry_out().get() == request


@pytest.mark.parametrize("wish", [NAME, {"kind": RequestKind.DELETE}])
def test_what_is_taken_back_on_its_ticket_after_the_approval_is_not_carried_out(
    office, person, codes, wish
):
    request = approved(office, person, codes, **wish)
    me = Actor.reporter(person.subject_id)
    lifecycle.withdraw(request.ticket, actor=me, at=A_MORNING)
    assert not PrivacyRequest.objects.to_carry_out().exists()
    carried = execution.carry_out(request, at=A_MORNING)
    assert carried.state == RequestState.APPROVED
    assert Person.objects.filter(pk=person.pk).exists()
    assert not CorrectionRecord.objects.exists()
    execution.resume_all(at=A_MORNING)
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert (request.value_sealed, request.needles_sealed) == (None, None)


@pytest.mark.parametrize("kind", [RequestKind.COPY, RequestKind.EXPLAIN, RequestKind.DECEASED])
def test_what_nobody_would_carry_out_is_not_taken_in(office, person, kind):
    with pytest.raises(InvalidInput) as refused:
        requests.open_request(
            Wish(person.subject_id, kind), actor=Actor.reporter(person.subject_id), at=A_MORNING
        )
    assert list(refused.value.fields) == ["kind"]
    assert not PrivacyRequest.objects.exists()
