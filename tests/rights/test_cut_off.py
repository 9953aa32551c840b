"""An erasure that is killed, or whose check fails, at any point: never a certificate without a
passed scan, and always a next run that gets there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connections, transaction

from complaints.enums import State
from complaints.services import lifecycle
from core.actors import SYSTEM, Actor
from privacy.rights.enums import RequestKind, RequestState
from privacy.rights.errors import SameRequestOpen
from privacy.rights.models import Certificate, PrivacyRequest
from privacy.rights.services import erasure, execution, plans, requests
from privacy.rights.services.requests import Wish
from privacy.vault.models import DataSubject
from privacy.vault.registry import registry
from privacy.vault.services import destructions, keys, subjects
from tests.factories import A_MORNING, make_person, make_ticket
from tests.rights.conftest import NAME, PHONE, approved, closed_ticket

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """As a process ends: nothing that runs afterwards sees it."""


@pytest.fixture
def kill_after(monkeypatch):
    """Ends the process right after the n-th commit to either database."""
    state = {"left": 0}
    leave = transaction.Atomic.__exit__

    def left(self, kind, error, trace):
        leave(self, kind, error, trace)
        if (
            state["left"]
            and kind is None
            and not connections[self.using or "default"].in_atomic_block
        ):
            state["left"] -= 1
            if not state["left"]:
                raise Killed

    monkeypatch.setattr(transaction.Atomic, "__exit__", left)
    return lambda n: state.update(left=n)


def _survives(request, kill_after, n):
    """Whether the erasure was through before the n-th commit."""
    kill_after(n)
    try:
        execution.carry_out(request, at=A_MORNING)
    except Killed:
        return False
    finally:
        kill_after(0)
    return True


def test_killed_after_any_commit_it_is_finished_by_the_next_run(office, codes, company, kill_after):
    ends, through, n = set(), False, 0
    while not through:
        n += 1
        someone = make_person(NAME, f"138{77760000 + n}", company.dwelling)
        closed_ticket(company, someone)
        request = approved(office, someone, codes)
        through = _survives(request, kill_after, n)
        request.refresh_from_db()
        key = keys.live_keys([someone.subject_id])
        ends.add((request.state, request.scanned_at is not None, key))
        destructions.replay(at=A_MORNING)  # as every five minutes
        carried = execution.carry_out(request, at=A_MORNING)
        assert carried.state == RequestState.ANSWERED, (n, ends)
        assert Certificate.objects.filter(request=request).exists()
        assert not DataSubject.objects.filter(pk=someone.subject_id).exists()
    assert n > 15
    destructions.replay(at=A_MORNING)
    assert set(destructions.lag().values()) == {0}
    # the moment that used to be the end of it: no key any more, not yet a certificate
    assert (RequestState.VERIFYING, True, 0) in ends


def _residue(monkeypatch, holding, answers):
    """The holding finds this much left, call by call; then nothing."""
    said = iter(answers)
    monkeypatch.setitem(
        registry.holdings,
        holding,
        replace(registry.holdings[holding], verify=lambda ids, needles: next(said, 0)),
    )


def test_a_scan_that_finds_something_gives_no_certificate_however_often_it_is_tried(
    office, person, codes, company, monkeypatch
):
    closed_ticket(company, person)
    request = approved(office, person, codes)
    _residue(monkeypatch, "complaints.texts", [0, 1, 0, 1, 0, 1])
    for _ in range(3):
        assert execution.resume_all(at=A_MORNING).failed == 1
        request.refresh_from_db()
        assert (request.state, request.scanned_at) == (RequestState.VERIFYING, None)
        assert request.subject_id == person.subject_id
        assert plans.kept_needles(request)
        assert keys.live_keys([person.subject_id]) == 1
        assert not Certificate.objects.exists()
    assert execution.resume_all(at=A_MORNING).done == 1


def test_what_comes_in_after_the_key_is_gone_holds_the_certificate_and_is_erased_too(
    office, person, codes, monkeypatch
):
    request = approved(office, person, codes)
    _residue(monkeypatch, "complaints.texts", [0, 0, 1])
    assert execution.resume_all(at=A_MORNING).failed == 1
    request.refresh_from_db()
    assert request.subject_id == person.subject_id
    assert DataSubject.objects.filter(pk=person.subject_id).exists()
    assert not Certificate.objects.exists()
    assert execution.resume_all(at=A_MORNING).done == 1
    assert not DataSubject.objects.exists()


def test_a_ticket_opened_after_the_plan_keeps_its_words_until_it_ends(
    office, person, codes, company
):
    request = approved(office, person, codes)
    me = Actor.reporter(person.subject_id)
    ticket = make_ticket(company, actor=me, reporter_subject=person.subject_id, channel="app")
    assert execution.carry_out(request, at=A_MORNING).state == RequestState.RESTRICTED
    assert ticket.texts.filter(role="body", erased_at__isnull=True).exists()
    lifecycle.withdraw(ticket, actor=SYSTEM, at=A_MORNING, reason="住户撤回")
    assert execution.resume_all(at=A_MORNING).done == 1
    assert not ticket.texts.filter(role="body", erased_at__isnull=True).exists()


def test_a_number_corrected_after_the_plan_is_looked_for_with_the_one_before(
    office, person, codes, company
):
    request = approved(office, person, codes)
    fix = approved(
        office, person, codes, kind=RequestKind.CORRECT, field="phone", value="13900001234"
    )
    execution.carry_out(fix, at=A_MORNING)
    erasure._begin(request, A_MORNING)
    request.refresh_from_db()
    assert {PHONE, "13900001234"} <= set(plans.kept_needles(request))


def test_who_is_merged_after_the_approval_is_not_erased_unapproved(office, person, codes):
    request = approved(office, person, codes)
    twin = make_person("同一个人", "13855556666")
    subjects.merge(twin.subject_id, into=person.subject_id, actor=SYSTEM, at=A_MORNING)
    assert execution.carry_out(request, at=A_MORNING).state == RequestState.PLANNED
    request.refresh_from_db()
    assert (request.approved_by_id, request.planned_people) == (None, 2)
    people = request.steps.get(holding="residents.people")
    assert (people.planned_rows, people.erased_rows) == (2, None)
    requests.approve(request, actor=office.approver, at=A_MORNING)
    assert execution.resume_all(at=A_MORNING).done == 1
    assert not DataSubject.objects.exists()


def test_other_requests_of_the_person_end_with_the_erasure_and_hold_nothing(office, person, codes):
    me = Actor.reporter(person.subject_id)
    wish = Wish(person.subject_id, RequestKind.CORRECT, field="name", value="鸾鹭翛")
    other = requests.open_request(wish, actor=me, at=A_MORNING)
    request = approved(office, person, codes)
    assert execution.resume_all(at=A_MORNING).done == 1
    other.refresh_from_db()
    assert (other.state, other.value_sealed) == (RequestState.WITHDRAWN, None)
    assert other.ticket.state == State.CLOSED
    request.refresh_from_db()
    assert request.state == RequestState.ANSWERED


def test_nobody_is_erased_on_two_requests_at_once(office, person, codes):
    approved(office, person, codes)
    wish = Wish(person.subject_id, RequestKind.CANCEL_ACCOUNT)
    with pytest.raises(SameRequestOpen):
        requests.open_request(wish, actor=Actor.reporter(person.subject_id), at=A_MORNING)


def test_what_is_answered_stays_as_it_was(office, person, codes):
    request = approved(office, person, codes)
    execution.carry_out(request, at=A_MORNING)
    before = PrivacyRequest.objects.values().get(pk=request.pk)
    execution.carry_out(request, at=A_MORNING)
    assert PrivacyRequest.objects.values().get(pk=request.pk) == before
    assert not request.steps.filter(state="pending").exists()
