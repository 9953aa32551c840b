"""Carries out an approved correction and keeps what it replaced, sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.enums import State
from core.actors import Actor
from organisation.enums import Language
from privacy.rights.enums import CorrectableField, RequestState
from privacy.rights.models import CorrectionRecord, PrivacyRequest
from privacy.rights.services import answers
from privacy.rights.services.requests import wished_value
from privacy.vault.enums import LedgerKind
from privacy.vault.registry import field_label
from privacy.vault.services import ledger, sealing
from residents.services import corrections, new_numbers

OLD = field_label(CorrectionRecord, "old_sealed")
NEW = field_label(CorrectionRecord, "new_sealed")


@transaction.atomic
def carry_out(request: PrivacyRequest, *, at: datetime) -> PrivacyRequest:
    """Change the value on file, record both values and answer the person, all or nothing.

    The doer is the member of staff who approved. Running it again changes nothing.
    """
    request = PrivacyRequest.objects.lock(request.pk)
    if request.state != RequestState.APPROVED or request.subject_id is None:
        return request
    if request.ticket.state == State.WITHDRAWN:
        return request
    approver = Actor.staff(request.approved_by_id) if request.approved_by_id else None
    if approver is None:
        return request
    new = wished_value(request)
    old = _apply(CorrectableField(request.field), request.subject_id, new, approver, at)
    _keep(request, old, new, at)
    _finish(request, approver, at)
    return request


def _apply(
    field: CorrectableField, subject_id: UUID, value: str, actor: Actor, at: datetime
) -> str:
    match field:
        case CorrectableField.NAME:
            return corrections.correct_name(subject_id, value, actor=actor, at=at)
        case CorrectableField.PHONE:
            return corrections.correct_phone(subject_id, value, actor=actor, at=at)
        case CorrectableField.EMAIL:
            return corrections.correct_email(subject_id, value, actor=actor, at=at)
        case CorrectableField.LANGUAGE:
            before = corrections.correct_language(subject_id, Language(value), actor=actor, at=at)
            return str(before.value)


def _keep(request: PrivacyRequest, old: str, new: str, at: datetime) -> None:
    subject_id = request.subject_id
    if subject_id is None:
        return
    old_sealed, new_sealed = sealing.seal_many([(subject_id, OLD, old), (subject_id, NEW, new)])
    CorrectionRecord.objects.create(
        request=request,
        subject_id=subject_id,
        field=request.field,
        old_sealed=old_sealed,
        new_sealed=new_sealed,
        carried_out_by_id=request.approved_by_id,
        carried_out_at=at,
    )


def _finish(request: PrivacyRequest, actor: Actor, at: datetime) -> None:
    request.state, request.answered_at, request.value_sealed = RequestState.ANSWERED, at, None
    request.save(update_fields=["state", "answered_at", "value_sealed"])
    ledger.append(
        LedgerKind.CORRECTION_APPLIED,
        actor=actor,
        at=at,
        request_ref=request.ticket.reference,
        object_kind=f"correction.{request.field}",
        object_count=1,
    )
    answers.give(request, _answer(request), at=at)


def _answer(request: PrivacyRequest) -> str:
    mine = [request.subject_id] if request.subject_id else []
    if request.field == CorrectableField.PHONE and new_numbers.waiting(mine) is not None:
        return _(
            "新号码已登记，还要您确认：请在“我的隐私”中获取发到新号码的验证码并填写。"
            "在此之前请继续用原号码登录。"
        )
    return _("您要求更正的信息已更正，请在“我的”中核对。")
