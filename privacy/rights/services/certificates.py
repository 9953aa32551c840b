"""The certificate of an erasure: counts and dates, nothing personal, signed by the desk."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from django.conf import settings

from privacy.rights.models import Certificate, PrivacyRequest

LABEL = b"jinke-desk-erasure-certificate/1"


def issue(request: PrivacyRequest, *, at: datetime) -> Certificate:
    """Write the certificate; the second call returns the first one."""
    body = _body(request, at)
    certificate, _ = Certificate.objects.get_or_create(
        request=request,
        defaults={"body": body, "signature": signature(body), "issued_at": at},
    )
    return certificate


def signature(body: dict[str, Any]) -> str:
    """HMAC-SHA256 over the canonical JSON, as 64 hexadecimal digits."""
    key = hmac.new(settings.BLIND_INDEX_KEY, LABEL, hashlib.sha256).digest()
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def is_genuine(certificate: Certificate) -> bool:
    return hmac.compare_digest(signature(certificate.body), certificate.signature)


def _body(request: PrivacyRequest, at: datetime) -> dict[str, Any]:
    return {
        "reference": request.ticket.reference,
        "kind": request.kind,
        "received_at": request.received_at.isoformat(),
        "verified_at": request.verified_at.isoformat() if request.verified_at else None,
        "approved_at": request.approved_at.isoformat() if request.approved_at else None,
        "erased_at": at.isoformat(),
        "holdings": [
            {"name": step.holding, "planned": step.planned_rows, "erased": step.erased_rows or 0}
            for step in request.steps.all()
        ],
        "held_and_released": request.holds.count(),
        "mentions_by_others": {
            "overwritten": request.mentions.filter(kept=False).count(),
            "kept": request.mentions.filter(kept=True).count(),
        },
        "backups_expire_after_days": settings.BACKUP_HORIZON_DAYS,
        "law": "PIPL 47",
    }
