"""The screen pop as data: who is on the agent's line, as far as the agent may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.enums import State
from complaints.models import Ticket
from core.actors import Actor
from core.api.actor import actor_of
from core.api.schema import problems
from core.clock import database_now
from organisation import access
from residents.api.examples import answered
from residents.api.serializers import CallerAccountSerializer, CallerSerializer
from residents.api.views import caller
from residents.enums import CallDirection, CallState
from residents.models import Call
from residents.services import calls
from residents.services.people import LOOKUP

MOST_OPEN = 5


class LastCallSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    agent = serializers.CharField(allow_null=True)


class OpenTicketSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    received_at = serializers.DateTimeField()


class CurrentCallSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    call_id = serializers.CharField()
    state = serializers.ChoiceField(choices=CallState.choices)
    direction = serializers.ChoiceField(choices=CallDirection.choices)
    began_at = serializers.DateTimeField()
    number = serializers.CharField(allow_blank=True, help_text="Masked; empty when withheld.")
    account = CallerAccountSerializer(
        allow_null=True, help_text="The key account whose own line was called."
    )
    callers = CallerSerializer(many=True, help_text="Everybody it may be; nobody when unknown.")
    open_tickets = OpenTicketSerializer(many=True)
    last_call = LastCallSerializer(allow_null=True)
    has_draft = serializers.BooleanField(help_text="Something was typed and is kept for the call.")


class CurrentCallsSerializer(serializers.Serializer[Any]):
    calls = CurrentCallSerializer(many=True)


EXAMPLE = answered(
    "one call",
    200,
    {
        "calls": [
            {
                "id": "3b241101-e2bb-4255-8caf-4136c566a962",
                "call_id": "pbx1-1764300000.42",
                "state": "ringing",
                "direction": "inbound",
                "began_at": "2026-03-04T10:00:00+08:00",
                "number": "138****1234",
                "account": None,
                "callers": [
                    {
                        "handle": "gAAAAABp…",
                        "name": "张三",
                        "phone": "138****1234",
                        "shown_in_full": True,
                        "is_minor": False,
                        "do_not_call": False,
                        "verified": True,
                        "language": "zh-hans",
                        "homes": [
                            {
                                "unit": "星河湾",
                                "building": "3 栋",
                                "room": "2-1203",
                                "role": "owner",
                            }
                        ],
                        "account": None,
                        "accounts": [],
                    }
                ],
                "open_tickets": [],
                "last_call": {"at": "2026-03-01T09:12:00+08:00", "agent": "李敏"},
                "has_draft": False,
            }
        ]
    },
)


class CurrentCallsView(APIView):
    @extend_schema(
        operation_id="calls_current",
        tags=["calls"],
        summary="The calls on your own screen, the newest first",
        description=(
            "For an agent's desktop, signed in as the agent. Ringing and answered calls, and those "
            "over whose matter is not written down yet. Names, rooms and numbers are masked as "
            "everywhere."
        ),
        responses={200: CurrentCallsSerializer, **problems(401, 403)},
        examples=[EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        access.require(actor, LOOKUP)
        at = database_now()
        waiting = Call.objects.visible_to(actor).waiting(at).order_by("-began_at", "-pk")
        with access.remembering():
            shown = [_shown(call, actor) for call in waiting]
        return Response(CurrentCallsSerializer({"calls": shown}).data)


class PutAwayView(APIView):
    @extend_schema(
        operation_id="calls_put_away",
        tags=["calls"],
        summary="A call that needs no ticket leaves your screen, with what was typed",
        request=None,
        responses={204: None, **problems(401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor, at = actor_of(request), database_now()
        access.require(actor, LOOKUP)
        calls.settle(calls.of_agent(public_id, actor=actor, at=at), at=at)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(call: Call, actor: Actor) -> dict[str, Any]:
    number, last = calls.masked_number(call), calls.last_before(call)
    found = calls.callers_of(call, actor=actor)
    names = ("public_id", "reference", "state", "received_at")
    ids = [match.subject_id for match in found]
    theirs = Ticket.objects.visible_to(actor).known_to_be_of(ids, actor)
    open_now = theirs.open().order_by("-received_at", "-id")[:MOST_OPEN]
    return {
        "id": call.public_id,
        "call_id": call.call_id,
        "state": call.state,
        "direction": call.direction,
        "began_at": call.began_at,
        "number": number,
        "account": calls.account_of(call),
        "callers": [caller(match, number, actor=actor) for match in found],
        "open_tickets": [{**row, "id": row["public_id"]} for row in open_now.values(*names)],
        "last_call": last and {"at": last.began_at, "agent": last.staff and last.staff.name},
        "has_draft": call.draft_sealed is not None,
    }
