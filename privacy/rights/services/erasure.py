"""Carries out an approved erasure, step by step, resumable after a crash at any point.

Order: what others may still be told is written to the ledger first; then every holding; then a
check of every holding; then the key; then the last references together with the subject's row; then
an independent scan and the certificate. Before the key is destroyed everything can be run again;
after it only what needs no key is left to do.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import SYSTEM
from privacy.rights.enums import RequestState, StepState
from privacy.rights.errors import ErasureIncomplete
from privacy.rights.models import CorrectionRecord, ErasureStep, PrivacyRequest
from privacy.rights.services import answers, certificates, mentions, plans
from privacy.vault.enums import LedgerKind
from privacy.vault.registry import Holding, holdings
from privacy.vault.services import destructions, ledger, subjects

RUNNING = (RequestState.EXECUTING, RequestState.VERIFYING, RequestState.RESTRICTED)


def carry_out(request: PrivacyRequest, *, at: datetime) -> PrivacyRequest:
    """Go as far as possible; call it again to go on. Not inside a transaction.

    Ends in ANSWERED, in RESTRICTED while tickets are held, or in VERIFYING while somebody has to
    look at texts of others that name the person. Raises ErasureIncomplete when a check finds
    something left, whatever a holding's eraser raises, and nothing is lost by either.
    """
    request = _begin(request, at)
    if request.subject_id is None:
        return _finish(request, at)
    ids, looked_for = plans.people(request), plans.kept_needles(request)
    mentions.list_for(request, ids, looked_for)
    _run_steps(request, ids, at)
    if request.holds.filter(released_at__isnull=True).exists():
        return _restrict(request, at)
    _verify_steps(request, ids, looked_for, at)
    if request.mentions.filter(done_at__isnull=True).exists():
        return request
    destructions.destroy_keys(ids, request_ref=request.ticket.reference, actor=SYSTEM, at=at)
    _forget(request, ids, at)
    _scan(ids, looked_for)
    return _finish(request, at)


@transaction.atomic
def _begin(request: PrivacyRequest, at: datetime) -> PrivacyRequest:
    request = PrivacyRequest.objects.lock(request.pk)
    if request.state == RequestState.APPROVED:
        _record(LedgerKind.ERASURE_STARTED, request, at)
    if request.state == RequestState.RESTRICTED:
        plans.release_ended(request, at=at)
        request.steps.update(state=StepState.PENDING)
    if request.state in (RequestState.APPROVED, RequestState.RESTRICTED):
        request.state = RequestState.EXECUTING
    request.attempts += 1
    request.save(update_fields=["state", "attempts"])
    return request


def _run_steps(request: PrivacyRequest, ids: tuple[UUID, ...], at: datetime) -> None:
    plan = plans.of(request, at=at)
    by_name = _by_name()
    for step in request.steps.filter(state=StepState.PENDING):
        with transaction.atomic():
            erased = by_name[step.holding].erase(ids, plan)
            step.erased_rows = (step.erased_rows or 0) + erased
            step.state, step.done_at = StepState.DONE, at
            step.save(update_fields=["erased_rows", "state", "done_at"])
            _record(LedgerKind.ERASURE_STEP_DONE, request, at, step.holding, erased)


def _restrict(request: PrivacyRequest, at: datetime) -> PrivacyRequest:
    """What is held stays, everything else is gone; the key lives until the holds end."""
    with transaction.atomic():
        request.state = RequestState.RESTRICTED
        request.save(update_fields=["state"])
        _record(LedgerKind.HOLD_PLACED, request, at, count=request.holds.count())
    return request


def _verify_steps(
    request: PrivacyRequest, ids: tuple[UUID, ...], looked_for: tuple[str, ...], at: datetime
) -> None:
    by_name, left = _by_name(), 0
    for step in request.steps.all():
        remaining = by_name[step.holding].verify(ids, looked_for)
        _mark(step, remaining, at)
        left += remaining
    request.state = RequestState.VERIFYING
    request.save(update_fields=["state"])
    if left:
        raise ErasureIncomplete(left=left)


def _mark(step: ErasureStep, remaining: int, at: datetime) -> None:
    """A step that left something is run again next time."""
    if remaining:
        step.state, step.verified_at = StepState.PENDING, None
    else:
        step.state, step.verified_at = StepState.VERIFIED, at
    step.save(update_fields=["state", "verified_at"])


@transaction.atomic
def _forget(request: PrivacyRequest, ids: tuple[UUID, ...], at: datetime) -> None:
    """The last references and the subject's row go together: either a later run still knows whom
    it is about, or there is nobody left to know."""
    CorrectionRecord.objects.filter(subject__in=ids).update(
        subject=None, old_sealed=None, new_sealed=None
    )
    PrivacyRequest.objects.filter(subject__in=ids).update(
        subject=None, value_sealed=None, needles_sealed=None
    )
    subjects.forget(ids, request_ref=request.ticket.reference, actor=SYSTEM, at=at)
    request.refresh_from_db()


def _scan(ids: tuple[UUID, ...], looked_for: tuple[str, ...]) -> None:
    """Ask every holding once more, now that even the subject's row is gone."""
    left = sum(holding.verify(ids, looked_for) for holding in holdings())
    if left:
        raise ErasureIncomplete(left=left)


def _finish(request: PrivacyRequest, at: datetime) -> PrivacyRequest:
    with transaction.atomic():
        request = PrivacyRequest.objects.lock(request.pk)
        if request.state == RequestState.ANSWERED:
            return request
        request.state, request.answered_at = RequestState.ANSWERED, at
        request.save(update_fields=["state", "answered_at"])
        certificates.issue(request, at=at)
        _record(LedgerKind.ERASURE_VERIFIED, request, at)
        _record(LedgerKind.CERTIFICATE_ISSUED, request, at)
        answers.give(request, _("您的个人信息已删除，删除证明已出具。"), at=at)
    return request


def _by_name() -> dict[str, Holding]:
    return {holding.name: holding for holding in holdings()}


def _record(
    kind: LedgerKind, request: PrivacyRequest, at: datetime, what: str = "", count: int = 0
) -> None:
    ledger.append(
        kind,
        actor=SYSTEM,
        at=at,
        request_ref=request.ticket.reference,
        object_kind=what,
        object_count=count,
    )
