"""How a ticket belongs to others, as far as both ends are in the caller's scope."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.api import serializers as forms
from complaints.api.actions import other_ticket
from complaints.api.views import find
from complaints.models import Ticket, TicketEvent, TicketLink
from complaints.services import linking
from core.actors import Actor
from core.api.actor import actor_of
from core.api.preconditions import VERSION, version_of
from core.api.schema import checked, problems
from core.clock import database_now
from organisation import access


class LinksView(APIView):
    @extend_schema(
        operation_id="tickets_links",
        tags=["tickets"],
        summary="Links and merges of a ticket; staff see those of which they may see both ends",
        responses={200: forms.LinksSerializer, **problems(401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor = actor_of(request)
        with access.remembering():
            return _links(find(public_id, actor), actor)

    @extend_schema(
        operation_id="tickets_link",
        tags=["tickets"],
        summary="Say how the ticket stands to another one",
        parameters=[VERSION],
        request=forms.NewLinkSerializer,
        responses={
            201: forms.LinksSerializer,
            **problems(400, 401, 403, 404, 409, 412, 428),
        },
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor, version = actor_of(request), version_of(request)
        body = checked(forms.NewLinkSerializer, request)
        with access.remembering():
            ticket = find(public_id, actor)
            linking.link(
                ticket,
                other=other_ticket(body["other"], actor),
                relation=body["relation"],
                note=body["text"],
                actor=actor,
                version=version,
                at=database_now(),
            )
            return _links(ticket, actor, status.HTTP_201_CREATED)


class LinkView(APIView):
    @extend_schema(
        operation_id="tickets_unlink",
        tags=["tickets"],
        summary="Take a link away; the timelines keep the trace",
        parameters=[VERSION],
        request=None,
        responses={204: None, **problems(401, 403, 404, 412, 428)},
    )
    def delete(self, request: Request, public_id: UUID, link_id: int) -> Response:
        actor, version = actor_of(request), version_of(request)
        with access.remembering():
            linking.unlink(
                find(public_id, actor),
                link_id=link_id,
                actor=actor,
                version=version,
                at=database_now(),
            )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _links(ticket: Ticket, actor: Actor, code: int = status.HTTP_200_OK) -> Response:
    rows = linking.shown(ticket, actor)
    return Response({"results": [_link(row, ticket) for row in rows]}, status=code)


def _link(row: TicketLink, ticket: Ticket) -> dict[str, Any]:
    from_here = row.source_id == ticket.pk
    other = row.target if from_here else row.source
    return {
        "id": row.pk,
        "relation": row.relation,
        "direction": "from_here" if from_here else "to_here",
        "ticket": other.public_id,
        "reference": other.reference,
        "state": other.state,
        "made_at": row.made_in.occurred_at,
        "made_by": _author(row.made_in),
    }


def _author(event: TicketEvent) -> str:
    return event.staff.name if event.staff is not None else str(event.actor_kind)
