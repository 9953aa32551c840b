"""The lists that staff work from: queues, what came up to one's posts, whom to call back."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints import queues, rights
from complaints.api import shapes
from complaints.api.serializers import TicketPageSerializer, TicketRowSerializer
from complaints.call_back_queries import ACCOUNT_CALL_BACK, CALL_BACK
from complaints.enums import CallReason
from complaints.models import CallBack, Ticket
from complaints.querysets import LOOK, PRESENT, TicketQuerySet
from core import paging
from core.actors import Actor
from core.api.actor import actor_of
from core.api.schema import checked_query, problems
from core.api.serializers import PageQuerySerializer
from core.clock import database_now
from core.errors import NotAllowed, NotFound
from organisation import access
from organisation.models import Post


class QueueSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField(help_text="In the language of the request.")


class CallToMakeSerializer(serializers.Serializer[Any]):
    ticket = TicketRowSerializer()
    cycle = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=CallReason.choices)
    post = serializers.CharField(help_text="Whose task it is.")
    mine = serializers.BooleanField(help_text="The post is one of yours.")
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    do_not_call = serializers.BooleanField(
        help_text="Who reported it wants no calls: ask in another way."
    )


class CallsToMakeSerializer(serializers.Serializer[Any]):
    results = CallToMakeSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class QueuesView(APIView):
    @extend_schema(
        operation_id="queues_list",
        tags=["queues"],
        summary="The lists that staff work from",
        responses={200: QueueSerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        _require_any(actor_of(request), *LOOK)
        rows = [{"code": each.code, "name": each.label} for each in queues.QUEUES.values()]
        return Response(QueueSerializer(rows, many=True).data)


class QueueView(APIView):
    @extend_schema(
        operation_id="queues_retrieve",
        tags=["queues"],
        summary="The tickets of one list in your scope, in the order of the list",
        parameters=[PageQuerySerializer],
        responses={200: TicketPageSerializer, **problems(400, 401, 403, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        actor, wanted = actor_of(request), checked_query(PageQuerySerializer, request)
        with access.remembering():
            _require_any(actor, *LOOK)
            queue = queues.QUEUES.get(code)
            if queue is None:
                raise NotFound
            asker = queues.Asker(actor, _posts_of(actor), database_now())
            rows = queue.pick(Ticket.objects.visible_to(actor), asker)
            return Response(_page(rows, queue.order, wanted))


class EscalationsView(APIView):
    @extend_schema(
        operation_id="escalations_list",
        tags=["queues"],
        summary="What was not solved in time and came up to your posts, longest overdue first",
        parameters=[PageQuerySerializer],
        responses={200: TicketPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor, wanted = actor_of(request), checked_query(PageQuerySerializer, request)
        with access.remembering():
            access.require(actor, rights.HEAR)
            rows = queues.escalated_to(actor, _posts_of(actor))
            return Response(_page(queues.with_first_due(rows), queues.DUE_FIRST, wanted))


class CallBacksView(APIView):
    @extend_schema(
        operation_id="callbacks_list",
        tags=["queues"],
        summary="Whom you may call back, the first due on top",
        parameters=[PageQuerySerializer],
        responses={200: CallsToMakeSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor, wanted = actor_of(request), checked_query(PageQuerySerializer, request)
        with access.remembering():
            _require_any(actor, CALL_BACK, ACCOUNT_CALL_BACK)
            rows = CallBack.objects.callable_by(actor, PRESENT).with_wishes()
            rows = rows.select_related("post__role", "post__unit")
            found = paging.page(
                rows, order=("due_at", "id"), size=wanted["size"], cursor=wanted.get("cursor")
            )
            return Response(found.answer(_calls(found.rows, actor)))


def _calls(calls: list[CallBack], actor: Actor) -> list[dict[str, Any]]:
    mine = set(_posts_of(actor))
    found = Ticket.objects.visible_to(actor).filter(pk__in=[each.ticket_id for each in calls])
    tickets = list(found.for_rows())
    shown = dict(zip([row.id for row in tickets], shapes.rows(tickets), strict=True))
    return [
        {
            "ticket": shown[each.ticket_id],
            "cycle": each.cycle,
            "reason": each.reason,
            "post": str(each.post),
            "mine": each.post_id in mine,
            "opened_at": shapes.moment(each.opened_at),
            "due_at": shapes.moment(each.due_at),
            "do_not_call": each.do_not_call,  # type: ignore[attr-defined]
        }
        for each in calls
    ]


def _page(
    rows: TicketQuerySet, order: tuple[str, ...], wanted: dict[str, Any]
) -> dict[str, object]:
    found: paging.Page[Ticket] = paging.page(
        rows.for_rows(), order=order, size=wanted["size"], cursor=wanted.get("cursor")
    )
    return found.answer(shapes.rows(found.rows))


def _posts_of(actor: Actor) -> tuple[int, ...]:
    """The posts whose work the actor may do just now; a machine has none."""
    if actor.staff_id is None:
        return ()
    return tuple(Post.objects.in_force_for(actor.staff_id).values_list("pk", flat=True))


def _require_any(actor: Actor, *permissions: str) -> None:
    if not any(access.has(actor, permission) for permission in permissions):
        raise NotAllowed
