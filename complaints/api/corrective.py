"""Corrective actions: what is done so that a matter does not come again, by whom, until when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints import policies
from complaints.api import corrective_shapes as forms
from complaints.enums import Remedy, RemedyState
from complaints.models import CorrectiveAction, Ticket, TicketEvent
from complaints.services import remedies
from core import paging
from core.actors import Actor
from core.api.actor import actor_of
from core.api.schema import checked, checked_query, problems
from core.clock import database_now
from core.errors import InvalidInput, NotFound
from organisation import access
from organisation.models import Post, Unit
from organisation.services.posts import local_date

ORDER = ("due_on", "id")
STEPS = ("complete", "hand_over", "verify", "return")


class ActionsView(APIView):
    @extend_schema(
        operation_id="corrective_actions_list",
        tags=["corrective actions"],
        summary="Corrective actions on tickets in your scope, the first due first",
        description="One is planned with the action `plan_action` of its ticket.",
        parameters=[forms.CorrectiveActionQuerySerializer],
        responses={200: forms.CorrectiveActionPageSerializer, **problems(400, 401)},
    )
    def get(self, request: Request) -> Response:
        actor, at = actor_of(request), database_now()
        wanted = checked_query(forms.CorrectiveActionQuerySerializer, request)
        today = local_date(at)
        with access.remembering():
            rows = CorrectiveAction.objects.visible_to(actor).for_list()
            if wanted.get("state"):
                rows = rows.filter(state=wanted["state"])
            if wanted["late"]:
                rows = rows.late(today)
            if wanted.get("unit"):
                paths = Unit.objects.filter(code=wanted["unit"]).values_list("path", flat=True)
                rows = (
                    rows.filter(ticket__unit__path__startswith=paths[0]) if paths else rows.none()
                )
            if wanted.get("ticket"):
                rows = rows.filter(ticket__public_id=wanted["ticket"])
            page = paging.page(rows, order=ORDER, size=wanted["size"], cursor=wanted.get("cursor"))
            steps = remedies.steps(page.rows, actor, at=at)
        results = [_action(row, today, steps[row.pk]) for row in page.rows]
        return Response(page.answer(results))


class StepView(APIView):
    @extend_schema(
        operation_id="corrective_actions_act",
        tags=["corrective actions"],
        summary="Report one done, hand it over, or verify or return it as a second person",
        description="Handed over while it is open; the last day stays.",
        parameters=[OpenApiParameter("step", str, OpenApiParameter.PATH, enum=STEPS)],
        request=forms.CorrectiveStepSerializer,
        responses={
            200: forms.CorrectiveActionSerializer,
            **problems(400, 401, 403, 404, 409),
        },
    )
    def post(self, request: Request, public_id: UUID, step: str) -> Response:
        actor, at = actor_of(request), database_now()
        fields = checked(forms.CorrectiveStepSerializer, request)
        with access.remembering():
            _take(step, find(public_id, actor), fields, actor, at)
            done = find(public_id, actor)
            steps = remedies.steps([done], actor, at=at)
        return Response(_action(done, local_date(at), steps[done.pk]))


def find(public_id: UUID, actor: Actor) -> CorrectiveAction:
    """Raises NotFound for what is not there or not in scope."""
    rows = CorrectiveAction.objects.visible_to(actor).for_list()
    action = rows.filter(public_id=public_id).first()
    if action is None:
        raise NotFound
    return action


def _take(
    step: str, action: CorrectiveAction, fields: dict[str, Any], actor: Actor, at: datetime
) -> None:
    text = fields["text"]
    if step == "complete":
        remedies.complete(action, actor=actor, text=text, draft_id=fields.get("draft"), at=at)
    elif step == "verify":
        remedies.verify(action, actor=actor, text=text, at=at)
    elif step == "return":
        remedies.send_back(action, actor=actor, text=text, due_on=_given(fields, "due_on"), at=at)
    elif step == "hand_over":
        _hand_over(action, text, _given(fields, "post"), actor, at)
    else:
        raise NotFound(_("没有这个操作。"))


def _given(fields: dict[str, Any], name: str) -> Any:
    if name not in fields:
        raise InvalidInput(fields={name: [_("请填写。")]})
    return fields[name]


def _hand_over(action: CorrectiveAction, text: str, post: int, actor: Actor, at: datetime) -> None:
    """What is wrong with the post stands beside the field that names it here. Who may not hand over
    is not told which posts there are."""
    ticket = Ticket.objects.acting_on(action.ticket_id)
    policies.require(policies.may(actor, Remedy.HAND_OVER, ticket))
    owner = Post.objects.filter(pk=post).first()
    if owner is None:
        raise InvalidInput(fields={"post": [_("没有这个岗位。")]})
    try:
        remedies.hand_over(action, actor=actor, owner=owner, text=text, at=at)
    except InvalidInput as error:
        called = {"owner": "post"}
        error.fields = {called.get(name, name): said for name, said in error.fields.items()}
        raise


def _action(row: CorrectiveAction, today: date, steps: list[str]) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "ticket": row.ticket.public_id,
        "reference": row.ticket.reference,
        "unit": row.ticket.unit.name,
        "root_cause": row.root_cause,
        "owner": str(row.owner),
        "due_on": row.due_on,
        "state": row.state,
        "late": row.state == RemedyState.OPEN and row.due_on < today,
        "planned_at": row.planned_in.occurred_at,
        "handed_over_at": row.handed_in.occurred_at if row.handed_in else None,
        "done_at": row.done_in.occurred_at if row.done_in else None,
        "done_by": _who(row.done_in),
        "verified_at": row.verified_in.occurred_at if row.verified_in else None,
        "verified_by": _who(row.verified_in),
        "allowed_actions": steps,
    }


def _who(event: TicketEvent | None) -> str:
    return event.staff.name if event is not None and event.staff is not None else ""
