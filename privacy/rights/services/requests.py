"""A request from the wish to the approval. What was approved is carried out by `execution`.

Law: Personal Information Protection Law, articles 44 to 50; time limits are the ticket's policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.enums import Channel, Kind, State
from complaints.services import intake, lifecycle
from core.actors import SYSTEM, Actor, ActorKind
from core.errors import InvalidInput
from organisation import access
from organisation.enums import Language
from organisation.models import Unit
from privacy.rights.enums import (
    CARRIED_OUT,
    ERASURES,
    CorrectableField,
    RequestKind,
    RequestState,
)
from privacy.rights.errors import ApproverIsInvolved, RequestNotAtThisStep, SameRequestOpen
from privacy.rights.models import PrivacyRequest
from privacy.rights.services import answers, plans
from privacy.vault.enums import LedgerKind
from privacy.vault.registry import field_label
from privacy.vault.services import ledger, sealing, subjects
from residents.enums import CodePurpose
from residents.services import contacts, people, sign_in

CATEGORY = "privacy"
VALUE = field_label(PrivacyRequest, "value_sealed")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for. `field` and `value` belong to a correction alone."""

    subject_id: UUID
    kind: RequestKind
    field: str = ""
    value: str = ""


def open_request(
    wish: Wish, *, actor: Actor, at: datetime, channel: Channel = Channel.PORTAL
) -> PrivacyRequest:
    """Take in a request and open its ticket, whose clock runs from now.

    A resident asks for themselves; staff with `privacy.verify` write down a caller's wish. Raises
    NotAllowed, SameRequestOpen, or InvalidInput naming the field.
    """
    value = _checked_value(wish)
    with transaction.atomic():
        _refuse_twice(wish)
        ticket = intake.submit(_ticket(wish, channel), actor=actor, at=at)
        request = PrivacyRequest.objects.create(
            ticket=ticket,
            subject_id=wish.subject_id,
            kind=wish.kind,
            field=wish.field if wish.kind == RequestKind.CORRECT else "",
            value_sealed=sealing.seal(wish.subject_id, VALUE, value) if value else None,
            created_by_id=actor.staff_id,
            received_at=at,
        )
        _record(LedgerKind.REQUEST_RECEIVED, request, actor, at)
    return request


def send_code(request: PrivacyRequest, *, address: str, at: datetime) -> UUID:
    """Send a code to the number on file, never to one named in the request. Raises LimitReached."""
    return sign_in.request_code_for(request.subject_id, CodePurpose.PRIVACY, address=address, at=at)


def verify(
    request: PrivacyRequest, code_id: UUID, code: str, *, actor: Actor, at: datetime
) -> PrivacyRequest:
    """The person on file has read the code back. Raises CodeRefused; three tries a code.

    Call it outside a transaction: a try counts even when what follows fails.
    """
    if actor.kind is not ActorKind.REPORTER:
        access.require(actor, "privacy.verify", request.ticket.unit)
    subject = sign_in.check_code(code_id, code, purpose=CodePurpose.PRIVACY, at=at)
    with transaction.atomic():
        request = _at_step(request, RequestState.IDENTITY_PENDING)
        if request.subject_id is None or subject.pk not in subjects.closure([request.subject_id]):
            raise sign_in.CodeRefused
        request.state, request.verified_at = RequestState.VERIFIED, at
        request.verified_by_id = actor.staff_id
        request.save(update_fields=["state", "verified_at", "verified_by"])
        _record(LedgerKind.REQUEST_VERIFIED, request, actor, at)
    return request


@transaction.atomic
def plan(request: PrivacyRequest, *, actor: Actor, at: datetime) -> PrivacyRequest:
    """Write down what will happen, for the approver to see. Raises NotAllowed."""
    access.require(actor, "privacy.plan", request.ticket.unit)
    request = _at_step(request, RequestState.VERIFIED)
    if request.kind in ERASURES:
        plans.draw_up(request, at=at)
    request.state = RequestState.PLANNED
    request.save(update_fields=["state", "needles_sealed", "planned_people"])
    _record(LedgerKind.REQUEST_PLANNED, request, actor, at)
    answers.take_up(request, at=at)
    return request


@transaction.atomic
def approve(request: PrivacyRequest, *, actor: Actor, at: datetime) -> PrivacyRequest:
    """A second person agrees. Raises NotAllowed, or ApproverIsInvolved."""
    access.require(actor, "privacy.approve", request.ticket.unit)
    request = _at_step(request, RequestState.PLANNED)
    if actor.staff_id in (request.created_by_id, request.verified_by_id):
        raise ApproverIsInvolved
    request.state, request.approved_at = RequestState.APPROVED, at
    request.approved_by_id = actor.staff_id
    request.save(update_fields=["state", "approved_at", "approved_by"])
    _record(LedgerKind.REQUEST_APPROVED, request, actor, at)
    return request


