"""A request is verified by code, planned, and approved by somebody who had no part in it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from complaints.enums import ClockKind, ClockState, State
from core.actors import Actor
from core.errors import InvalidInput, NotAllowed
from privacy.rights.enums import CorrectableField, RequestKind, RequestState
from privacy.rights.errors import ApproverIsInvolved, RequestNotAtThisStep, SameRequestOpen
from privacy.rights.models import CorrectionRecord, PrivacyRequest
from privacy.rights.services import execution, requests
from privacy.rights.services.requests import Wish
from privacy.vault.models import LedgerEntry
from residents.services.sign_in import CodeRefused
from tests.factories import A_MORNING, make_person, make_post
from tests.rights.conftest import NAME, NEW_NAME, PHONE, approved, code_in, verified

pytestmark = pytest.mark.django_db


def _correction(person, value=NEW_NAME, field=CorrectableField.NAME):
    return Wish(person.subject_id, RequestKind.CORRECT, field=field, value=value)


def test_a_correction_goes_all_the_way_and_its_history_names_no_value(office, person, codes):
    from privacy.vault.services import sealing
    from residents.services import people

    request = approved(
        office, person, codes, kind=RequestKind.CORRECT, field="name", value=NEW_NAME
    )
    execution.carry_out(request, at=A_MORNING)
    person.refresh_from_db()
    assert sealing.reveal(person.subject_id, people.NAME, person.name_sealed) == NEW_NAME
    request.refresh_from_db()
    assert (request.state, request.value_sealed) == (RequestState.ANSWERED, None)
    record = CorrectionRecord.objects.get(request=request)
    from privacy.rights.services.corrections import OLD

    assert sealing.reveal(person.subject_id, OLD, bytes(record.old_sealed)) == NAME
    kinds = list(LedgerEntry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-1] == "correction_applied"


def test_the_ticket_of_an_answered_request_is_closed(office, person, codes):
    request = approved(
        office, person, codes, kind=RequestKind.CORRECT, field="name", value=NEW_NAME
    )
    execution.carry_out(request, at=A_MORNING)
    request.ticket.refresh_from_db()
    assert request.ticket.state == State.CLOSED


def test_the_plan_is_the_first_response_and_the_promise_to_answer_runs_on(office, person, codes):
    request = verified(office, person, codes)
    requests.plan(request, actor=office.officer, at=A_MORNING)
    states = dict(request.ticket.clocks.values_list("kind", "state"))
    assert states[ClockKind.FIRST_RESPONSE] != ClockState.RUNNING
    assert states[ClockKind.RESOLVE] == ClockState.RUNNING


def test_carrying_out_twice_changes_nothing(office, person, codes):
    request = approved(
        office, person, codes, kind=RequestKind.CORRECT, field="name", value=NEW_NAME
    )
    execution.carry_out(request, at=A_MORNING)
    execution.carry_out(request, at=A_MORNING)
    assert CorrectionRecord.objects.count() == 1


def test_the_code_goes_to_the_number_on_file_and_not_to_the_wished_one(office, person, codes):
    actor = Actor.reporter(person.subject_id)
    request = requests.open_request(
        _correction(person, "13900009999", CorrectableField.PHONE), actor=actor, at=A_MORNING
    )
    requests.send_code(request, address="127.0.0.1", at=A_MORNING)
    assert [number for number, _ in codes] == [f"+86{PHONE}"]


def test_a_wrong_code_verifies_nobody_and_three_end_it(office, person, codes):
    actor = Actor.reporter(person.subject_id)
    request = requests.open_request(_correction(person), actor=actor, at=A_MORNING)
    code_id = requests.send_code(request, address="127.0.0.1", at=A_MORNING)
    right = code_in(codes)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(3):
        with pytest.raises(CodeRefused):
            requests.verify(request, code_id, wrong, actor=actor, at=A_MORNING)
    with pytest.raises(CodeRefused):
        requests.verify(request, code_id, right, actor=actor, at=A_MORNING)
    request.refresh_from_db()
    assert request.state == RequestState.IDENTITY_PENDING


def test_the_code_of_somebody_else_verifies_nobody(office, person, codes):
    other = make_person("别人", "13811112222")
    mine = requests.open_request(
        _correction(person), actor=Actor.reporter(person.subject_id), at=A_MORNING
    )
    theirs = requests.open_request(
        _correction(other), actor=Actor.reporter(other.subject_id), at=A_MORNING
    )
    code_id = requests.send_code(theirs, address="127.0.0.1", at=A_MORNING)
    with pytest.raises(CodeRefused):
        requests.verify(
            mine, code_id, code_in(codes), actor=Actor.reporter(person.subject_id), at=A_MORNING
        )


def test_who_wrote_it_down_may_not_approve(office, person, codes, company):
    both = make_post("privacy_officer", company.group).holder
    make_post("privacy_approver", company.group, both)
    doer = Actor.staff(both.pk)
    request = requests.open_request(_correction(person), actor=doer, at=A_MORNING)
    code_id = requests.send_code(request, address="127.0.0.1", at=A_MORNING)
    requests.verify(request, code_id, code_in(codes), actor=office.officer, at=A_MORNING)
    requests.plan(request, actor=doer, at=A_MORNING)
    with pytest.raises(ApproverIsInvolved):
        requests.approve(request, actor=doer, at=A_MORNING)
    requests.approve(request, actor=office.approver, at=A_MORNING)


def test_the_table_itself_refuses_an_approver_who_created(office, person, codes):
    request = approved(office, person, codes)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyRequest.objects.filter(pk=request.pk).update(created_by_id=office.approver.staff_id)


def test_nothing_is_planned_before_the_identity_is_proven(office, person):
    request = requests.open_request(
        Wish(person.subject_id, RequestKind.DELETE),
        actor=Actor.reporter(person.subject_id),
        at=A_MORNING,
    )
    with pytest.raises(RequestNotAtThisStep):
        requests.plan(request, actor=office.officer, at=A_MORNING)


@pytest.mark.parametrize("step", ["plan", "approve"])
def test_a_resident_can_do_no_step_of_the_office(office, person, codes, step):
    request = verified(office, person, codes)
    with pytest.raises(NotAllowed):
        getattr(requests, step)(request, actor=Actor.reporter(person.subject_id), at=A_MORNING)


def test_nobody_sees_or_asks_for_somebody_else(office, person, codes):
    other = make_person("别人", "13811112222")
    request = verified(office, person, codes)
    actor = Actor.reporter(other.subject_id)
    assert not PrivacyRequest.objects.visible_to(actor).exists()
    assert PrivacyRequest.objects.visible_to(office.officer).get() == request
    with pytest.raises(NotAllowed):
        requests.open_request(_correction(person), actor=actor, at=A_MORNING)


def test_the_same_wish_is_not_taken_twice(office, person):
    actor = Actor.reporter(person.subject_id)
    requests.open_request(_correction(person), actor=actor, at=A_MORNING)
    with pytest.raises(SameRequestOpen):
        requests.open_request(_correction(person), actor=actor, at=A_MORNING)


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [("name", " ", "value"), ("phone", "12", "value"), ("email", "no", "value"),
     ("language", "xx", "value"), ("birthday", "1990", "field")],
)  # fmt: skip
def test_a_wrong_correction_is_refused_in_words(office, person, field, value, wrong):
    with pytest.raises(InvalidInput) as refused:
        requests.open_request(
            Wish(person.subject_id, RequestKind.CORRECT, field=field, value=value),
            actor=Actor.reporter(person.subject_id),
            at=A_MORNING,
        )
    assert list(refused.value.fields) == [wrong]
    assert not PrivacyRequest.objects.exists()


def test_a_refusal_gives_reason_appeal_and_the_right_to_sue(office, person, codes):
    request = verified(office, person, codes)
    requests.refuse(
        request,
        reason_code="legal_retention",
        reply="合同尚在履行",
        actor=office.approver,
        at=A_MORNING,
    )
    request.refresh_from_db()
    assert request.state == RequestState.REFUSED
    letter = request.ticket.texts.get(role="reply").body
    assert "申诉" in letter
    assert "诉讼" in letter


def test_a_request_can_be_taken_back_until_it_is_approved(office, person, codes):
    request = verified(office, person, codes)
    actor = Actor.reporter(person.subject_id)
    requests.withdraw(request, actor=actor, at=A_MORNING)
    request.refresh_from_db()
    assert request.state == RequestState.WITHDRAWN
    assert request.ticket.state == State.WITHDRAWN
