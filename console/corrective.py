"""Corrective actions in the words of the console, and the forms of their steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.enums import RemedyState
from complaints.models import CorrectiveAction, TextEntry
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


STEPS: Final[dict[str, Step]] = {
    step.code: step
    for step in (
        Step("complete", _("报告完成"), "check", remedies.complete, forms.CompleteForm),
        Step("verify", _("验收"), "check-circle", remedies.verify, forms.VerifyForm),
        Step("return", _("退回"), "undo", remedies.send_back, forms.ReturnForm),
    )
}


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
    events |= {action.done_in_id for action in actions if action.done_in_id is not None}
    texts = TextEntry.objects.visible_to(actor).current().filter(event__in=events)
    return {text.event_id: text.body for text in texts.order_by("id")}
