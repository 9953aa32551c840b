"""Consent receipts on the field set of ISO/IEC TS 27560:2023, as plain JSON."""

from __future__ import annotations

from typing import Any, Final

from privacy.vault.models import ConsentEvent, PolicyPurpose

SCHEMA: Final = "ISO/IEC TS 27560:2023"
JURISDICTION: Final = "CN"


def receipt(event: ConsentEvent) -> dict[str, Any]:
    """What the person may keep. `pii_principal_id` is a pseudonym: only who keeps the receipt can
    still point at the event once the person is erased."""
    return {
        "metadata": {
            "schema_version": SCHEMA,
            "receipt_id": str(event.receipt_id),
            "pii_principal_id": str(event.trace),
        },
        "processing": {
            "privacy_notice": _notice(event),
            "language": event.policy.language if event.policy else None,
            "jurisdiction": JURISDICTION,
            "purposes": [_purpose(event)],
        },
        "parties": _parties(event),
        "event": _event(event),
    }


def _notice(event: ConsentEvent) -> dict[str, Any] | None:
    policy = event.policy
    if policy is None:
        return None
    return {
        "application": policy.application,
        "version": policy.version,
        "sha256": policy.sha256,
        "published_at": policy.published_at.isoformat() if policy.published_at else None,
        "purposes_named": _purposes_named(policy.pk),
    }


def _purposes_named(policy_id: int) -> list[str]:
    named = PolicyPurpose.objects.filter(policy=policy_id).order_by("purpose")
    return list(named.values_list("purpose", flat=True))


def _purpose(event: ConsentEvent) -> dict[str, Any]:
    purpose = event.purpose
    return {
        "code": purpose.code,
        "name": {"zh-hans": purpose.name_zh, "en": purpose.name_en},
        "lawful_basis": purpose.basis,
        "core_service": purpose.core_service,
        "valid_days": purpose.valid_days,
    }


def _parties(event: ConsentEvent) -> list[dict[str, str]]:
    code = event.policy.legal_entity_code if event.policy else ""
    return [{"role": "pii_controller", "legal_entity_code": code}]


def _event(event: ConsentEvent) -> dict[str, Any]:
    sha256 = event.evidence_sha256
    return {
        "state": event.outcome,
        "at": event.at.isoformat(),
        "method": event.channel,
        "given_by": event.actor_kind,
        "guardian": event.guardian_trace is not None,
        "evidence": {
            "kind": event.evidence_kind,
            "sha256": bytes(sha256).hex() if sha256 else None,
        },
    }
