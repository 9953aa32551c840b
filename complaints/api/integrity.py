"""The API's door for those who report about integrity without saying who they are. It reads neither
token nor session; what tells one report from another is its follow-up code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints import policies, reading
from complaints.api import shapes
from complaints.api.serializers import NewsSerializer
from complaints.enums import EventKind, State
from complaints.models import Ticket
from complaints.services import follow_up, integrity, lifecycle, timeline
from complaints.services.integrity import Report
from core.actors import NOBODY, Actor
from core.api.idempotency import HEADER, claim_of
from core.api.schema import checked, problems
from core.api.serializers import StrictSerializer
from core.clock import database_now
from core.errors import InvalidInput
from core.services.idempotency import Answer, once
from core.services.unnamed import count_try
from organisation.enums import UnitLevel
from organisation.models import Unit

KEY = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=True)


class ReportSerializer(StrictSerializer):
    unit = serializers.CharField(
        max_length=40, required=False, default="", help_text="Code of a region; the group's if none"
    )
    about = serializers.CharField(max_length=200, required=False, default="")
    body = serializers.CharField(max_length=4_500)


class ReportTakenSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    follow_up_code = serializers.CharField(help_text="Shown this once; nobody can find it again.")


class CodeSerializer(StrictSerializer):
    code = serializers.CharField(max_length=40)


class MoreSerializer(CodeSerializer):
    text = serializers.CharField(max_length=5_000)


class ObjectionSerializer(CodeSerializer):
    text = serializers.CharField(max_length=2_000, help_text="Why it is not solved, or not right")


class PublicEntrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    by = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class FollowedSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    entries = PublicEntrySerializer(many=True)
    followed = NewsSerializer(
        many=True, help_text="Of a merged report: what became of the matter it is part of."
    )
    allowed_actions = serializers.ListField(
        child=serializers.CharField(), help_text="What the code allows now: `add`, `reopen`"
    )


class Open(APIView):
    """Nobody is asked who they are."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class ReportsView(Open):
    @extend_schema(
        operation_id="integrity_reports_create",
        tags=["integrity"],
        summary="Report about integrity without saying who you are",
        parameters=[KEY],
        request=ReportSerializer,
        responses={201: ReportTakenSerializer, **problems(400, 409, 422, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        at = database_now()
        claim = claim_of(request, NOBODY, "integrity-reports")
        body = checked(ReportSerializer, request)
        told = Report(unit=_unit(body["unit"]), body=body["body"], about=body["about"])
        count_try("integrity_report", request, at=at)

        def create() -> Answer:
            ticket = integrity.report_anonymously(told, at=at)
            return Answer(status.HTTP_201_CREATED, {"ticket": ticket.pk})

        return taken(once(claim, create, at=at), at)


class FollowView(Open):
    @extend_schema(
        operation_id="integrity_reports_follow",
        tags=["integrity"],
        summary="Read the public answers to a report; the code travels in the body",
        description="Takes the codes of a community's environment channel too.",
        request=CodeSerializer,
        responses={200: FollowedSerializer, **problems(400, 404, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        body = checked(CodeSerializer, request)
        count_try("follow_up_code", request, at=database_now())
        return _followed(*follow_up.open_with(body["code"]))


class MoreView(Open):
    @extend_schema(
        operation_id="integrity_reports_add",
        tags=["integrity"],
        summary="Add to a report",
        parameters=[KEY],
        request=MoreSerializer,
        responses={200: FollowedSerializer, **problems(400, 403, 404, 409, 422, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        body = checked(MoreSerializer, request)
        return _done(request, body["code"], "add", partial(timeline.add, text=body["text"]))


class ReopenView(Open):
    @extend_schema(
        operation_id="integrity_reports_reopen",
        tags=["integrity"],
        summary="Object to how a report ended: rejected, resolved, closed or merged",
        description="It is taken up again, as a resident's own is by `reopen`. Takes the codes of "
        "a community's environment channel too.",
        parameters=[KEY],
        request=ObjectionSerializer,
        responses={200: FollowedSerializer, **problems(400, 403, 404, 409, 422, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        body = checked(ObjectionSerializer, request)
        objected = partial(lifecycle.reopen, reason=body["text"])
        return _done(request, body["code"], "reopen", objected)


def taken(answer: Answer, at: datetime) -> Response:
    """The number and a code of a report; the answer that is kept names the ticket and no code: a
    repeated call is given another one."""
    ticket = Ticket.objects.visible_to(Actor.code_holder(answer.response["ticket"])).get()
    shape = ReportTakenSerializer(
        {"reference": ticket.reference, "follow_up_code": follow_up.issue(ticket, at=at)}
    )
    return Response(shape.data, status=status.HTTP_201_CREATED)


def _unit(code: str) -> Unit:
    rows = Unit.objects.filter(level__in=(UnitLevel.GROUP, UnitLevel.REGION))
    unit = rows.filter(code=code).first() if code else rows.order_by("path").first()
    if unit is None:
        raise InvalidInput(fields={"unit": [_("没有这个单位。")]})
    return unit


def _done(request: Request, code: str, verb: str, act: Callable[..., Ticket]) -> Response:
    """Once for each key, and how the report stands then."""
    at = database_now()
    count_try("follow_up_code", request, at=at)
    ticket, holder = follow_up.open_with(code)

    def do() -> Answer:
        act(ticket, actor=holder, at=at)
        return Answer(status.HTTP_200_OK, {})

    once(claim_of(request, holder, f"integrity-reports-{verb}"), do, at=at)
    return _followed(*follow_up.open_with(code))


def _followed(ticket: Ticket, holder: Actor) -> Response:
    entries = [
        {
            "at": each.at,
            "kind": each.event.kind,
            "by": shapes.author(each, holder),
            "text": each.text(),
        }
        for each in reading.timeline(ticket, holder)
    ]
    shape = FollowedSerializer(
        {
            "reference": ticket.reference,
            "state": ticket.state,
            "entries": entries,
            "followed": reading.followed_by(holder, ticket),
            "allowed_actions": policies.allowed_actions(holder, ticket),
        }
    )
    return Response(shape.data)
