"""Call-backs of a ticket: what was tried, and recording the next attempt."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.api import serializers as forms
from complaints.api.actions import perform
from complaints.api.views import find, shown
from complaints.enums import EventKind, Measure
from complaints.models import CallBack, Ticket, TicketEvent
from core.actors import Actor, ActorKind
from core.api.actor import actor_of
from core.api.preconditions import VERSION, version_of
from core.api.schema import checked, problems
from core.clock import database_now
from organisation import access


class CallBacksView(APIView):
    @extend_schema(
        operation_id="tickets_callbacks",
        tags=["tickets"],
        summary="Call-backs about a ticket, the first cycle first; attempts for staff alone",
        responses={200: forms.CallBacksSerializer, **problems(401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor = actor_of(request)
        with access.remembering():
            ticket = find(public_id, actor)
            return Response({"results": _call_backs(ticket, actor)})

    @extend_schema(
        operation_id="tickets_call",
        tags=["tickets"],
        summary="Record an attempt to call back; the same as the action `record_call`",
        parameters=[VERSION],
        request=forms.NewCallSerializer,
        responses={
            200: forms.TicketSerializer,
            **problems(400, 401, 403, 404, 409, 412, 428, 429),
        },
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor, version = actor_of(request), version_of(request)
        fields = checked(forms.NewCallSerializer, request)
        with access.remembering():
            ticket = find(public_id, actor)
            perform(
                ticket,
                Measure.RECORD_CALL,
                fields,
                actor=actor,
                version=version,
                at=database_now(),
            )
            return shown(public_id, actor)


def _call_backs(ticket: Ticket, actor: Actor) -> list[dict[str, Any]]:
    attempts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    if actor.kind is not ActorKind.REPORTER:
        calls = TicketEvent.objects.visible_to(actor).filter(
            ticket=ticket, kind=EventKind.CALLED_BACK
        )
        for event in calls.select_related("staff").order_by("occurred_at", "id"):
            by = event.staff.name if event.staff else str(event.actor_kind)
            attempts[event.cycle].append(
                {"at": event.occurred_at, "result": event.reason_code, "by": by}
            )
    rows = CallBack.objects.visible_to(actor).filter(ticket=ticket).order_by("cycle")
    return [_shape(row, attempts[row.cycle]) for row in rows.select_related("post__role")]


def _shape(row: CallBack, attempts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "cycle": row.cycle,
        "state": row.state,
        "reason": row.reason,
        "post": row.post.role.name,
        "opened_at": row.opened_at,
        "due_at": row.due_at,
        "ended_at": row.ended_at,
        "attempts": attempts,
    }
