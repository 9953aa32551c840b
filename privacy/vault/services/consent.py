"""Consents and their gate. Every use that rests on consent asks here again right before it acts:
a withdrawal stops what is already queued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from core.actors import SYSTEM, Actor
from privacy.vault.actor_columns import actor_columns
from privacy.vault.enums import (
    ConsentChannel,
    ConsentOutcome,
    ConsentState,
    EvidenceKind,
    LedgerKind,
)
from privacy.vault.errors import PolicyNotInForce, PurposeUnknown
from privacy.vault.models import (
    ConsentEvent,
    DataSubject,
    PolicyDocument,
    PolicyPurpose,
    Purpose,
)
from privacy.vault.names import EXPIRY_LOCK
from privacy.vault.registry import field_label
from privacy.vault.services import ledger, sealing

DEVICE_FIELD: Final = field_label(ConsentEvent, "device_sealed")
ANSWERS: Final = frozenset({ConsentOutcome.GRANTED, ConsentOutcome.REFUSED})
BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves an act of consent; the recording or form itself is kept elsewhere."""

    kind: EvidenceKind = EvidenceKind.NONE
    sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands towards a purpose, and the event that says so."""

    state: ConsentState
    event: ConsentEvent | None = None
    outdated: bool = False


NEVER_ASKED: Final = Standing(ConsentState.NOT_ASKED)
NO_EVIDENCE: Final = Evidence()


def allowed(subject_id: UUID, purpose: str, *, at: datetime) -> bool:
    """The gate. True for a purpose that rests on another basis than consent."""
    return subject_id in allowed_among([subject_id], purpose, at=at)


def allowed_among(subject_ids: Collection[UUID], purpose: str, *, at: datetime) -> set[UUID]:
    """Those of the subjects for whom the gate is open; three queries for any number of them."""
    if not _purpose(purpose).needs_consent:
        return set(subject_ids)
    standings = _standings(subject_ids, at=at)
    return {
        subject_id
        for subject_id in subject_ids
        if _standing(standings, subject_id, purpose).state == ConsentState.GRANTED
    }


def states(subject_id: UUID, *, at: datetime) -> dict[str, ConsentState]:
    """Towards every purpose that needs consent, by its code."""
    standings = _standings([subject_id], at=at)
    codes = Purpose.objects.filter(needs_consent=True).order_by("code")
    return {
        code: _standing(standings, subject_id, code).state
        for code in codes.values_list("code", flat=True)
    }


def states_towards(
    purposes: Collection[Purpose], subject_id: UUID, *, at: datetime
) -> dict[str, ConsentState]:
    """Towards these purposes, which need consent."""
    kin = DataSubject.objects.closure_of([subject_id])
    said = list(_last(at).filter(trace__in=kin.values("trace")))
    standings = {subject_id: _last_words(said, at)}
    return {
        purpose.code: _standing(standings, subject_id, purpose.code).state for purpose in purposes
    }


def may_ask(subject_id: UUID, purpose: str, *, at: datetime) -> bool:
    """Whether the person may be asked now. A refusal or withdrawal rests for
    CONSENT_COOL_DOWN_DAYS, unless the policy has changed materially since."""
    return _purpose(purpose).needs_consent and purpose in askable(subject_id, at=at)


def askable(subject_id: UUID, *, at: datetime) -> set[str]:
    """The purposes for which `may_ask` holds, in as many statements as for one."""
    standings = _standings([subject_id], at=at)
    codes = Purpose.objects.filter(needs_consent=True).values_list("code", flat=True)
    return {code for code in codes if _may_be_asked(_standing(standings, subject_id, code), at)}


def record(
    subject_id: UUID,
    *,
    purpose: str,
    outcome: ConsentOutcome,
    channel: ConsentChannel,
    actor: Actor,
    at: datetime,
    policy: PolicyDocument | None = None,
    guardian_id: UUID | None = None,
    evidence: Evidence = NO_EVIDENCE,
    device: str = "",
) -> ConsentEvent:
    """Write one act of consent.

    A grant or refusal needs the published `policy` that was shown and that names the purpose,
    else PolicyNotInForce. `device` is kept under the subject's key.
    """
    if outcome in ANSWERS:
        _require_shown(policy, _purpose(purpose), at)
    return ConsentEvent.objects.create(
        trace=_trace(subject_id),
        purpose=_purpose(purpose),
        outcome=outcome,
        policy=policy,
        channel=channel,
        guardian_trace=_trace(guardian_id) if guardian_id else None,
        evidence_kind=evidence.kind,
        evidence_sha256=evidence.sha256,
        device_sealed=sealing.seal(subject_id, DEVICE_FIELD, device) if device else None,
        at=at,
        **actor_columns(actor),
    )


def withdraw(
    subject_id: UUID, *, purpose: str, channel: ConsentChannel, actor: Actor, at: datetime
) -> ConsentEvent:
    """Close the gate in one call, whatever was said before. Nothing else changes for the person."""
    standing = _standing(_standings([subject_id], at=at), subject_id, purpose)
    return record(
        subject_id,
        purpose=purpose,
        outcome=ConsentOutcome.WITHDRAWN,
        channel=channel,
        actor=actor,
        at=at,
        policy=standing.event.policy if standing.event else None,
    )


def history(subject_ids: Collection[UUID]) -> list[ConsentEvent]:
    """Every act of these people, oldest first."""
    traces = DataSubject.objects.filter(pk__in=subject_ids).values("trace")
    events = ConsentEvent.objects.filter(trace__in=traces)
    return list(events.select_related("purpose", "policy").order_by("at", "id"))


@transaction.atomic
def expire_consents(*, at: datetime) -> int:
    """Write `expired` as of the moment a grant ran out; the gate is closed since then anyway."""
    if not _sole_expirer():
        return 0
    expired = 0
    for purpose in Purpose.objects.filter(valid_days__isnull=False):
        expired += _expire(purpose, at)
    if expired:
        ledger.append(LedgerKind.CONSENT_EXPIRED, actor=SYSTEM, at=at, object_count=expired)
    return expired


def _expire(purpose: Purpose, at: datetime) -> int:
    latest = ConsentEvent.objects.filter(purpose=purpose).latest_of_each()
    expired = [
        ConsentEvent(
            trace=event.trace,
            purpose=purpose,
            outcome=ConsentOutcome.EXPIRED,
            policy_id=event.policy_id,
            channel=ConsentChannel.SYSTEM,
            at=_end_of(event, purpose),
            **actor_columns(SYSTEM),
        )
        for event in latest.iterator(chunk_size=BATCH)
        if event.outcome == ConsentOutcome.GRANTED and _is_over(event, purpose, at)
    ]
    ConsentEvent.objects.bulk_create(expired, batch_size=BATCH)
    return len(expired)


def _standings(subject_ids: Collection[UUID], *, at: datetime) -> dict[UUID, dict[str, Standing]]:
    """By subject and purpose. Merged subjects speak for one person; the last word counts."""
    traces = DataSubject.objects.traces_of(subject_ids)
    every_trace = {trace for kin in traces.values() for trace in kin}
    by_trace: dict[UUID, list[ConsentEvent]] = defaultdict(list)
    for event in _last(at).filter(trace__in=every_trace):
        by_trace[event.trace].append(event)
    return {
        subject_id: _last_words([event for trace in kin for event in by_trace[trace]], at)
        for subject_id, kin in traces.items()
    }


def _last(at: datetime) -> QuerySet[ConsentEvent]:
    """The last event of each trace and purpose by then."""
    said = ConsentEvent.objects.filter(at__lte=at).latest_of_each()
    return said.annotate(outdated=_changed_since(at)).select_related("purpose")


def _changed_since(at: datetime) -> Exists:
    """Whether a later policy of the same application says something new about the purpose."""
    return Exists(
        PolicyPurpose.objects.filter(
            purpose=OuterRef("purpose"),
            changed=True,
            policy__application=OuterRef("policy__application"),
            policy__legal_entity_code=OuterRef("policy__legal_entity_code"),
            policy__version__gt=OuterRef("policy__version"),
            policy__published_at__lte=at,
        )
    )


def _may_be_asked(standing: Standing, at: datetime) -> bool:
    """Whether nothing stands in the way of asking."""
    if standing.event is None or standing.outdated:
        return True
    if standing.state in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
        return standing.event.at + timedelta(days=settings.CONSENT_COOL_DOWN_DAYS) <= at
    return standing.state != ConsentState.GRANTED


def _last_words(events: list[ConsentEvent], at: datetime) -> dict[str, Standing]:
    """By purpose. That a grant ran out is no word of the person's and yields to any that is."""
    events.sort(key=lambda event: (event.outcome != ConsentOutcome.EXPIRED, event.at, event.pk))
    return {event.purpose_id: _standing_after(event, at) for event in events}


