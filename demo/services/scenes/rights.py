"""Requests about personal data, at every stage of their way."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from complaints.enums import Channel
from core.actors import Actor
from demo.services.people import Resident
from demo.services.stage import Stage
from privacy.rights.enums import RequestKind
from privacy.rights.models import PrivacyRequest
from privacy.rights.services import answers, execution, requests
from privacy.rights.services.requests import Wish
from residents.enums import CodePurpose
from residents.models import ContactPoint, SignInCode
from residents.services import sign_in

CODE = "246810"


def play(stage: Stage) -> None:
    """The last community's people: what is erased here is missed nowhere else."""
    unit = stage.communities[-1]
    people = [one for one in stage.residents if one.home.unit_id == unit.pk]
    officer, approver = stage.staff("privacy_officer"), stage.staff("privacy_approver")

    _ask(stage, people[-1], RequestKind.DELETE, days=1)
    _ask(stage, people[-2], RequestKind.CORRECT, "name", "欧阳晓雯", days=2, channel=Channel.PORTAL)

    verified = _ask(stage, people[-3], RequestKind.CORRECT, "email", "wen.qing@example.com", days=3)
    _verify(verified, stage, officer, days=2.8)

    planned = _ask(stage, people[-4], RequestKind.DELETE, days=5)
    planned = _verify(planned, stage, officer, days=4.8)
    requests.plan(planned, actor=officer, at=stage.ago(days=4))

    corrected = _ask(stage, people[-5], RequestKind.CORRECT, "name", "司徒静", days=9)
    _carry_out(corrected, stage, officer, approver, days=8)

    erased = _ask(stage, people[-6], RequestKind.CANCEL_ACCOUNT, days=12)
    _carry_out(erased, stage, officer, approver, days=11)

    refused = _ask(stage, people[-7], RequestKind.DELETE, days=10)
    refused = _verify(refused, stage, officer, days=9.5)
    requests.refuse(
        refused,
        reason_code=answers.RefusalReason.LEGAL_RETENTION,
        reply="您名下房屋有未结的物业服务合同，合同存续期间相关信息依法须保留。",
        actor=approver,
        at=stage.ago(days=9),
    )


def _ask(
    stage: Stage,
    who: Resident,
    kind: RequestKind,
    field: str = "",
    value: str = "",
    *,
    days: float,
    channel: Channel = Channel.HOTLINE,
) -> PrivacyRequest:
    return requests.open_request(
        Wish(who.subject_id, kind, field, value),
        actor=Actor.reporter(who.subject_id),
        at=stage.ago(days=days),
        channel=channel,
    )


def _verify(
    request: PrivacyRequest, stage: Stage, officer: Actor, *, days: float
) -> PrivacyRequest:
    """The code is read back that a telephone would have received."""
    at, public_id = stage.ago(days=days), uuid4()
    sent = SignInCode.objects.create(
        public_id=public_id,
        purpose=CodePurpose.PRIVACY,
        subject_id=request.subject_id,
        contact=ContactPoint.objects.get(subject_id=request.subject_id, login=True),
        code_hash=sign_in.code_hash(public_id, CODE),
        created_at=at,
        expires_at=at + timedelta(minutes=5),
    )
    return requests.verify(request, sent.public_id, CODE, actor=officer, at=at)


def _carry_out(
    request: PrivacyRequest, stage: Stage, officer: Actor, approver: Actor, *, days: float
) -> None:
    request = _verify(request, stage, officer, days=days)
    request = requests.plan(request, actor=officer, at=stage.ago(days=days - 0.5))
    request = requests.approve(request, actor=approver, at=stage.ago(days=days - 1))
    execution.carry_out(request, at=stage.ago(days=days - 1.1))
