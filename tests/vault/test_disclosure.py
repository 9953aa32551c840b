from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from core.actors import SYSTEM, Actor
from core.errors import NotAllowed
from privacy.vault.enums import LedgerKind, RevealReason
from privacy.vault.errors import FieldNotDeclared, KeyDestroyed, RevealLimitReached
from privacy.vault.models import ConsentEvent, DataSubject, LedgerEntry, RevealLog
from privacy.vault.registry import field_label
from privacy.vault.services import destructions, disclosure, sealing
from tests.vault.conftest import AT, new_subject

pytestmark = pytest.mark.django_db
# any declared sealed column serves; the vault has one of its own
FIELD = field_label(ConsentEvent, "device_sealed")
AGENT = Actor.staff(7)


def reveal(subject, *, actor=AGENT, field=FIELD, sealed=None, at=AT):
    return disclosure.reveal_field(
        actor=actor,
        subject_id=subject,
        field=field,
        sealed=sealed or sealing.seal(subject, field, "13800001234"),
        reason=RevealReason.CALL_BACK,
        at=at,
    )


def alarms():
    kinds = [LedgerKind.REVEAL_ALARM, LedgerKind.REVEAL_REFUSED]
    entries = LedgerEntry.objects.filter(kind__in=kinds).order_by("pk")
    return list(entries.values_list("kind", "actor_id"))


def test_who_saw_what_and_why_is_on_record(subject):
    assert reveal(subject) == "13800001234"
    row = RevealLog.objects.get()
    assert (row.actor_id, row.field, row.reason_code, row.at) == (7, FIELD, "call_back", AT)
    assert row.trace == DataSubject.objects.get(pk=subject).trace
    assert list(disclosure.seen_by([subject])) == [row]
    assert list(disclosure.seen_by([new_subject()])) == []


def test_it_is_logged_before_it_answers(subject):
    sealed = sealing.seal(subject, FIELD, "13800001234")
    destructions.destroy_keys([subject], request_ref="42", actor=SYSTEM, at=AT)
    with pytest.raises(KeyDestroyed):
        reveal(subject, sealed=sealed)
    assert RevealLog.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_rollback_cannot_unwrite_it():
    subject = new_subject()
    with pytest.raises(RuntimeError), transaction.atomic():
        reveal(subject)
    assert not RevealLog.objects.exists()


def test_beyond_the_limit_nothing_is_shown(subject, settings):
    settings.REVEALS_PER_HOUR = 3
    for minutes in range(3):
        reveal(subject, at=AT + timedelta(minutes=minutes))
    with pytest.raises(RevealLimitReached) as refused:
        reveal(subject, at=AT + timedelta(minutes=59))
    assert refused.value.extra == {"retry_at": AT + timedelta(hours=1)}
    assert RevealLog.objects.count() == 3
    assert reveal(subject, actor=Actor.staff(8), at=AT + timedelta(minutes=59))
    assert reveal(subject, at=AT + timedelta(hours=1))


def test_volume_sounds_an_alarm_at_half_and_at_each_refusal(subject, settings):
    settings.REVEALS_PER_HOUR = 4
    for _ in range(4):
        reveal(subject)
    assert alarms() == [("reveal_alarm", 7)]
    for _ in range(2):
        with pytest.raises(RevealLimitReached):
            reveal(subject)
    assert alarms() == [("reveal_alarm", 7), ("reveal_refused", 7), ("reveal_refused", 7)]


@pytest.mark.parametrize("actor", [SYSTEM, Actor.machine(3)])
def test_only_staff_are_shown_clear_values(subject, actor):
    with pytest.raises(NotAllowed):
        reveal(subject, actor=actor)
    assert not RevealLog.objects.exists()


@pytest.mark.parametrize("field", ["vault.reveallog.field", "vault.nothing.here", "nothing"])
def test_a_field_outside_the_data_map_is_not_revealed(subject, field):
    with pytest.raises(FieldNotDeclared):
        reveal(subject, field=field, sealed=b"\x01" * 40)


def test_a_reason_that_is_not_on_the_list_is_refused(subject):
    with pytest.raises(ValueError, match="curious"):
        disclosure.reveal_field(
            actor=AGENT,
            subject_id=subject,
            field=FIELD,
            sealed=b"\x01" * 40,
            reason="curious",
            at=AT,
        )
    assert not RevealLog.objects.exists()
