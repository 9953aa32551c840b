"""Scores a drawn case, by someone who did not handle the ticket."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.enums import EventKind
from complaints.models import TicketEvent, TicketParty
from core.actors import Actor
from core.errors import InvalidInput
from organisation import access
from quality.enums import Answer, CaseState, NonResponse, RoundState
from quality.errors import (
    CaseAlreadyInspected,
    CasesStillPending,
    InspectorHandledTheTicket,
    RoundNotAtThisStep,
)
from quality.models import ChecklistItem, Round, SampleCase, Score


@transaction.atomic
def score(
    case: SampleCase, answers: Mapping[str, str], *, actor: Actor, at: datetime
) -> SampleCase:
    """Answer every question of the form; `answers` maps item codes to yes, no, not_applicable.

    The case is answered well when no required question was answered no. Raises NotAllowed,
    InspectorHandledTheTicket for who handled it or is named by it, CaseAlreadyInspected,
    RoundNotAtThisStep, or InvalidInput naming the questions without a usable answer.
    """
    access.require(actor, "quality.inspect")
    case = _open_case(case)
    _require_outsider(case, actor)
    items = list(case.round.checklist.items.all())
    _require_complete(items, answers)
    Score.objects.bulk_create(
        [Score(case=case, item=item, answer=answers[item.code]) for item in items]
    )
    case.answered_well = not any(
        item.required and answers[item.code] == Answer.NO for item in items
    )
    case.state, case.inspector_id, case.inspected_at = CaseState.INSPECTED, actor.staff_id, at
    case.save(update_fields=["answered_well", "state", "inspector", "inspected_at"])
    return case


@transaction.atomic
def mark_non_response(
    case: SampleCase, reason: NonResponse, *, actor: Actor, at: datetime
) -> SampleCase:
    """The case cannot be inspected. It is not replaced: replacing would bias the sample. Raises
    what `score` raises."""
    access.require(actor, "quality.inspect")
    case = _open_case(case)
    _require_outsider(case, actor)
    case.state, case.non_response = CaseState.NON_RESPONSE, reason
    case.inspector_id, case.inspected_at = actor.staff_id, at
    case.save(update_fields=["state", "non_response", "inspector", "inspected_at"])
    return case


def mark_erased(round: Round, *, at: datetime) -> int:
    """Pending cases whose person has been erased become non-response "erased"; returns how many."""
    erased = TicketEvent.objects.filter(kind=EventKind.ERASED).values("ticket__public_id")
    return round.cases.filter(state=CaseState.PENDING, member__ticket_public_id__in=erased).update(
        state=CaseState.NON_RESPONSE, non_response=NonResponse.ERASED, inspected_at=at
    )


@transaction.atomic
def report(round: Round, *, actor: Actor, at: datetime) -> Round:
    """Close the inspection; the report's figures are final. Raises CasesStillPending."""
    access.require(actor, "quality.plan")
    round = Round.objects.select_for_update().get(pk=round.pk)
    if round.state != RoundState.DRAWN:
        raise RoundNotAtThisStep
    mark_erased(round, at=at)
    if round.cases.filter(state=CaseState.PENDING).exists():
        raise CasesStillPending
    round.state, round.reported_at = RoundState.REPORTED, at
    round.save(update_fields=["state", "reported_at"])
    return round


def is_concerned(case: SampleCase, actor: Actor) -> bool:
    """Whether this member of staff has acted on the case's ticket or is named by it."""
    if actor.staff_id is None:
        return False
    of_ticket = {"ticket__public_id": case.member.ticket_public_id, "staff_id": actor.staff_id}
    return (
        TicketEvent.objects.filter(**of_ticket).exists()
        or TicketParty.objects.filter(**of_ticket).exists()
    )


def _require_outsider(case: SampleCase, actor: Actor) -> None:
    if is_concerned(case, actor):
        raise InspectorHandledTheTicket


def _open_case(case: SampleCase) -> SampleCase:
    locked = (
        SampleCase.objects.select_for_update(of=("self",))
        .select_related("round__checklist", "member")
        .get(pk=case.pk)
    )
    if locked.round.state != RoundState.DRAWN:
        raise RoundNotAtThisStep
    if locked.state != CaseState.PENDING:
        raise CaseAlreadyInspected
    return locked


def _require_complete(items: list[ChecklistItem], answers: Mapping[str, str]) -> None:
    wrong = [item.code for item in items if answers.get(item.code) not in Answer.values]
    unknown = sorted(set(answers) - {item.code for item in items})
    if wrong or unknown:
        raise InvalidInput(
            fields={
                **{code: [_("请回答这个问题。")] for code in wrong},
                **{code: [_("检查表中没有这个问题。")] for code in unknown},
            }
        )
