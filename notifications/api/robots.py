"""Robots of WeCom and DingTalk groups, which repeat to a group what posts are told."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import paging
from core.api.preconditions import TAG, seen_of, tagged
from core.api.schema import checked, checked_query, problems
from core.api.serializers import PageQuerySerializer
from core.clock import database_now
from core.errors import InvalidInput
from notifications.api import serializers as forms
from notifications.api.endpoints import resent, tried
from notifications.api.views import ORDER, find, manager, unit_of
from notifications.enums import ROBOTS, Channel
from notifications.models import Endpoint
from notifications.services import endpoints
from notifications.services.endpoints import NewEndpoint
from organisation.models import Unit

EXAMPLE: Final = OpenApiExample(
    "a group of one community",
    request_only=True,
    value={
        "channel": "wecom",
        "name": "一期项目群",
        "unit": "X1",
        "address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=...",
        "event_kinds": ["ticket_escalated"],
    },
)


class RobotsView(APIView):
    @extend_schema(
        operation_id="robots_list",
        tags=["robots"],
        summary="Robots you may manage, newest first",
        parameters=[PageQuerySerializer],
        responses={200: forms.RobotPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor = manager(request)
        wanted = checked_query(PageQuerySerializer, request)
        rows = Endpoint.objects.visible_to(actor).filter(channel__in=ROBOTS)
        found = paging.page(rows.select_related("unit"), order=ORDER, **wanted)
        return Response(found.answer(forms.RobotSerializer(found.rows, many=True).data))

    @extend_schema(
        operation_id="robots_create",
        tags=["robots"],
        summary="Let a group hear what posts of a unit are told",
        description="Confidential matters are never repeated.",
        request=forms.NewRobotSerializer,
        examples=[EXAMPLE],
        responses={201: forms.OneRobotSerializer, **problems(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        actor = manager(request)
        values = checked(forms.NewRobotSerializer, request)
        unit = unit_of(values.pop("unit"), actor)
        channel = Channel(values.pop("channel"))
        new = NewEndpoint(channel=channel, unit=unit, **_with_post(values, unit))
        made, _secret = endpoints.create(new, actor=actor, at=database_now())
        return _shown(made, status.HTTP_201_CREATED)


class KindsView(APIView):
    @extend_schema(
        operation_id="robots_kinds_list",
        tags=["robots"],
        summary="What a robot may repeat",
        responses={200: forms.KindSerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        manager(request)
        found = endpoints.kinds_of(Channel.WECOM)
        return Response([{"kind": code, "name": str(found[code])} for code in sorted(found)])


class RobotView(APIView):
    @extend_schema(
        operation_id="robots_retrieve",
        tags=["robots"],
        summary="One robot",
        responses={200: forms.OneRobotSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        return _shown(find(public_id, manager(request), ROBOTS))

    @extend_schema(
        operation_id="robots_update",
        tags=["robots"],
        summary="Another name, address, secret, post or events; its unit stays",
        parameters=[TAG],
        request=forms.ChangedRobotSerializer,
        responses={200: forms.OneRobotSerializer, **problems(400, 401, 403, 404, 412, 428)},
    )
    def put(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        there, seen = find(public_id, actor, ROBOTS), seen_of(request)
        values = _with_post(checked(forms.ChangedRobotSerializer, request), there.unit)
        new = NewEndpoint(channel=Channel(there.channel), unit=there.unit, **values)
        at = database_now()
        return _shown(endpoints.change(public_id, new, actor=actor, at=at, seen=seen))


class StopView(APIView):
    @extend_schema(
        operation_id="robots_stop",
        tags=["robots"],
        summary="Send nothing more; what waits is dropped",
        request=None,
        responses={200: forms.OneRobotSerializer, **problems(401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        find(public_id, actor, ROBOTS)
        return _shown(endpoints.stop(public_id, actor=actor, at=database_now()))


class StartView(APIView):
    @extend_schema(
        operation_id="robots_start",
        tags=["robots"],
        summary="Send again what happens from now on",
        request=None,
        responses={200: forms.OneRobotSerializer, **problems(401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        find(public_id, actor, ROBOTS)
        return _shown(endpoints.start(public_id, actor=actor, at=database_now()))


class ReplayView(APIView):
    @extend_schema(
        operation_id="robots_replay",
        tags=["robots"],
        summary="Deliver once more what was delivered since then",
        request=forms.ReplaySerializer,
        responses={200: forms.QueuedSerializer, **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        find(public_id, actor, ROBOTS)
        since = checked(forms.ReplaySerializer, request)["since"]
        queued = endpoints.replay(public_id, since=since, actor=actor, at=database_now())
        return Response({"queued": queued})


class TryView(APIView):
    @extend_schema(
        operation_id="robots_try",
        tags=["robots"],
        summary="Send a test message now and say whether it was taken; five a minute",
        request=None,
        responses={200: forms.TriedSerializer, **problems(400, 401, 403, 404, 429)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        return tried(find(public_id, actor, ROBOTS), actor)


class ResendView(APIView):
    @extend_schema(
        operation_id="robots_resend",
        tags=["robots"],
        summary="Queue anew all that it did not take in twenty tries",
        request=None,
        responses={200: forms.QueuedSerializer, **problems(401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        return resent(find(public_id, actor, ROBOTS), actor)


def _with_post(values: dict[str, Any], unit: Unit) -> dict[str, Any]:
    """The post itself instead of its number. Raises InvalidInput beside the field."""
    number = values.pop("post")
    if number is None:
        return values
    post = endpoints.posts_of(unit, database_now()).filter(pk=number).first()
    if post is None:
        raise InvalidInput(fields={"post": [_("岗位不属于所选范围。")]})
    return {**values, "post": post}


def _shown(endpoint: Endpoint, code: int = status.HTTP_200_OK) -> Response:
    shown = dict(forms.RobotSerializer(endpoint).data)
    return tagged(shown, endpoints.tag(endpoint), status=code)
