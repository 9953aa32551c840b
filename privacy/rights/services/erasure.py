"""Carries out an approved erasure, step by step, resumable after a crash at any point.

Order: what others may still be told is written to the ledger first; then every holding; then a
check of every holding, and readers for what others wrote; then an independent scan, by id and by
word, which is noted on the request; then the key; then, in one transaction, the last references,
the subject's row, a last look by id and the certificate (docs/adr/0016). While the key lives, every
run begins anew; afterwards what remains needs none.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.enums import State
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

    Ends in ANSWERED, in RESTRICTED while tickets are held, in VERIFYING while somebody has to look
    at texts of others that name the person, or in PLANNED when more people than approved have
    become this one. Raises ErasureIncomplete when a check finds something left, whatever a
    holding's eraser raises, and nothing is lost by either.
    """
    request = _begin(request, at)
    if request.state not in RUNNING:
        return request
    ids = plans.people(request)
    if not ids:
        raise ErasureIncomplete(left=0)
    if plans.key_lives(request):
        if not _erase(request, ids, at):
            return request
        destructions.destroy_keys(ids, request_ref=request.ticket.reference, actor=SYSTEM, at=at)
    else:
        _run_steps(request, ids, at)
    return _close(request, ids, at)


@transaction.atomic
def _begin(request: PrivacyRequest, at: datetime) -> PrivacyRequest:
    """Take up the request as it is now, not as it was planned."""
    request = PrivacyRequest.objects.lock(request.pk)
    if request.state == RequestState.APPROVED:
        request = _start(request, at)
    if request.state not in RUNNING:
        return request
    if plans.key_lives(request):
        plans.bring_up_to_date(request, at=at)
    if request.state == RequestState.RESTRICTED:
        plans.release_ended(request, at=at)
    if request.state == RequestState.RESTRICTED or request.scanned_at is not None:
        request.steps.update(state=StepState.PENDING)
    if request.state == RequestState.RESTRICTED:
        request.state = RequestState.EXECUTING
    request.attempts += 1
    request.save(update_fields=["state", "attempts", "needles_sealed"])
    return request


def _start(request: PrivacyRequest, at: datetime) -> PrivacyRequest:
    if request.ticket.state == State.WITHDRAWN:
        return request
    if plans.has_more_people(request):
        return _back_to_plan(request, at)
    request.state = RequestState.EXECUTING
    _record(LedgerKind.ERASURE_STARTED, request, at)
    _end_others(request, at)
    return request


def _end_others(request: PrivacyRequest, at: datetime) -> None:
    """What else the person asked for has no object any more; it would stay open for ever."""
    rows = PrivacyRequest.objects.open().filter(subject__in=plans.people(request))
    for other in rows.exclude(pk=request.pk).order_by("pk"):
        locked = PrivacyRequest.objects.lock(other.pk)
        locked.state, locked.answered_at = RequestState.WITHDRAWN, at
        locked.value_sealed = locked.needles_sealed = None
        locked.save(update_fields=["state", "answered_at", "value_sealed", "needles_sealed"])
        _record(LedgerKind.REQUEST_WITHDRAWN, locked, at, locked.kind)
        answers.give(locked, _("您的个人信息即将按您的请求删除，这项请求不再单独办理。"), at=at)


def _back_to_plan(request: PrivacyRequest, at: datetime) -> PrivacyRequest:
    """Somebody else turned out to be this person: nobody has agreed to erase them yet."""
    request.state, request.approved_by, request.approved_at = RequestState.PLANNED, None, None
    plans.draw_up(request, at=at)
    request.save()
    _record(LedgerKind.REQUEST_PLANNED, request, at, request.kind)
    return request


def _erase(request: PrivacyRequest, ids: tuple[UUID, ...], at: datetime) -> bool:
    """All that needs the key. False while something has to be waited for."""
    looked_for = plans.kept_needles(request)
    mentions.list_for(request, ids, looked_for)
    _run_steps(request, ids, at)
    if request.holds.filter(released_at__isnull=True).exists():
        _restrict(request, at)
        return False
    _verify_steps(request, ids, looked_for, at)
    if request.mentions.filter(done_at__isnull=True).exists():
        return False
    _scan(ids, looked_for)
    request.scanned_at = at
    request.save(update_fields=["scanned_at"])
    return True


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


def _restrict(request: PrivacyRequest, at: datetime) -> None:
    """What is held stays, everything else is gone; the key lives until the holds end."""
    with transaction.atomic():
        request.state = RequestState.RESTRICTED
        request.save(update_fields=["state"])
        _record(LedgerKind.HOLD_PLACED, request, at, count=request.holds.count())


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


def _scan(ids: tuple[UUID, ...], looked_for: tuple[str, ...]) -> None:
    """Ask every holding there is, whatever the steps say of themselves."""
    left = sum(holding.verify(ids, looked_for) for holding in holdings())
    if left:
        raise ErasureIncomplete(left=left)


@transaction.atomic
def _close(request: PrivacyRequest, ids: tuple[UUID, ...], at: datetime) -> PrivacyRequest:
    """The last references, the subject's row, a last look and the certificate go together: either
    a later run still knows whom it is about, or there is nobody left to know."""
    request = PrivacyRequest.objects.lock(request.pk)
    if request.state == RequestState.ANSWERED:
        return request
    if request.scanned_at is None:
        raise ErasureIncomplete(left=0)
    _forget(request, ids, at)
    _scan(ids, ())
    request = PrivacyRequest.objects.lock(request.pk)
    request.state, request.answered_at = RequestState.ANSWERED, at
    request.save(update_fields=["state", "answered_at"])
    request.steps.update(state=StepState.VERIFIED, verified_at=at)
    certificates.issue(request, at=at)
    _record(LedgerKind.ERASURE_VERIFIED, request, at)
    _record(LedgerKind.CERTIFICATE_ISSUED, request, at)
    answers.give(request, _("您的个人信息已删除，删除证明已出具。"), at=at)
    return request


def _forget(request: PrivacyRequest, ids: tuple[UUID, ...], at: datetime) -> None:
    CorrectionRecord.objects.filter(subject__in=ids).update(
        subject=None, old_sealed=None, new_sealed=None
    )
    PrivacyRequest.objects.filter(subject__in=ids).update(
        subject=None, value_sealed=None, needles_sealed=None
    )
    subjects.forget(ids, request_ref=request.ticket.reference, actor=SYSTEM, at=at)


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
