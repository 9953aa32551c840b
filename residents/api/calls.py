"""What an exchange reports of its calls. It learns nothing about anybody in return."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.actor import actor_of
from core.api.schema import checked, problems
from core.api.serializers import MomentField, StrictSerializer
from core.clock import database_now
from organisation import access
from residents.api.examples import TOO_OFTEN, answered, asked, refused
from residents.enums import CallDirection, CallState
from residents.services import calls
from residents.services.calls import Report


class CallReportSerializer(StrictSerializer):
    call_id = serializers.CharField(
        max_length=64, help_text="The exchange's own id of the call; no telephone number in it."
    )
    state = serializers.ChoiceField(choices=CallState.choices)
    direction = serializers.ChoiceField(
        choices=CallDirection.choices, default=CallDirection.INBOUND.value
    )
    caller = serializers.CharField(
        max_length=40,
        allow_blank=True,
        default="",
        help_text="Who calls, as the exchange writes it; empty when withheld.",
    )
    called = serializers.CharField(
        max_length=40,
        allow_blank=True,
        default="",
        help_text="Who is called; of an inbound call our line, of a key account its own one.",
    )
    agent = serializers.CharField(
        max_length=150,
        allow_blank=True,
        default="",
        help_text="User name or work telephone of who is rung; empty while it is nobody.",
    )
    at = MomentField(help_text="When it happened, by the exchange's clock.")


class CallReportedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    call_id = serializers.CharField()
    state = serializers.ChoiceField(choices=CallState.choices, help_text="How far the call is.")
    agent = serializers.CharField(allow_null=True, help_text="On whose screen it is.")


RINGING = {
    "call_id": "pbx1-1764300000.42",
    "state": "ringing",
    "caller": "138 0000 1234",
    "called": "400 000 0000",
    "agent": "8001",
    "at": "2026-03-04T10:00:00+08:00",
}
ON_THE_SCREEN = {
    "id": "3b241101-e2bb-4255-8caf-4136c566a962",
    "call_id": "pbx1-1764300000.42",
    "state": "ringing",
    "agent": "agent",
}
EXAMPLES = [
    asked("it rings", RINGING),
    asked("it is answered", {**RINGING, "state": "answered", "at": "2026-03-04T10:00:06+08:00"}),
    asked("it is over", {**RINGING, "state": "ended", "at": "2026-03-04T10:03:20+08:00"}),
    answered("first report", 201, ON_THE_SCREEN),
    answered("any further one", 200, {**ON_THE_SCREEN, "state": "answered"}),
    refused(
        400,
        "invalid_input",
        "请检查填写的内容。",
        errors=[
            {
                "field": "agent",
                "code": "invalid_input",
                "detail": "没有这名坐席，或分机号不唯一。",
            }
        ],
    ),
    refused(401, "machine_key_refused", "密钥不正确、已过期或已吊销。"),
    refused(403, "not_allowed", "您没有进行此操作的权限。"),
    refused(429, "limit_reached", TOO_OFTEN, retry_at="2026-03-04T03:00:00+00:00"),
]


class CallsView(APIView):
    @extend_schema(
        operation_id="calls_report",
        tags=["calls"],
        summary="A call rings, is answered or is over",
        description=(
            "For exchanges: a machine key with `calls.report`. The same `call_id` and state again "
            "changes nothing and gets the same answer, so that every report may be repeated; "
            "states may come in any order. A later report with another `agent` is a transfer. "
            "The caller appears on the agent's screen; the answer tells nothing about them."
        ),
        request=CallReportSerializer,
        responses={
            201: CallReportedSerializer,
            200: CallReportedSerializer,
            **problems(400, 401, 403, 429),
        },
        examples=EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        access.require(actor, calls.REPORT)
        body = checked(CallReportSerializer, request)
        said = Report(
            body["call_id"],
            CallState(body["state"]),
            CallDirection(body["direction"]),
            body["caller"],
            body["called"],
            body["agent"].strip(),
            body["at"],
        )
        reported = calls.report(said, actor=actor, at=database_now())
        call = reported.call
        shown = {
            "id": call.public_id,
            "call_id": call.call_id,
            "state": call.state,
            "agent": call.staff.username if call.staff else None,
        }
        made = status.HTTP_201_CREATED if reported.created else status.HTTP_200_OK
        return Response(CallReportedSerializer(shown).data, status=made)
