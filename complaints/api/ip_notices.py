"""A notice about intellectual property: what it says and how far it has come. Its steps are actions
of the ticket."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.api.views import find
from complaints.models import IpNotice
from complaints.reasons import RightKind
from complaints.services import ip_notices
from core.actors import ActorKind
from core.api.actor import actor_of
from core.api.schema import problems
from core.errors import NotAllowed, NotFound
from organisation import access


class RightHolderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Masked; empty once it was erased.")
    contact = serializers.CharField(
        help_text="Telephone or e-mail, masked; empty once it was erased."
    )


class IpNoticeSerializer(serializers.Serializer[Any]):
    right_kind = serializers.ChoiceField(choices=RightKind.choices)
    right = serializers.CharField()
    holder = RightHolderSerializer()
    forwarded_at = serializers.DateTimeField(allow_null=True)
    countered_at = serializers.DateTimeField(allow_null=True)
    wait_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then the right holder may go to court; then `decide`."
    )
    decided_at = serializers.DateTimeField(allow_null=True)


class IpNoticeView(APIView):
    @extend_schema(
        operation_id="tickets_ip_notice",
        tags=["tickets"],
        summary="The notice of a ticket of this kind, and how far it has come; for staff",
        description="Its steps are the actions `forward`, `counter` and `decide` of the ticket.",
        responses={200: IpNoticeSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor = actor_of(request)
        with access.remembering():
            ticket = find(public_id, actor)
        if actor.kind is not ActorKind.STAFF:
            raise NotAllowed
        notice = IpNotice.objects.filter(ticket=ticket).first()
        if notice is None:
            raise NotFound
        shown = {
            "right_kind": notice.right_kind,
            "right": notice.right,
            "holder": ip_notices.masked_holder(notice),
            "forwarded_at": notice.forwarded_at,
            "countered_at": notice.countered_at,
            "wait_until": notice.wait_until,
            "decided_at": notice.decided_at,
        }
        return Response(IpNoticeSerializer(shown).data)
