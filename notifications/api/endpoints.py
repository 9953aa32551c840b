"""One webhook: read and changed, tried out, and given once more what it did not take."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.actors import Actor
from core.api.preconditions import TAG, seen_of, tagged
from core.api.schema import checked, problems
from core.clock import database_now
from notifications.api import serializers as forms
from notifications.api.views import WEBHOOKS, find, manager
from notifications.enums import Channel
from notifications.models import Endpoint
from notifications.services import dead_letters, endpoints, trials
from notifications.services.endpoints import NewEndpoint


class WebhookView(APIView):
    @extend_schema(
        operation_id="webhooks_retrieve",
        tags=["webhooks"],
        summary="One webhook",
        responses={200: forms.OneWebhookSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        return _shown(find(public_id, manager(request), WEBHOOKS))

    @extend_schema(
        operation_id="webhooks_update",
        tags=["webhooks"],
        summary="Another name, address or events; its unit stays",
        parameters=[TAG],
        request=forms.ChangedWebhookSerializer,
        responses={200: forms.OneWebhookSerializer, **problems(400, 401, 403, 404, 412, 428)},
    )
    def put(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        there, seen = find(public_id, actor, WEBHOOKS), seen_of(request)
        values = checked(forms.ChangedWebhookSerializer, request)
        new = NewEndpoint(channel=Channel.WEBHOOK, unit=there.unit, **values)
        at = database_now()
        return _shown(endpoints.change(public_id, new, actor=actor, at=at, seen=seen))


class TryView(APIView):
    @extend_schema(
        operation_id="webhooks_try",
        tags=["webhooks"],
        summary="Send a test message now and say whether it was taken; five a minute",
        request=None,
        responses={200: forms.TriedSerializer, **problems(400, 401, 403, 404, 429)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        return tried(find(public_id, actor, WEBHOOKS), actor)


class ResendView(APIView):
    @extend_schema(
        operation_id="webhooks_resend",
        tags=["webhooks"],
        summary="Queue anew all that it did not take in twenty tries",
        request=None,
        responses={200: forms.QueuedSerializer, **problems(401, 403, 404)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor = manager(request)
        return resent(find(public_id, actor, WEBHOOKS), actor)


def tried(endpoint: Endpoint, actor: Actor) -> Response:
    code = trials.send(endpoint.public_id, actor=actor, at=database_now())
    return Response({"delivered": not code, "code": code})


def resent(endpoint: Endpoint, actor: Actor) -> Response:
    number = str(endpoint.public_id)
    queued = dead_letters.resend(actor, at=database_now(), endpoint=number)
    return Response({"queued": queued})


def _shown(endpoint: Endpoint) -> Response:
    return tagged(dict(forms.WebhookSerializer(endpoint).data), endpoints.tag(endpoint))