@transaction.atomic
def refuse(
    request: PrivacyRequest, *, reason_code: str, reply: str, actor: Actor, at: datetime
) -> PrivacyRequest:
    """Refuse with the reason, the way to appeal and the right to sue (PIPL 50)."""
    access.require(actor, "privacy.approve", request.ticket.unit)
    request = PrivacyRequest.objects.lock(request.pk)
    if request.state not in (
        RequestState.IDENTITY_PENDING,
        RequestState.VERIFIED,
        RequestState.PLANNED,
    ):
        raise RequestNotAtThisStep
    if reason_code not in answers.RefusalReason.values:
        raise InvalidInput(fields={"reason_code": [_("请选择列出的选项。")]})
    request.state, request.refusal_code = RequestState.REFUSED, reason_code
    request.answered_at = at
    request.value_sealed = request.needles_sealed = None
    request.save(
        update_fields=["state", "refusal_code", "answered_at", "value_sealed", "needles_sealed"]
    )
    _record(LedgerKind.REQUEST_REFUSED, request, actor, at, reason_code)
    answers.give(request, answers.refusal(reason_code, reply), at=at)
    return request


@transaction.atomic
def withdraw(request: PrivacyRequest, *, actor: Actor, at: datetime) -> PrivacyRequest:
    """The person takes the request back, as long as nothing has been carried out."""
    request = PrivacyRequest.objects.lock(request.pk)
    if request.state not in (
        RequestState.IDENTITY_PENDING,
        RequestState.VERIFIED,
        RequestState.PLANNED,
    ):
        raise RequestNotAtThisStep
    lifecycle.withdraw(request.ticket, actor=actor, at=at, reason="")
    return _withdrawn(request, actor, at)


@transaction.atomic
def follow_ticket(request: PrivacyRequest, *, at: datetime) -> PrivacyRequest:
    """End a request whose ticket was withdrawn; what was wished is kept no longer."""
    request = PrivacyRequest.objects.lock(request.pk)
    if not PrivacyRequest.objects.taken_back().filter(pk=request.pk).exists():
        return request
    return _withdrawn(request, SYSTEM, at)


def _withdrawn(request: PrivacyRequest, actor: Actor, at: datetime) -> PrivacyRequest:
    request.state, request.answered_at = RequestState.WITHDRAWN, at
    request.value_sealed = request.needles_sealed = None
    request.save(update_fields=["state", "answered_at", "value_sealed", "needles_sealed"])
    _record(LedgerKind.REQUEST_WITHDRAWN, request, actor, at)
    return request


def wished_value(request: PrivacyRequest) -> str:
    """The new value of a correction, in clear, for who carries it out or approves it."""
    if request.subject_id is None or request.value_sealed is None:
        return ""
    return sealing.reveal(request.subject_id, VALUE, bytes(request.value_sealed))


def _ticket(wish: Wish, channel: Channel) -> intake.NewTicket:
    return intake.NewTicket(
        kind=Kind.PRIVACY,
        category_code=CATEGORY,
        channel=channel,
        summary=str(_("个人信息请求：%(kind)s") % {"kind": wish.kind.label}),
        body=str(_("住户提出个人信息请求：%(kind)s。") % {"kind": wish.kind.label}),
        unit=Unit.objects.get(depth=1),
        reporter_subject=wish.subject_id,
    )


def _refuse_twice(wish: Wish) -> None:
    kin = subjects.closure([wish.subject_id])
    same = Q(kind__in=ERASURES) if wish.kind in ERASURES else Q(kind=wish.kind, field=wish.field)
    running = PrivacyRequest.objects.open().filter(same, subject__in=kin).first()
    if running is not None:
        raise SameRequestOpen(request=str(running.public_id))


def _checked_value(wish: Wish) -> str:
    """The value as it will stand on file. Raises InvalidInput naming `kind`, `field` or `value`."""
    if wish.kind not in CARRIED_OUT:
        raise InvalidInput(fields={"kind": [_("这类请求请联系客服中心办理。")]})
    if wish.kind != RequestKind.CORRECT:
        return ""
    if wish.field not in CorrectableField.values:
        raise InvalidInput(fields={"field": [_("请选择要更正的内容。")]})
    try:
        return _normal(CorrectableField(wish.field), wish.value)
    except InvalidInput as wrong:
        messages = [text for texts in wrong.fields.values() for text in texts]
        raise InvalidInput(fields={"value": messages or [wrong.message]}) from None


def _normal(field: CorrectableField, value: str) -> str:
    match field:
        case CorrectableField.NAME:
            return people.clean_name(value)
        case CorrectableField.PHONE:
            return contacts.phone_address(value).text
        case CorrectableField.EMAIL:
            return contacts.email_address(value).text
        case CorrectableField.LANGUAGE:
            if value not in Language.values:
                raise InvalidInput(fields={"value": [_("请选择列出的选项。")]})
            return value


def _at_step(request: PrivacyRequest, state: RequestState) -> PrivacyRequest:
    locked = PrivacyRequest.objects.lock(request.pk)
    if locked.state != state or locked.ticket.state == State.WITHDRAWN:
        raise RequestNotAtThisStep
    return locked


def _record(
    kind: LedgerKind, request: PrivacyRequest, actor: Actor, at: datetime, reason: str = ""
) -> None:
    ledger.append(
        kind,
        actor=actor,
        at=at,
        request_ref=request.ticket.reference,
        object_kind=request.kind,
        reason_code=reason,
    )
