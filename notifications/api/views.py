"""Webhooks of the company's other systems. Doors only: parse, call one service, shape."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import paging
from core.actors import Actor
from core.api.actor import actor_of
from core.api.schema import checked, checked_query, problems
from core.clock import database_now
from core.errors import InvalidInput, NotFound
from notifications.api import serializers as forms
from notifications.enums import Channel
from notifications.models import Endpoint
from notifications.services import endpoints
from notifications.services.endpoints import NewEndpoint
from organisation import access
from organisation.models import Unit

MANAGE: Final = "organisation.manage"
ORDER: Final = ("-created_at", "-id")
WEBHOOKS: Final = (Channel.WEBHOOK,)

EXAMPLE = OpenApiExample(
    "a new webhook",
    request_only=True,
    value={
        "name": "数据平台",
        "unit": "G",
        "address": "https://data.example.org/hooks/desk",
        "event_kinds": ["ticket.received", "ticket.resolved", "ticket.closed"],
    },
)
REFUSED = OpenApiExample(
    "address_refused",
    response_only=True,
    status_codes=["400"],
    value={
        "type": "urn:jinke-desk:problem:invalid_input",
        "title": "请检查填写的内容。",
        "status": 400,
        "code": "invalid_input",
        "detail": "请检查填写的内容。",
        "errors": [
            {
                "field": "address",
                "code": "invalid_input",
                "detail": "只能是公网的 https 地址，或 WEBHOOK_NETWORKS 中的公司网络。",
            }
        ],
    },
)


class WebhooksView(APIView):
    @extend_schema(
        operation_id="webhooks_list",
        tags=["webhooks"],
        summary="Webhooks you may manage, newest first",
        parameters=[forms.WebhookQuerySerializer],
        responses={200: forms.WebhookPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor = manager(request)
        wanted = checked_query(forms.WebhookQuerySerializer, request)
        rows = Endpoint.objects.visible_to(actor).filter(channel=Channel.WEBHOOK)
        found = paging.page(rows.select_related("unit"), order=ORDER, cursor=wanted.get("cursor"))
        return Response(found.answer(forms.WebhookSerializer(found.rows, many=True).data))

    @extend_schema(
        operation_id="webhooks_create",
        tags=["webhooks"],
        summary="Subscribe a system to events of a unit",
        description=(
            "Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`. Delivered "
            "at least once, the id telling repeats. The body names kind, numbers and time, no more."
        ),
        request=forms.NewWebhookSerializer,
        examples=[EXAMPLE, REFUSED],
        responses={201: forms.SecretSerializer, **problems(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        actor = manager(request)
        values = checked(forms.NewWebhookSerializer, request)
        new = NewEndpoint(
            channel=Channel.WEBHOOK,
            name=values["name"],
            address=values["address"],
            unit=unit_of(values["unit"], actor),
            event_kinds=values["event_kinds"],
        )
        made, secret = endpoints.create(new, actor=actor, at=database_now())
        return _with_secret(made, secret, status.HTTP_201_CREATED)


class KindsView(APIView):
    @extend_schema(
        operation_id="webhooks_kinds_list",
        tags=["webhooks"],
        summary="Kinds of events that can be subscribed to",
        responses={200: forms.KindSerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        manager(request)
        return Response(forms.kinds())


class RotateView(APIView):
    @extend_schema(
        operation_id="webhooks_rotate",
        tags=["webhooks"],
        summary="A new secret; the one before signs beside it for 24 hours",
        request=None,
        responses={200: forms.SecretSerializer, **problems(401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        find(public_id, actor, WEBHOOKS)
        made, secret = endpoints.rotate(public_id, actor=actor, at=database_now())
        return _with_secret(made, secret, status.HTTP_200_OK)


class StopView(APIView):
    @extend_schema(
        operation_id="webhooks_stop",
        tags=["webhooks"],
        summary="Send nothing more; what waits is dropped",
        request=None,
        responses={200: forms.WebhookSerializer, **problems(401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        find(public_id, actor, WEBHOOKS)
        made = endpoints.stop(public_id, actor=actor, at=database_now())
        return Response(forms.WebhookSerializer(made).data)


class StartView(APIView):
    @extend_schema(
        operation_id="webhooks_start",
        tags=["webhooks"],
        summary="Send again what happens from now on",
        request=None,
        responses={200: forms.WebhookSerializer, **problems(401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        find(public_id, actor, WEBHOOKS)
        made = endpoints.start(public_id, actor=actor, at=database_now())
        return Response(forms.WebhookSerializer(made).data)


class ReplayView(APIView):
    @extend_schema(
        operation_id="webhooks_replay",
        tags=["webhooks"],
        summary="Deliver once more what was delivered since then, under the same ids",
        request=forms.ReplaySerializer,
        responses={200: forms.QueuedSerializer, **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        find(public_id, actor, WEBHOOKS)
        since = checked(forms.ReplaySerializer, request)["since"]
        queued = endpoints.replay(public_id, since=since, actor=actor, at=database_now())
        return Response({"queued": queued})


def manager(request: Request) -> Actor:
    actor = actor_of(request)
    access.require(actor, MANAGE)
    return actor


def find(public_id: UUID, actor: Actor, channels: Collection[Channel]) -> Endpoint:
    """One of these kinds in the actor's scope. Raises NotFound."""
    rows = Endpoint.objects.visible_to(actor).filter(channel__in=channels)
    found = rows.select_related("unit").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def unit_of(code: str, actor: Actor) -> Unit:
    """A unit out of scope looks like one that is not there."""
    found = Unit.objects.filter(access.scope(actor, MANAGE).q(""), code=code).first()
    if found is None:
        raise InvalidInput(fields={"unit": [_("没有这个单位。")]})
    return found


def _with_secret(made: Endpoint, secret: str, code: int) -> Response:
    shown: dict[str, Any] = {**forms.WebhookSerializer(made).data, "secret": secret}
    return Response(shown, status=code)