def _standing(
    standings: dict[UUID, dict[str, Standing]], subject_id: UUID, purpose: str
) -> Standing:
    return standings.get(subject_id, {}).get(purpose, NEVER_ASKED)


def _standing_after(event: ConsentEvent, at: datetime) -> Standing:
    outdated = bool(event.outdated)  # type: ignore[attr-defined]  # annotated in _standings
    state = ConsentState(event.outcome)
    if state == ConsentState.GRANTED and _is_over(event, event.purpose, at):
        state = ConsentState.EXPIRED
    elif state == ConsentState.GRANTED and outdated:
        state = ConsentState.OUTDATED
    return Standing(state, event, outdated)


def _is_over(event: ConsentEvent, purpose: Purpose, at: datetime) -> bool:
    return purpose.valid_days is not None and _end_of(event, purpose) <= at


def _end_of(event: ConsentEvent, purpose: Purpose) -> datetime:
    return event.at + timedelta(days=purpose.valid_days or 0)


def _purpose(code: str) -> Purpose:
    try:
        return Purpose.objects.get(pk=code)
    except Purpose.DoesNotExist:
        raise PurposeUnknown from None


def _require_shown(policy: PolicyDocument | None, purpose: Purpose, at: datetime) -> None:
    if policy is None or policy.published_at is None or policy.published_at > at:
        raise PolicyNotInForce
    if not policy.named_purposes.filter(purpose=purpose).exists():
        raise PolicyNotInForce


def _trace(subject_id: UUID) -> UUID:
    return DataSubject.objects.values_list("trace", flat=True).get(pk=subject_id)


def _sole_expirer() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [EXPIRY_LOCK])
        return bool(cursor.fetchone()[0])
