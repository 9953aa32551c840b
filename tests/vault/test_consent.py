from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from core.actors import SYSTEM, Actor
from privacy.vault.enums import (
    Application,
    ConsentChannel,
    ConsentOutcome,
    ConsentState,
    EvidenceKind,
    LedgerKind,
    PolicyLanguage,
)
from privacy.vault.errors import PolicyNotInForce, PurposeUnknown
from privacy.vault.models import ConsentEvent, DataSubject, LedgerEntry, PolicyPurpose, Purpose
from privacy.vault.purposes import MARKETING, SATISFACTION_SURVEY, TICKET_HANDLING
from privacy.vault.services import consent, consent_receipts, destructions, policies, subjects
from privacy.vault.services.consent import Evidence
from tests.vault.conftest import AT, new_subject, rows_with

pytestmark = pytest.mark.django_db
SURVEY = SATISFACTION_SURVEY
LATER = AT + timedelta(days=1)


@pytest.fixture
def policy():
    return policies.in_force(Application.RESIDENTS_APP, language="zh-hans", at=AT)


@pytest.fixture
def answer(policy):
    def record(subject, outcome, *, purpose=SURVEY, at=AT, **fields):
        return consent.record(
            subject,
            purpose=purpose,
            outcome=outcome,
            channel=ConsentChannel.WEB,
            actor=Actor.reporter(subject),
            policy=fields.pop("policy", policy),
            at=at,
            **fields,
        )

    return record


def withdraw(subject, *, purpose=SURVEY, at=LATER):
    return consent.withdraw(
        subject,
        purpose=purpose,
        channel=ConsentChannel.WEB,
        actor=Actor.reporter(subject),
        at=at,
    )


def publish(version, *, changed=(), at=LATER, **fields):
    named = PolicyPurpose.objects.filter(policy__version=1, policy__language="zh-hans")
    draft = policies.Draft(
        application=fields.pop("application", Application.RESIDENTS_APP),
        language=PolicyLanguage.CHINESE,
        version=version,
        text=f"第 {version} 版",
        purposes=named.values_list("purpose", flat=True),
        changed=changed,
        **fields,
    )
    return policies.publish(draft, actor=SYSTEM, at=at)


