"""No matter is closed without an answer to the resident, nor without evidence where the category
asks for it. Who closes is a second person where it was serious: that is `policies`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from complaints.enums import TextRole, Visibility
from complaints.models import Attachment, Ticket
from core.actors import ActorKind
from core.errors import InvalidTransition


class EvidenceMissing(InvalidTransition):
    """The category asks for a photo by staff before the matter counts as done."""

    code = "evidence_missing"
    message = gettext_lazy("此类工单须先上传处理照片。")


class AnswerMissing(InvalidTransition):
    """No close without an answer to the resident."""

    code = "answer_missing"
    message = gettext_lazy("办结前须先答复住户。")


def require(ticket: Ticket) -> None:
    """Raises AnswerMissing or EvidenceMissing."""
    if not has_answer(ticket):
        raise AnswerMissing
    require_evidence(ticket)


def require_evidence(ticket: Ticket, shown_now: int = 0) -> None:
    if ticket.category.evidence_to_close and not shown_now and not has_evidence(ticket):
        raise EvidenceMissing


def stands_open(ticket: Ticket) -> bool:
    """Whether nothing is missing."""
    evidence = not ticket.category.evidence_to_close or has_evidence(ticket)
    return evidence and has_answer(ticket)


def has_answer(ticket: Ticket) -> bool:
    """Whether staff have said something to the resident in this cycle."""
    answers = ticket.texts.filter(
        role=TextRole.REPLY, visibility=Visibility.PUBLIC, event__cycle=ticket.cycle
    )
    return answers.exists()


def has_evidence(ticket: Ticket) -> bool:
    """Whether staff have shown the work of this cycle in a photo."""
    shown = Attachment.objects.filter(
        event__ticket=ticket, event__actor_kind=ActorKind.STAFF, event__cycle=ticket.cycle
    )
    return shown.exists()
