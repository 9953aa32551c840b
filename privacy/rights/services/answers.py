"""Answers the person and brings the request's ticket to its end."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.enums import State
from complaints.models import Ticket
from complaints.services import lifecycle, timeline
from complaints.workflow import WAITING
from core.actors import SYSTEM
from privacy.rights.models import PrivacyRequest


class RefusalReason(models.TextChoices):
    """PIPL 47 and 50: a refusal gives its reason."""

    IDENTITY_NOT_PROVEN = "identity_not_proven", gettext_lazy("未能核验本人身份")
    LEGAL_RETENTION = "legal_retention", gettext_lazy("法律规定的保存期限未届满")
    NOT_ON_FILE = "not_on_file", gettext_lazy("未持有相关信息")
    WRONG_FACT = "wrong_fact", gettext_lazy("与核实的事实不符")


def refusal(reason_code: str, reply: str) -> str:
    """The letter of a refusal: reason, our words, appeal, right to sue."""
    return _(
        "您的请求未获批准，原因：%(reason)s。%(reply)s\n"
        "如有异议，可在 30 日内向个人信息保护负责人申诉；您也有权依法向人民法院提起诉讼。"
    ) % {"reason": RefusalReason(reason_code).label, "reply": reply.strip()}


def take_up(request: PrivacyRequest, *, at: datetime) -> None:
    """The first response: on the ticket itself nobody answers."""
    ticket = Ticket.objects.select_related("unit").get(pk=request.ticket_id)
    text = _("已核验是您本人，办理方案已拟好，等待批准。办结后另行答复您。")
    timeline.reply(ticket, actor=SYSTEM, text=text, at=at)


def give(request: PrivacyRequest, text: str, *, at: datetime) -> None:
    """Resolve the ticket with this answer and close it. Harmless when that is done already."""
    ticket = Ticket.objects.select_related("unit").get(pk=request.ticket_id)
    steps = {
        State.ASSIGNED: lifecycle.accept,
        State.REOPENED: lifecycle.accept,
        State.ACCEPTED: lifecycle.start,
    }
    while step := steps.get(State(ticket.state)):
        ticket = step(ticket, actor=SYSTEM, at=at)
    if ticket.state in (State.IN_PROGRESS, *WAITING):
        ticket = lifecycle.resolve(ticket, actor=SYSTEM, reply=text, at=at)
    if ticket.state == State.RESOLVED:
        lifecycle.close(ticket, actor=SYSTEM, at=at)
