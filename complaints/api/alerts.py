"""Alarms of building systems, and those that are on."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.enums import AlertEvent, AlertGrade, State, SystemKind
from complaints.models import DeviceAlert
from complaints.services import alerts
from complaints.services.alerts import Alarm
from core import paging
from core.api.actor import actor_of
from core.api.schema import checked, checked_query, problems
from core.api.serializers import MomentField, StrictSerializer
from core.clock import database_now
from organisation import access
from residents.api.examples import answered, asked, refused

ORDER = ("-last_raised_at", "-id")


class AlarmSerializer(StrictSerializer):
    system = serializers.ChoiceField(choices=SystemKind.choices)
    device = serializers.CharField(max_length=64, help_text="The system's own id of the device.")
    code = serializers.CharField(max_length=40, help_text="The alarm, as `entrapment`.")
    grade = serializers.ChoiceField(
        choices=AlertGrade.choices,
        default=AlertGrade.MAJOR.value,
        help_text="Decides how severe the ticket is where no rule does.",
    )
    event = serializers.ChoiceField(choices=AlertEvent.choices)
    at = MomentField(help_text="When it happened, by the system's clock.")
    unit = serializers.CharField(
        max_length=40,
        default="",
        allow_blank=True,
        help_text="Code of the community; needed the first time a device is heard of, and always "
        "where devices of several communities have one id.",
    )
    building = serializers.CharField(
        max_length=60, default="", allow_blank=True, help_text="Its name, as 1 栋; first time too."
    )
    place = serializers.CharField(
        max_length=80, default="", allow_blank=True, help_text="In words; first time too."
    )


class AlertTicketSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)


class AlertSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    system = serializers.ChoiceField(choices=SystemKind.choices, source="device.system_kind")
    device = serializers.CharField(source="device.device_id")
    unit = serializers.CharField(source="device.unit.code")
    place = serializers.CharField(source="device.place")
    code = serializers.CharField(source="alarm_code")
    grade = serializers.ChoiceField(choices=AlertGrade.choices)
    active = serializers.BooleanField()
    raise_count = serializers.IntegerField(help_text="How often it was raised on this ticket.")
    first_raised_at = serializers.DateTimeField()
    last_raised_at = serializers.DateTimeField()
    cleared_at = serializers.DateTimeField(allow_null=True)
    ticket = AlertTicketSerializer()


class TakenSerializer(serializers.Serializer[Any]):
    alert = AlertSerializer(
        allow_null=True, help_text="Null when something was cleared that had not been raised."
    )


class AlertQuerySerializer(StrictSerializer):
    active = serializers.BooleanField(default=True, help_text="Those that are on, or all.")
    system = serializers.ChoiceField(choices=SystemKind.choices, required=False)
    size = serializers.IntegerField(default=50, min_value=1, max_value=100)
    cursor = serializers.CharField(max_length=400, required=False)


class AlertPageSerializer(serializers.Serializer[Any]):
    results = AlertSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


RAISE = {
    "system": "lift",
    "device": "L-3",
    "code": "entrapment",
    "grade": "critical",
    "event": "raised",
    "at": "2026-03-04T10:00:00+08:00",
    "unit": "CQ-XHW",
    "building": "3 栋",
    "place": "3 栋 2 单元 3 号梯",
}
ALERT = {
    "id": "3b241101-e2bb-4255-8caf-4136c566a962",
    "system": "lift",
    "device": "L-3",
    "unit": "CQ-XHW",
    "place": "3 栋 2 单元 3 号梯",
    "code": "entrapment",
    "grade": "critical",
    "active": True,
    "raise_count": 1,
    "first_raised_at": "2026-03-04T10:00:00+08:00",
    "last_raised_at": "2026-03-04T10:00:00+08:00",
    "cleared_at": None,
    "ticket": {
        "id": "0b0d9c54-5f0e-4f52-8b5c-0c6f7c2b8a11",
        "reference": "100000428",
        "state": "assigned",
    },
}
EXAMPLES = [
    asked("somebody is shut in a lift", RAISE),
    asked(
        "the lift runs again",
        {
            "system": "lift",
            "device": "L-3",
            "code": "entrapment",
            "event": "cleared",
            "at": "2026-03-04T10:20:00+08:00",
        },
    ),
    answered("a new ticket", 201, {"alert": ALERT}),
    answered("counted on the open one", 200, {"alert": {**ALERT, "raise_count": 12}}),
    refused(
        400,
        "invalid_input",
        "请检查填写的内容。",
        errors=[
            {
                "field": "unit",
                "code": "invalid_input",
                "detail": "此设备第一次上报，请给出它所在小区的编码，且在密钥的范围内。",
            }
        ],
    ),
    refused(401, "machine_key_refused", "密钥不正确、已过期或已吊销。"),
    refused(403, "not_allowed", "您没有进行此操作的权限。"),
]


class AlertsView(APIView):
    @extend_schema(
        operation_id="alerts_list",
        tags=["alerts"],
        summary="Alarms of devices on tickets in your scope, the latest first",
        parameters=[AlertQuerySerializer],
        responses={200: AlertPageSerializer, **problems(400, 401)},
    )
    def get(self, request: Request) -> Response:
        wanted = checked_query(AlertQuerySerializer, request)
        with access.remembering():
            rows = DeviceAlert.objects.visible_to(actor_of(request)).for_list()
            rows = rows.active() if wanted["active"] else rows
            if system := wanted.get("system"):
                rows = rows.filter(device__system_kind=system)
            found = paging.page(rows, order=ORDER, size=wanted["size"], cursor=wanted.get("cursor"))
        return Response(found.answer(AlertSerializer(found.rows, many=True).data))

    @extend_schema(
        operation_id="alerts_report",
        tags=["alerts"],
        summary="A device raises an alarm, or it is over",
        description=(
            "For building systems: a machine key with `alerts.report`. The first alarm of a matter "
            "makes an incident ticket (201); further ones of the device are counted on it while it "
            "is open (200). Clearing closes the alert, never the ticket. The same device, code, "
            "event and time again changes nothing, so that every report may be repeated."
        ),
        request=AlarmSerializer,
        responses={201: TakenSerializer, 200: TakenSerializer, **problems(400, 401, 403, 429)},
        examples=EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        access.require(actor, alerts.REPORT)
        body = checked(AlarmSerializer, request)
        alarm = Alarm(
            SystemKind(body["system"]),
            body["device"].strip(),
            body["code"].strip(),
            AlertGrade(body["grade"]),
            AlertEvent(body["event"]),
            body["at"],
            body["unit"],
            body["building"],
            body["place"],
        )
        taken = alerts.take_in(alarm, actor=actor, at=database_now())
        made = status.HTTP_201_CREATED if taken.created else status.HTTP_200_OK
        return Response(TakenSerializer({"alert": taken.alert}).data, status=made)
