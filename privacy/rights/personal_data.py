"""What the handling of requests itself holds about people, and how it ends.

The request that drives an erasure keeps its own reference to the person until the very end
(`services.erasure`), so this step leaves it alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from privacy.rights.models import Certificate, CorrectionRecord, ErasureStep, PrivacyRequest
from privacy.vault.registry import (
    ErasurePlan,
    Holding,
    Needles,
    Record,
    SubjectIds,
    declare,
    declare_clear,
    hold,
)
from privacy.vault.terms import CONTACT, LOOKUP, SUBJECT_LINK, Erasure

declare(PrivacyRequest, "subject", like=SUBJECT_LINK, erased=Erasure.NULL)
declare(PrivacyRequest, "value_sealed", like=CONTACT, erased=Erasure.NULL)
declare(PrivacyRequest, "needles_sealed", like=LOOKUP, erased=Erasure.NULL)
declare_clear(PrivacyRequest, "refusal_code", reason="code of a reason")
declare(CorrectionRecord, "subject", like=SUBJECT_LINK, erased=Erasure.NULL)
declare(CorrectionRecord, "old_sealed", "new_sealed", like=CONTACT, erased=Erasure.NULL)
declare_clear(
    CorrectionRecord, "evidence_sha256", reason="fingerprint of a document kept elsewhere"
)
declare_clear(ErasureStep, "holding", reason="name of a holding")
declare_clear(Certificate, "body", "signature", reason="counts and dates of an erasure")


def _corrections(ids: SubjectIds) -> QuerySet[CorrectionRecord]:
    return CorrectionRecord.objects.filter(subject__in=ids)


def _erase(ids: SubjectIds, plan: ErasurePlan) -> int:
    gone = _corrections(ids).update(subject=None, old_sealed=None, new_sealed=None)
    others = PrivacyRequest.objects.filter(subject__in=ids).exclude(
        ticket__reference=plan.request_ref
    )
    return gone + others.update(subject=None, value_sealed=None, needles_sealed=None)


def _left(ids: SubjectIds, needles: Needles) -> int:
    """All but the one request that is being carried out; there is only one, or none."""
    requests = PrivacyRequest.objects.filter(subject__in=ids)
    return _corrections(ids).count() + max(0, requests.count() - 1)


def _copy(ids: SubjectIds) -> Iterator[Record]:
    rows = PrivacyRequest.objects.filter(Q(subject__in=ids)).select_related("ticket")
    for request in rows.order_by("received_at"):
        yield {
            "reference": request.ticket.reference,
            "kind": request.kind,
            "state": request.state,
            "received_at": request.received_at,
            "answered_at": request.answered_at,
        }


hold(
    Holding(
        name="rights.requests",
        order=70,
        models=("rights.PrivacyRequest", "rights.CorrectionRecord"),
        locate=_corrections,
        erase=_erase,
        verify=_left,
        export=_copy,
    )
)
