"""Corrective actions in the words of the console, and the forms of their steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints import policies
from complaints.enums import Remedy, RemedyState
from complaints.models import CorrectiveAction, TextEntry, Ticket
from complaints.services import remedies
from console.forms import corrective as forms
from core.actors import Actor
from organisation.services.posts import local_date


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    label: Promise
    icon: str
    perform: Callable[..., CorrectiveAction]
    form: type[forms.StepForm]
    strong: bool = True


STEPS: Final[dict[str, Step]] = {
    step.code: step
    for step in (
        Step("complete", _("报告完成"), "check", remedies.complete, forms.CompleteForm),
        Step(
            "hand_over",
            _("移交"),
            "user-check",
            remedies.hand_over,
            forms.HandOverForm,
            strong=False,
        ),
        Step("verify", _("验收"), "check-circle", remedies.verify, forms.VerifyForm),
        Step("return", _("退回"), "undo", remedies.send_back, forms.ReturnForm),
    )
}


def form_for(
    step: Step, action: CorrectiveAction, *typed: Any, actor: Actor, at: datetime
) -> forms.StepForm:
    """Raises NotAllowed where it shows who could take the action: whom the ticket names is missing
    there."""
    if step.form is not forms.HandOverForm:
        return step.form(*typed)
    ticket = Ticket.objects.acting_on(action.ticket_id)
    policies.require(policies.may(actor, Remedy.HAND_OVER, ticket))
    others = remedies.owners(ticket, at=at).exclude(pk=action.owner_id)
    return forms.HandOverForm(*typed, posts=others)


def rows(
    actions: Sequence[CorrectiveAction], *, actor: Actor, at: datetime
) -> list[dict[str, Any]]:
    """Of actions read `for_list`; as many statements for many as for one."""
    today = local_date(at)
    offered = remedies.steps(actions, actor, at=at)
    said = _texts(actions, actor)
    return [
        {
            "action": action,
            "late": is_late(action, today),
            "measure": said.get(action.planned_in_id, ""),
            "handed": said.get(action.handed_in_id or 0, ""),
            "evidence": said.get(action.done_in_id or 0, ""),
            "owner": action.owner.holder.name if action.owner.holder else "",
            "steps": [STEPS[code] for code in offered[action.pk]],
        }
        for action in actions
    ]


def is_late(action: CorrectiveAction, today: date) -> bool:
    return action.state == RemedyState.OPEN and action.due_on < today


def _texts(actions: Sequence[CorrectiveAction], actor: Actor) -> dict[int, str]:
    events = {action.planned_in_id for action in actions}
    events |= {pk for each in actions for pk in (each.handed_in_id, each.done_in_id) if pk}
    texts = TextEntry.objects.visible_to(actor).current().filter(event__in=events)
    return {text.event_id: text.body for text in texts.order_by("id")}
