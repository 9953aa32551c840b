"""Sampling rounds by API: planned, frozen, drawn, inspected, reported. What an inspector reads of a
case is read on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import paging
from core.actors import Actor
from core.api.actor import actor_of
from core.api.idempotency import HEADER, claim_of
from core.api.schema import checked, checked_query, problems
from core.api.serializers import PageQuerySerializer
from core.clock import database_now
from core.errors import InvalidInput, NotFound
from core.quarters import Quarter
from core.services.idempotency import Answer, once
from organisation import access
from quality.api import serializers as forms
from quality.enums import Allocation, NonResponse, RoundState
from quality.models import Checklist, Round, SampleCase
from quality.querysets import VIEW
from quality.result import Result, result
from quality.services import inspection, rounds
from quality.services.rounds import Plan

ORDER: Final = ("-starts_at", "-id")
KEY = OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=True)
STEPS: Final[dict[str, Callable[..., Round]]] = {
    "freeze": rounds.freeze,
    "draw": rounds.draw,
    "report": inspection.report,
}


class RoundsView(APIView):
    @extend_schema(
        operation_id="quality_rounds_list",
        tags=["quality"],
        summary="Rounds of inspection, the latest period first",
        parameters=[PageQuerySerializer],
        responses={200: forms.RoundPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor, wanted = actor_of(request), checked_query(PageQuerySerializer, request)
        with access.remembering():
            access.require(actor, VIEW)
            rows = Round.objects.visible_to(actor).with_progress()
            found = paging.page(rows, order=ORDER, size=wanted["size"], cursor=wanted.get("cursor"))
        return Response(found.answer(forms.RoundSerializer(found.rows, many=True).data))

    @extend_schema(
        operation_id="quality_rounds_plan",
        tags=["quality"],
        summary="Plan a round: the hash of its seed is stored before anybody can know the answers",
        parameters=[KEY],
        request=forms.PlanSerializer,
        responses={201: forms.RoundSerializer, **problems(400, 401, 403, 409, 422)},
        examples=[
            OpenApiExample(
                "a quarter",
                value={"quarter": "2026-4", "cut_off_at": "2027-01-11T00:00:00+08:00"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        actor, at = actor_of(request), database_now()
        claim = claim_of(request, actor, "quality-rounds")
        wanted = _plan(checked(forms.PlanSerializer, request))

        def make() -> Answer:
            made = rounds.plan(wanted, actor=actor, at=at)
            return Answer(status.HTTP_201_CREATED, {"round": str(made.public_id)})

        answer = once(claim, make, at=at)
        found = find(UUID(answer.response["round"]), actor)
        return Response(forms.RoundSerializer(found).data, status=status.HTTP_201_CREATED)


class RoundView(APIView):
    @extend_schema(
        operation_id="quality_rounds_retrieve",
        tags=["quality"],
        summary="One round",
        responses={200: forms.RoundSerializer, **problems(401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(forms.RoundSerializer(find(public_id, actor_of(request))).data)


class RoundStepView(APIView):
    @extend_schema(
        operation_id="quality_rounds_act",
        tags=["quality"],
        summary="Freeze the frame, draw the sample, or close the inspection",
        parameters=[OpenApiParameter("step", str, OpenApiParameter.PATH, enum=list(STEPS))],
        request=None,
        responses={200: forms.RoundSerializer, **problems(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, public_id: UUID, step: str) -> Response:
        actor = actor_of(request)
        found = find(public_id, actor)
        if step not in STEPS:
            raise NotFound
        STEPS[step](found, actor=actor, at=database_now())
        return Response(forms.RoundSerializer(find(public_id, actor)).data)


class ReportView(APIView):
    @extend_schema(
        operation_id="quality_rounds_report",
        tags=["quality"],
        summary="What share was answered well, with its uncertainty, by region",
        responses={200: forms.ReportSerializer, **problems(401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        found = find(public_id, actor_of(request))
        if found.state not in (RoundState.DRAWN, RoundState.REPORTED):
            raise NotFound
        english = request.LANGUAGE_CODE.startswith("en")
        return Response(forms.ReportSerializer(_report(result(found), english)).data)


class CasesView(APIView):
    @extend_schema(
        operation_id="quality_cases_list",
        tags=["quality"],
        summary="The drawn cases in your scope, in the order of the draw",
        parameters=[forms.CaseQuerySerializer],
        responses={200: forms.CasePageSerializer, **problems(400, 401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor, wanted = actor_of(request), checked_query(forms.CaseQuerySerializer, request)
        with access.remembering():
            rows = SampleCase.objects.visible_to(actor).filter(round=find(public_id, actor))
            if wanted.get("state"):
                rows = rows.filter(state=wanted["state"])
            found = paging.page(
                rows.select_related("member__stratum"),
                order=("ordinal", "id"),
                size=wanted["size"],
                cursor=wanted.get("cursor"),
            )
        return Response(found.answer(forms.CaseRowSerializer(found.rows, many=True).data))


class ScoresView(APIView):
    @extend_schema(
        operation_id="quality_cases_score",
        tags=["quality"],
        summary="Answer every question about a case, as somebody who did not handle its ticket",
        request=forms.ScoresSerializer,
        responses={200: forms.CaseRowSerializer, **problems(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor, body = actor_of(request), checked(forms.ScoresSerializer, request)
        case = find_case(public_id, actor)
        inspection.score(case, body["answers"], actor=actor, at=database_now())
        return Response(forms.CaseRowSerializer(find_case(public_id, actor)).data)


class AbsenceView(APIView):
    @extend_schema(
        operation_id="quality_cases_absent",
        tags=["quality"],
        summary="The case cannot be inspected; it counts as such and is not replaced",
        request=forms.AbsenceSerializer,
        responses={200: forms.CaseRowSerializer, **problems(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor, body = actor_of(request), checked(forms.AbsenceSerializer, request)
        reason = NonResponse(body["reason"])
        case = find_case(public_id, actor)
        inspection.mark_non_response(case, reason, actor=actor, at=database_now())
        return Response(forms.CaseRowSerializer(find_case(public_id, actor)).data)


def find(public_id: UUID, actor: Actor) -> Round:
    rows = Round.objects.visible_to(actor).with_progress()
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def find_case(public_id: UUID, actor: Actor) -> SampleCase:
    rows = SampleCase.objects.visible_to(actor).select_related("round", "member__stratum")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _plan(body: dict[str, Any]) -> Plan:
    """Raises InvalidInput for a quarter or a checklist that there is not."""
    checklist = Checklist.objects.filter(code=body["checklist"]).order_by("-version").first()
    if checklist is None:
        raise InvalidInput(fields={"checklist": [_("请选择列出的选项。")]})
    try:
        quarter = Quarter.parse(body["quarter"])
    except ValueError:
        raise InvalidInput(fields={"quarter": [_("请选择列出的选项。")]}) from None
    return Plan(
        name=quarter.name,
        starts_at=quarter.starts_at,
        ends_at=quarter.ends_at,
        cut_off_at=body["cut_off_at"],
        checklist=checklist,
        confidence_permille=body["confidence_permille"],
        margin_permille=body["margin_permille"],
        share_permille=body["share_permille"],
        allocation=Allocation(body["allocation"]),
    )


def _report(figures: Result, english: bool) -> dict[str, Any]:
    return {
        "final": figures.round.state == RoundState.REPORTED,
        "total": figures.total,
        "regions": figures.regions,
        "questions": [
            {
                "code": line.code,
                "question": line.question_en if english else line.question,
                "yes": line.yes,
                "no": line.no,
                "not_applicable": line.not_applicable,
            }
            for line in figures.questions
        ],
        "non_response": figures.non_response,
        "pending": figures.pending,
        "unanswered": figures.unanswered,
    }
