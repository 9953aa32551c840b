"""The environment channel of a community: what everybody may read and report, and the work of staff
on what is told there."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints import environment_figures
from complaints.api.integrity import KEY, Open, ReportTakenSerializer, taken
from complaints.api.suppliers import PeriodSerializer, period_of
from complaints.api.views import find
from complaints.environment_figures import Month
from complaints.models import PublicSummary
from complaints.periods import Period
from complaints.querysets import VIEW
from complaints.services import open_reports, summaries
from complaints.services.open_reports import KINDS, OpenReport
from complaints.services.summaries import LONGEST
from core import paging
from core.actors import NOBODY, Actor
from core.api.actor import actor_of
from core.api.idempotency import claim_of
from core.api.schema import checked, checked_query, problems
from core.api.serializers import PageQuerySerializer, StrictSerializer
from core.clock import database_now
from core.errors import NotFound
from core.services.idempotency import Answer, once
from core.services.unnamed import count_try
from organisation import access
from organisation.enums import UnitLevel
from organisation.models import Unit
from organisation.services.posts import local_date

NEWEST_FIRST: Final = ("-published_at", "-id")
LAST_WRITTEN: Final = ("-written_at", "-id")
STEPS: Final = ("publish", "take_back")


class MonthSerializer(serializers.Serializer[Any]):
    unit = serializers.CharField(source="unit.code")
    name = serializers.CharField(source="unit.name")
    raised = serializers.IntegerField(help_text="Received in the period.")
    answered = serializers.IntegerField(help_text="Of these, with a public answer by now.")
    coordinated = serializers.IntegerField(help_text="Of these, spoken about with others.")
    solved = serializers.IntegerField()
    open = serializers.IntegerField()


class PublishedSerializer(serializers.Serializer[Any]):
    raised = serializers.CharField()
    done = serializers.CharField()
    published_at = serializers.DateTimeField()


class ChannelSerializer(serializers.Serializer[Any]):
    period = serializers.CharField(help_text="This month, as 2026-11.")
    figures = MonthSerializer()
    results = PublishedSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class OpenReportSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in KINDS])
    body = serializers.CharField(max_length=4_500)
    place = serializers.CharField(max_length=200, required=False, default="")


class FiguresQuerySerializer(PageQuerySerializer, PeriodSerializer):
    pass


class EnvironmentFiguresSerializer(serializers.Serializer[Any]):
    period = serializers.CharField()
    results = MonthSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class SummarySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    ticket = serializers.UUIDField(source="ticket.public_id")
    reference = serializers.CharField(source="ticket.reference")
    unit = serializers.CharField(source="ticket.unit.code")
    raised = serializers.CharField()
    done = serializers.CharField()
    written_by = serializers.CharField(source="written_by.name")
    written_at = serializers.DateTimeField()
    published_by = serializers.CharField(source="published_by.name", default="")
    published_at = serializers.DateTimeField(allow_null=True)


class SummaryPageSerializer(serializers.Serializer[Any]):
    results = SummarySerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class SummaryQuerySerializer(PageQuerySerializer):
    published = serializers.BooleanField(required=False, allow_null=True, default=None)


class NewSummarySerializer(StrictSerializer):
    raised = serializers.CharField(max_length=LONGEST["raised"])
    done = serializers.CharField(max_length=LONGEST["done"])


class ChannelView(Open):
    @extend_schema(
        operation_id="environment_channel",
        tags=["environment"],
        summary="What was raised and done in a community; anybody may read it",
        description="Numbers and words of staff: nothing of who raised what.",
        parameters=[PageQuerySerializer],
        responses={200: ChannelSerializer, **problems(400, 404)},
        auth=[],
    )
    def get(self, request: Request, code: str) -> Response:
        wanted, unit = checked_query(PageQuerySerializer, request), _community(code)
        month = Period.month_of(local_date(database_now()))
        found = paging.page(
            PublicSummary.objects.published(unit),
            order=NEWEST_FIRST,
            size=wanted["size"],
            cursor=wanted.get("cursor"),
        )
        figures = environment_figures.of_community(month, unit)
        shown = {"period": month.code, "figures": figures, **found.answer(found.rows)}
        return Response(ChannelSerializer(shown).data)


class OpenReportsView(Open):
    @extend_schema(
        operation_id="environment_report",
        tags=["environment"],
        summary="Report about the environment of a community without saying who you are",
        description="`POST /integrity-reports/follow/`, `/add/` and `/reopen/` take its code too.",
        parameters=[KEY],
        request=OpenReportSerializer,
        responses={201: ReportTakenSerializer, **problems(400, 404, 409, 422, 429)},
        examples=[
            OpenApiExample(
                "dust",
                value={"kind": "complaint", "body": "工地扬尘很大", "place": "西门外"},
                request_only=True,
            )
        ],
        auth=[],
    )
    def post(self, request: Request, code: str) -> Response:
        unit, at = _community(code), database_now()
        claim = claim_of(request, NOBODY, f"open-reports:{unit.pk}")
        body = checked(OpenReportSerializer, request)
        count_try("open_report", request, at=at)

        def create() -> Answer:
            ticket = open_reports.report(OpenReport(unit, **body), at=at)
            return Answer(status.HTTP_201_CREATED, {"ticket": ticket.pk})

        return taken(once(claim, create, at=at), at)


class FiguresView(APIView):
    @extend_schema(
        operation_id="environment_figures",
        tags=["environment"],
        summary="Each community's month or quarter, in your scope",
        parameters=[FiguresQuerySerializer],
        responses={200: EnvironmentFiguresSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor, wanted = actor_of(request), checked_query(FiguresQuerySerializer, request)
        period = period_of(wanted.get("period", ""))
        with access.remembering():
            access.require(actor, VIEW)
            here = Unit.objects.filter(access.scope(actor, VIEW).q(""), level=UnitLevel.COMMUNITY)
            found = paging.page(
                here, order=("id",), size=wanted["size"], cursor=wanted.get("cursor")
            )
            months: list[Month] = environment_figures.per_community(
                period, actor=actor, units=found.rows
            )
        shown = MonthSerializer(months, many=True).data
        return Response({"period": period.code, **found.answer(shown)})


class SummariesView(APIView):
    @extend_schema(
        operation_id="environment_summaries",
        tags=["environment"],
        summary="Public summaries of tickets in your scope, the last written first",
        parameters=[SummaryQuerySerializer],
        responses={200: SummaryPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor, wanted = actor_of(request), checked_query(SummaryQuerySerializer, request)
        with access.remembering():
            access.require(actor, VIEW)
            rows = _shown_to(actor)
            if wanted["published"] is not None:
                rows = rows.filter(published_at__isnull=not wanted["published"])
            found = paging.page(
                rows, order=LAST_WRITTEN, size=wanted["size"], cursor=wanted.get("cursor")
            )
        return Response(found.answer(SummarySerializer(found.rows, many=True).data))


class TicketSummaryView(APIView):
    @extend_schema(
        operation_id="tickets_write_summary",
        tags=["environment"],
        summary="Write what everybody may read of a ticket; a second reader publishes it",
        request=NewSummarySerializer,
        responses={200: SummarySerializer, **problems(400, 401, 403, 404)},
        examples=[
            OpenApiExample(
                "dust", value={"raised": "工地扬尘", "done": "已加盖防尘网"}, request_only=True
            )
        ],
    )
    def put(self, request: Request, public_id: UUID) -> Response:
        actor, body = actor_of(request), checked(NewSummarySerializer, request)
        with access.remembering():
            ticket = find(public_id, actor)
            written = summaries.write(ticket, **body, actor=actor, at=database_now())
            return Response(SummarySerializer(_shown_to(actor).get(pk=written.pk)).data)


class SummaryStepView(APIView):
    @extend_schema(
        operation_id="environment_summaries_act",
        tags=["environment"],
        summary="Publish a summary that somebody else wrote, or take it back",
        parameters=[OpenApiParameter("step", str, OpenApiParameter.PATH, enum=list(STEPS))],
        request=None,
        responses={200: SummarySerializer, **problems(401, 403, 404, 409)},
    )
    def post(self, request: Request, public_id: UUID, step: str) -> Response:
        actor = actor_of(request)
        with access.remembering():
            summary = _shown_to(actor).filter(public_id=public_id).first()
            if summary is None or step not in STEPS:
                raise NotFound
            if step == "publish":
                summaries.publish(summary, actor=actor, at=database_now())
            else:
                summaries.take_back(summary, actor=actor)
            return Response(SummarySerializer(_shown_to(actor).get(pk=summary.pk)).data)


def _community(code: str) -> Unit:
    unit = Unit.objects.filter(code=code, level=UnitLevel.COMMUNITY).first()
    if unit is None:
        raise NotFound
    return unit


def _shown_to(actor: Actor) -> Any:
    rows = PublicSummary.objects.visible_to(actor)
    return rows.select_related("ticket__unit", "written_by", "published_by")