class TestGate:
    def test_the_service_itself_needs_no_consent(self, subject):
        assert consent.allowed(subject, TICKET_HANDLING, at=AT)
        withdraw(subject, purpose=TICKET_HANDLING)
        assert consent.allowed(subject, TICKET_HANDLING, at=LATER)

    def test_it_is_closed_until_the_person_agrees(self, subject, answer):
        assert not consent.allowed(subject, SURVEY, at=AT)
        answer(subject, ConsentOutcome.GRANTED)
        assert consent.allowed(subject, SURVEY, at=AT)
        assert not consent.allowed(subject, SURVEY, at=AT - timedelta(seconds=1))
        assert not consent.allowed(subject, MARKETING, at=AT)

    def test_a_refusal_keeps_it_closed(self, subject, answer):
        answer(subject, ConsentOutcome.REFUSED)
        assert not consent.allowed(subject, SURVEY, at=AT)

    def test_one_call_closes_it(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        event = withdraw(subject)
        assert consent.allowed(subject, SURVEY, at=LATER - timedelta(seconds=1))
        assert not consent.allowed(subject, SURVEY, at=LATER)
        assert event.policy is not None

    def test_what_was_never_granted_can_be_withdrawn(self, subject):
        assert withdraw(subject).policy is None
        assert consent.states(subject, at=LATER)[SURVEY] == ConsentState.WITHDRAWN

    def test_it_closes_when_the_time_is_over(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        over = AT + timedelta(days=Purpose.objects.get(pk=SURVEY).valid_days)
        assert consent.allowed(subject, SURVEY, at=over - timedelta(seconds=1))
        assert not consent.allowed(subject, SURVEY, at=over)
        assert consent.states(subject, at=over)[SURVEY] == ConsentState.EXPIRED

    def test_an_unknown_purpose_opens_nothing(self, subject):
        with pytest.raises(PurposeUnknown):
            consent.allowed(subject, "anything", at=AT)

    def test_an_unknown_person_has_agreed_to_nothing(self):
        assert not consent.allowed(uuid4(), SURVEY, at=AT)

    def test_many_are_asked_for_with_three_queries(
        self, subject, answer, django_assert_num_queries
    ):
        others = [new_subject() for _ in range(5)]
        answer(subject, ConsentOutcome.GRANTED)
        answer(others[0], ConsentOutcome.REFUSED)
        answer(others[1], ConsentOutcome.GRANTED)
        with django_assert_num_queries(3):
            allowed = consent.allowed_among([subject, *others], SURVEY, at=AT)
        assert allowed == {subject, others[1]}

    def test_merged_people_speak_with_one_voice(self, subject, answer):
        other = new_subject()
        answer(subject, ConsentOutcome.GRANTED)
        answer(other, ConsentOutcome.GRANTED)
        subjects.merge(other, into=subject, actor=SYSTEM, at=AT)
        withdraw(other)
        assert consent.allowed_among([subject, other], SURVEY, at=LATER) == set()


class TestMaterialChange:
    def test_it_asks_anew_for_the_changed_purpose_alone(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        answer(subject, ConsentOutcome.GRANTED, purpose=MARKETING)
        second = publish(2, changed=[SURVEY])
        assert consent.allowed(subject, SURVEY, at=LATER - timedelta(seconds=1))
        assert not consent.allowed(subject, SURVEY, at=LATER)
        assert consent.states(subject, at=LATER)[SURVEY] == ConsentState.OUTDATED
        assert consent.may_ask(subject, SURVEY, at=LATER)
        assert consent.allowed(subject, MARKETING, at=LATER)
        answer(subject, ConsentOutcome.GRANTED, policy=second, at=LATER)
        assert consent.allowed(subject, SURVEY, at=LATER)

    def test_a_new_wording_alone_does_not(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        publish(2)
        assert consent.allowed(subject, SURVEY, at=LATER)

    def test_nor_does_the_policy_of_another_application(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        publish(2, changed=[SURVEY], application=Application.SALES_SITE)
        publish(2, changed=[SURVEY], legal_entity_code="other")
        assert consent.allowed(subject, SURVEY, at=LATER)

    def test_a_second_change_after_a_plain_version_still_counts(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        publish(2, changed=[SURVEY])
        publish(3, at=LATER + timedelta(hours=1))
        assert not consent.allowed(subject, SURVEY, at=LATER + timedelta(days=1))


class TestAsking:
    def test_a_person_never_asked_may_be_asked(self, subject):
        assert consent.may_ask(subject, SURVEY, at=AT)

    def test_nobody_is_asked_about_the_service_itself(self, subject):
        assert not consent.may_ask(subject, TICKET_HANDLING, at=AT)

    def test_who_agreed_is_not_asked_again(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        assert not consent.may_ask(subject, SURVEY, at=AT)

    @pytest.mark.parametrize("outcome", [ConsentOutcome.REFUSED, ConsentOutcome.WITHDRAWN])
    def test_a_no_rests_for_the_cool_down(self, subject, answer, outcome, settings):
        settings.CONSENT_COOL_DOWN_DAYS = 30
        answer(subject, outcome)
        assert not consent.may_ask(subject, SURVEY, at=AT + timedelta(days=30, seconds=-1))
        assert consent.may_ask(subject, SURVEY, at=AT + timedelta(days=30))

    def test_a_material_change_may_ask_at_once(self, subject, answer):
        answer(subject, ConsentOutcome.REFUSED)
        publish(2, changed=[SURVEY])
        assert consent.may_ask(subject, SURVEY, at=LATER)


class TestRecord:
    def test_an_answer_refers_to_the_policy_that_was_shown(self, subject, answer):
        with pytest.raises(PolicyNotInForce):
            answer(subject, ConsentOutcome.GRANTED, policy=None)

    def test_a_policy_that_comes_later_was_not_shown(self, subject, answer):
        with pytest.raises(PolicyNotInForce):
            answer(subject, ConsentOutcome.GRANTED, policy=publish(2, at=LATER))

    def test_a_policy_that_does_not_name_the_purpose_was_not_either(self, subject, answer):
        with pytest.raises(PolicyNotInForce):
            answer(subject, ConsentOutcome.GRANTED, purpose="video_zone")

    def test_a_bare_row_without_policy_is_refused_by_the_database(self, subject):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConsentEvent.objects.create(
                trace=uuid4(),
                purpose_id=SURVEY,
                outcome=ConsentOutcome.GRANTED,
                channel=ConsentChannel.WEB,
                actor_kind="reporter",
                at=AT,
            )

    def test_it_keeps_who_how_and_on_what_device(self, subject, answer):
        guardian = new_subject()
        event = answer(
            subject,
            ConsentOutcome.GRANTED,
            guardian_id=guardian,
            evidence=Evidence(EvidenceKind.RECORDING, bytes(32)),
            device="前台平板 3 号",
        )
        event.refresh_from_db()
        assert event.guardian_trace == DataSubject.objects.get(pk=guardian).trace
        assert bytes(event.evidence_sha256) == bytes(32)
        assert (event.actor_kind, event.actor_id) == ("reporter", None)
        assert "前台平板".encode() not in bytes(event.device_sealed)
        opened = consent.sealing.reveal(subject, consent.DEVICE_FIELD, event.device_sealed)
        assert opened == "前台平板 3 号"

    def test_after_erasure_it_stands_but_leads_to_nobody(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED, device="手机")
        trace = DataSubject.objects.get(pk=subject).trace
        destructions.destroy_keys([subject], request_ref="42", actor=SYSTEM, at=AT)
        subjects.forget([subject], request_ref="42", actor=SYSTEM, at=AT)
        assert ConsentEvent.objects.get().trace == trace
        assert rows_with(str(subject)) == []
        assert consent.history([subject]) == []


class TestExpiry:
    def test_it_writes_what_the_gate_already_knows_once(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        answer(new_subject(), ConsentOutcome.REFUSED)
        answer(new_subject(), ConsentOutcome.GRANTED, at=AT + timedelta(days=100))
        over = AT + timedelta(days=730)
        assert consent.expire_consents(at=over - timedelta(seconds=1)) == 0
        assert consent.expire_consents(at=over) == 1
        assert consent.expire_consents(at=over) == 0
        assert [event.outcome for event in consent.history([subject])] == ["granted", "expired"]
        assert consent.states(subject, at=over)[SURVEY] == ConsentState.EXPIRED
        assert consent.history([subject])[-1].at == over
        assert LedgerEntry.objects.get(kind=LedgerKind.CONSENT_EXPIRED).object_count == 1

    def test_who_agreed_again_after_it_is_heard(self, subject, answer):
        answer(subject, ConsentOutcome.GRANTED)
        over = AT + timedelta(days=730)
        consent.expire_consents(at=over)
        answer(subject, ConsentOutcome.GRANTED, at=over)
        assert consent.allowed(subject, SURVEY, at=over)

    def test_it_does_not_outvote_a_younger_grant_of_the_same_person(self, subject, answer):
        other = new_subject()
        answer(subject, ConsentOutcome.GRANTED)
        answer(other, ConsentOutcome.GRANTED, at=AT + timedelta(days=300))
        subjects.merge(other, into=subject, actor=SYSTEM, at=AT)
        over = AT + timedelta(days=730)
        assert consent.expire_consents(at=over) == 1
        assert consent.allowed_among([subject, other], SURVEY, at=over) == {subject, other}


class TestReceipt:
    def test_it_tells_the_act_in_plain_json(self, subject, answer, policy):
        event = answer(subject, ConsentOutcome.GRANTED)
        receipt = json.loads(json.dumps(consent_receipts.receipt(event)))
        assert receipt["metadata"]["receipt_id"] == str(event.receipt_id)
        assert receipt["processing"]["privacy_notice"]["sha256"] == policy.sha256
        assert SURVEY in receipt["processing"]["privacy_notice"]["purposes_named"]
        [purpose] = receipt["processing"]["purposes"]
        assert (purpose["code"], purpose["lawful_basis"]) == (SURVEY, "consent")
        assert receipt["event"]["state"] == "granted"
        assert receipt["event"]["at"] == AT.isoformat()
        assert str(subject) not in json.dumps(receipt)

    def test_a_withdrawal_of_nothing_has_one_too(self, subject):
        receipt = consent_receipts.receipt(withdraw(subject))
        assert receipt["processing"]["privacy_notice"] is None
        assert receipt["event"]["state"] == "withdrawn"


@pytest.mark.parametrize(
    "fields",
    [
        {"basis": "consent", "needs_consent": False, "core_service": False},
        {"basis": "contract", "needs_consent": True, "core_service": False},
        {"basis": "consent", "needs_consent": True, "core_service": True},
    ],
)
def test_a_purpose_and_its_basis_agree(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Purpose.objects.create(code="odd", name_zh="奇", name_en="odd", **fields)
