"""Work calendars: those that hold, announcing a year, and a region's own days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.api import policy_shapes
from complaints.api.policy_views import ASSIGN, MANAGE, require_one_of
from complaints.services import calendar_versions, policy_versions
from complaints.services.policy_preview import Preview
from core.actors import Actor
from core.api.actor import actor_of
from core.api.preconditions import TAG, seen_of, tagged
from core.api.schema import checked, problems
from core.api.serializers import StrictSerializer
from core.clock import database_now
from core.errors import InvalidInput, NotFound
from organisation import access, calendar_reader
from organisation.calendar_reader import AnnouncedDay
from organisation.checks import years_wanted
from organisation.enums import DayKind
from organisation.models import Unit
from organisation.services import calendars
from organisation.services.calendars import OwnDay
from organisation.services.posts import local_date

HOURS: Final = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$"
MOST_DAYS: Final = 2_000


class CalendarYearSerializer(StrictSerializer):
    year = serializers.IntegerField()
    notice = serializers.CharField(help_text="What announced it.")


class CalendarSerializer(StrictSerializer):
    code = serializers.CharField()
    version = serializers.IntegerField()
    tag = serializers.CharField(help_text="For `If-Match` of the next change.")
    name = serializers.CharField()
    unit = serializers.CharField(allow_null=True, help_text="Set for a region's own.")
    time_zone = serializers.CharField()
    years = CalendarYearSerializer(many=True)
    missing_years = serializers.ListField(child=serializers.IntegerField())


class AnnouncedDaySerializer(StrictSerializer):
    on = serializers.CharField(max_length=10, help_text="2027-01-01")
    kind = serializers.CharField(max_length=10, help_text="holiday or make_up.")
    name = serializers.CharField(max_length=calendar_reader.LONGEST_NAME)


class AnnouncementSerializer(StrictSerializer):
    source = serializers.CharField(  # type: ignore[assignment]  # the field's word; DRF's own
        max_length=200,
        help_text="The notice that announces them.",  # `source` is of nested ones
    )
    days = serializers.ListField(
        child=AnnouncedDaySerializer(),
        max_length=MOST_DAYS,
        help_text="A year is announced with its 1 January.",
    )


class OwnDaySerializer(StrictSerializer):
    on = serializers.DateField()
    kind = serializers.ChoiceField(choices=DayKind.choices)
    name = serializers.CharField(max_length=calendar_reader.LONGEST_NAME)
    hours = serializers.ListField(
        child=serializers.RegexField(HOURS),
        max_length=10,
        default=list,
        help_text='As in ["09:00-12:00", "13:30-18:00"]; a make-up day without works as Monday.',
    )


class OwnDaysSerializer(StrictSerializer):
    days = serializers.ListField(child=OwnDaySerializer(), max_length=MOST_DAYS)


class UnitCalendarSerializer(OwnDaysSerializer):
    tag = serializers.CharField(help_text="For `If-Match` of the next change.")
    unit = serializers.CharField()
    holds = serializers.CharField(help_text="Code of the calendar that holds there.")
    version = serializers.IntegerField(help_text="Of the calendar that holds there.")


class CalendarEffectSerializer(policy_shapes.TaggedSerializer):
    open_tickets = serializers.IntegerField()
    moving_tickets = serializers.IntegerField()
    void_clocks = serializers.IntegerField()
    shifts = policy_shapes.ShiftSerializer(many=True)
    fires_at_once = policy_shapes.LevelCountSerializer(many=True)
    told = policy_shapes.CalledPostSerializer(many=True)


EXAMPLE = OpenApiExample(
    "a year",
    request_only=True,
    value={
        "source": "国办发明电〔2026〕9号",
        "days": [
            {"on": "2027-01-01", "kind": "holiday", "name": "元旦"},
            {"on": "2027-01-02", "kind": "make_up", "name": "元旦"},
        ],
    },
)


class CalendarsView(APIView):
    @extend_schema(
        operation_id="calendars_list",
        tags=["policies"],
        summary="The work calendars that hold now: the company's, then those of regions",
        responses={200: CalendarSerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        require_one_of(actor_of(request), MANAGE, ASSIGN)
        return Response(_in_force())


class AnnouncementPreviewView(APIView):
    @extend_schema(
        operation_id="calendars_preview",
        tags=["policies"],
        summary="What announcing these days for the whole company would move",
        request=AnnouncementSerializer,
        examples=[EXAMPLE],
        responses={200: CalendarEffectSerializer, **problems(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        policy_versions.require_keeper(actor_of(request))
        days, years = _announced(checked(AnnouncementSerializer, request))
        tag, at = calendar_versions.tag(), database_now()
        return _effect(calendar_versions.preview_announcement(days, years, at=at), tag)


class AnnouncementView(APIView):
    @extend_schema(
        operation_id="calendars_announce",
        tags=["policies"],
        summary="Announce days for the whole company; running clocks move",
        parameters=[TAG],
        request=AnnouncementSerializer,
        examples=[EXAMPLE],
        responses={
            201: CalendarSerializer(many=True),
            **problems(400, 401, 403, 412, 428),
        },
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        policy_versions.require_keeper(actor)
        seen, body = seen_of(request), checked(AnnouncementSerializer, request)
        days, years = _announced(body)
        sources = dict.fromkeys(years, body["source"])
        at = database_now()
        calendar_versions.announce(days, sources=sources, actor=actor, at=at, seen=seen)
        return Response(_in_force(), status=status.HTTP_201_CREATED)


class UnitView(APIView):
    @extend_schema(
        operation_id="calendars_unit_retrieve",
        tags=["policies"],
        summary="The days of its own that a unit has",
        responses={200: UnitCalendarSerializer, **problems(401, 403, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        return _of_unit(_unit(code, actor_of(request)))

    @extend_schema(
        operation_id="calendars_unit_update",
        tags=["policies"],
        summary="Exactly these days of its own; without any it counts as the company again",
        parameters=[TAG],
        request=OwnDaysSerializer,
        responses={200: UnitCalendarSerializer, **problems(400, 401, 403, 404, 412, 428)},
    )
    def put(self, request: Request, code: str) -> Response:
        actor = actor_of(request)
        unit = _unit(code, actor)
        seen, days = seen_of(request), _own(checked(OwnDaysSerializer, request))
        week, at = calendar_versions.own_week(unit), database_now()
        calendar_versions.override(unit, days, week=week, actor=actor, at=at, seen=seen)
        return _of_unit(unit)


class UnitPreviewView(APIView):
    @extend_schema(
        operation_id="calendars_unit_preview",
        tags=["policies"],
        summary="What these days of a unit's own would move among its tickets",
        request=OwnDaysSerializer,
        responses={200: CalendarEffectSerializer, **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request, code: str) -> Response:
        unit = _unit(code, actor_of(request))
        days = _own(checked(OwnDaysSerializer, request))
        week, tag = calendar_versions.own_week(unit), calendar_versions.tag(unit)
        at = database_now()
        return _effect(calendar_versions.preview_override(unit, days, week, at=at), tag)


def _unit(code: str, actor: Actor) -> Unit:
    """A unit that the actor keeps. Raises NotAllowed for who keeps none, NotFound for another."""
    access.require(actor, MANAGE)
    found = Unit.objects.filter(access.scope(actor, MANAGE).q(""), code=code).first()
    if found is None:
        raise NotFound
    return found


def _announced(body: Mapping[str, Any]) -> tuple[list[AnnouncedDay], list[int]]:
    days = calendar_reader.days_of([(day["on"], day["kind"], day["name"]) for day in body["days"]])
    years = calendars.whole_years(days)
    if not years:
        raise InvalidInput(fields={"days": [_("没有完整的年份：缺少 1 月 1 日。")]})
    return days, years


def _own(body: Mapping[str, Any]) -> list[OwnDay]:
    return [
        OwnDay(day["on"], DayKind(day["kind"]), day["name"], tuple(_minutes(day["hours"])))
        for day in body["days"]
    ]


def _minutes(hours: list[str]) -> list[int]:
    clocks = [clock for span in hours for clock in span.split("-")]
    return [int(clock[:2]) * 60 + int(clock[3:]) for clock in clocks]


def _hours(minutes: tuple[int, ...]) -> list[str]:
    clocks = [f"{each // 60:02}:{each % 60:02}" for each in minutes]
    return [f"{start}-{end}" for start, end in zip(clocks[::2], clocks[1::2], strict=True)]


def _of_unit(unit: Unit) -> Response:
    tag = calendar_versions.tag(unit)  # first, as of policies
    row = calendars.row_of(unit)
    days = [
        {"on": day.on, "kind": day.kind, "name": day.name, "hours": _hours(day.minutes)}
        for day in calendar_versions.own_days(unit).values()
    ]
    body = {"unit": unit.code, "holds": row.code, "version": row.version, "days": days}
    return tagged(body, tag)


def _effect(found: Preview, tag: str) -> Response:
    return tagged(policy_shapes.effect(found), tag)


def _in_force() -> list[dict[str, object]]:
    default = calendars.default_calendar()
    years = list(default.years.order_by("year").values("year", notice=F("source")))
    known = {each["year"] for each in years}
    missing = [year for year in years_wanted(local_date(database_now())) if year not in known]
    return [
        {
            "code": row.code,
            "version": row.version,
            "tag": f"{default.version}.{row.version if row.unit else 0}",
            "name": row.name,
            "unit": row.unit.code if row.unit else None,
            "time_zone": row.time_zone,
            "years": years,
            "missing_years": missing,
        }
        for row in (default, *calendars.newest_regional(default))
    ]
