"""What comes again and what many have: repeats of one home, group matters of one building."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints import repeats, rights
from complaints.api import shapes
from complaints.api.serializers import TicketPageSerializer, TicketRowSerializer
from complaints.api.views import find
from complaints.models import Ticket
from complaints.newest import ORDER
from complaints.querysets import VIEW, TicketQuerySet
from complaints.services import group_merging
from core import paging
from core.actors import Actor
from core.api.actor import actor_of
from core.api.schema import checked_query, problems
from core.api.serializers import PageQuerySerializer, StrictSerializer
from core.clock import database_now
from core.errors import NotFound
from organisation import access

OLDEST_FIRST: Final = ("received_at", "id")
#: one press merges so many at most, as on the page
MOST_MERGED: Final = 100


class DaysSerializer(StrictSerializer):
    days = serializers.IntegerField(
        min_value=1,
        max_value=repeats.MOST_DAYS,
        required=False,
        help_text="How far back; as the settings say where nothing is said.",
    )


class DaysPageQuerySerializer(PageQuerySerializer, DaysSerializer):
    pass


class UnitPageQuerySerializer(DaysPageQuerySerializer):
    unit = serializers.CharField(max_length=40, required=False, help_text="With all below it.")


class RepeatsSerializer(TicketPageSerializer):
    within_days = serializers.IntegerField(help_text="How far apart repeats may lie.")


class RepeatRowSerializer(TicketRowSerializer):
    earlier = serializers.IntegerField(
        help_text="How often the same home reported the like before, within the span."
    )


class RepeatPageSerializer(serializers.Serializer[Any]):
    within_days = serializers.IntegerField()
    results = RepeatRowSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class GroupOfTicketSerializer(TicketPageSerializer):
    within_days = serializers.IntegerField()
    from_homes = serializers.IntegerField(help_text="So many homes make a group matter.")


class GroupSerializer(serializers.Serializer[Any]):
    building = serializers.IntegerField(source="building_id", help_text="Of the address below.")
    building_name = serializers.CharField(source="building__name")
    unit = serializers.CharField(source="building__unit__name")
    category = serializers.CharField(source="category__code")
    homes = serializers.IntegerField()
    tickets = serializers.IntegerField()
    open = serializers.IntegerField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class GroupPageSerializer(serializers.Serializer[Any]):
    within_days = serializers.IntegerField()
    from_homes = serializers.IntegerField()
    results = GroupSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class RefusedSerializer(serializers.Serializer[Any]):
    ticket = serializers.UUIDField()
    reference = serializers.CharField()
    code = serializers.CharField(help_text="Stable, as in a problem.")
    detail = serializers.CharField()


class GroupMergedSerializer(serializers.Serializer[Any]):
    main = serializers.UUIDField()
    reference = serializers.CharField(help_text="The number of the main ticket.")
    merged = serializers.ListField(child=serializers.UUIDField())
    refused = RefusedSerializer(many=True)


class TicketRepeatsView(APIView):
    @extend_schema(
        operation_id="tickets_repeats",
        tags=["tickets"],
        summary="The like from the same home, before and after; newest first",
        description=(
            "Of the same category, the one above or one below. Never of a reporter whom you may "
            "not know, since two tickets of one home would name who is protected."
        ),
        parameters=[PageQuerySerializer],
        responses={200: RepeatsSerializer, **problems(400, 401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor, wanted = actor_of(request), checked_query(PageQuerySerializer, request)
        with access.remembering():
            rows = repeats.of_home(find(public_id, actor), actor)
            return Response({"within_days": settings.REPEAT_WITHIN_DAYS, **_tickets(rows, wanted)})


class TicketGroupView(APIView):
    @extend_schema(
        operation_id="tickets_group",
        tags=["tickets"],
        summary="The same from other homes of the building, when it is a group matter",
        parameters=[PageQuerySerializer],
        responses={200: GroupOfTicketSerializer, **problems(400, 401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor, wanted = actor_of(request), checked_query(PageQuerySerializer, request)
        with access.remembering():
            rows = repeats.of_building(find(public_id, actor), actor)
            return Response({**_spans(), **_tickets(rows, wanted)})


class RepeatsView(APIView):
    @extend_schema(
        operation_id="repeats_list",
        tags=["tickets"],
        summary="What homes in your scope reported once more these days, newest first",
        parameters=[UnitPageQuerySerializer],
        responses={200: RepeatPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor, wanted = actor_of(request), checked_query(UnitPageQuerySerializer, request)
        with access.remembering():
            access.require(actor, VIEW)
            again = repeats.again(actor, database_now(), wanted.get("days"))
            rows = _narrowed(again, wanted).for_rows()
            found = paging.page(rows, order=ORDER, size=wanted["size"], cursor=wanted.get("cursor"))
        shown = [
            {**row, "earlier": ticket.said_before}
            for row, ticket in zip(shapes.rows(found.rows), found.rows, strict=True)
        ]
        return Response({"within_days": settings.REPEAT_WITHIN_DAYS, **found.answer(shown)})


class GroupsView(APIView):
    @extend_schema(
        operation_id="group_matters_list",
        tags=["tickets"],
        summary="Many homes of one building report the same; those with most homes first",
        parameters=[UnitPageQuerySerializer],
        responses={200: GroupPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor, wanted = actor_of(request), checked_query(UnitPageQuerySerializer, request)
        with access.remembering():
            access.require(actor, VIEW)
            these = repeats.of_these_days(actor, database_now(), wanted.get("days"))
            rows = _narrowed(these, wanted)
            found = paging.page(
                repeats.grouped(rows),
                order=repeats.GROUP_ORDER,
                size=wanted["size"],
                cursor=wanted.get("cursor"),
            )
        shown = GroupSerializer(found.rows, many=True).data
        return Response({**_spans(wanted.get("days")), **found.answer(shown)})


class GroupView(APIView):
    @extend_schema(
        operation_id="group_matters_tickets",
        tags=["tickets"],
        summary="The tickets of one group matter, the oldest first",
        parameters=[DaysPageQuerySerializer],
        responses={200: TicketPageSerializer, **problems(400, 401, 403, 404)},
    )
    def get(self, request: Request, building: int, category: str) -> Response:
        actor, wanted = actor_of(request), checked_query(DaysPageQuerySerializer, request)
        with access.remembering():
            access.require(actor, VIEW)
            days = wanted.get("days")
            rows = _members(actor, building, category, database_now(), days)
            return Response(_tickets(rows, wanted, order=OLDEST_FIRST))


class GroupMergeView(APIView):
    @extend_schema(
        operation_id="group_matters_merge",
        tags=["tickets"],
        summary="Let what is unsolved of a group matter join its oldest ticket",
        description=(
            "Each merge stands for itself: what does not fit stays, and is named in `refused`. "
            "Called again it does nothing more."
        ),
        parameters=[DaysSerializer],
        request=None,
        responses={200: GroupMergedSerializer, **problems(400, 401, 403, 404)},
        examples=[
            OpenApiExample(
                "one joined, one stayed",
                value={
                    "main": "0b0d9c54-5f0e-4f52-8b5c-0c6f7c2b8a11",
                    "reference": "26032600012",
                    "merged": ["6a9d64d5-6c3f-4fd4-9a0e-6f8f7b1f4a55"],
                    "refused": [
                        {
                            "ticket": "d1c3d9f8-3a0a-4d0a-9d53-0f7f40e7c0aa",
                            "reference": "26032600039",
                            "code": "invalid_input",
                            "detail": "对方级别较低，并入后时限会变宽；请把对方并入本单。",
                        }
                    ],
                },
                response_only=True,
            )
        ],
    )
    def post(self, request: Request, building: int, category: str) -> Response:
        actor, at = actor_of(request), database_now()
        with access.remembering():
            access.require(actor, rights.ASSIGN)
            days = checked_query(DaysSerializer, request).get("days")
            rows = _members(actor, building, category, at, days)
            rows = rows.select_related("category", "unit")
            joined = group_merging.merge_all(list(rows[:MOST_MERGED]), actor=actor, at=at)
        if joined is None:
            raise NotFound
        return Response(GroupMergedSerializer(_merged(joined)).data)


def _members(
    actor: Actor, building: int, category: str, at: datetime, days: int | None
) -> TicketQuerySet:
    """Raises NotFound where the actor may know of no such group."""
    these = repeats.of_these_days(actor, at, days)
    rows = these.filter(building=building, category__code=category)
    if not repeats.grouped(rows).exists():
        raise NotFound
    return rows.order_by(*OLDEST_FIRST)


def _tickets(
    rows: TicketQuerySet, wanted: dict[str, Any], *, order: tuple[str, ...] = ORDER
) -> dict[str, object]:
    found: paging.Page[Ticket] = paging.page(
        rows.for_rows(), order=order, size=wanted["size"], cursor=wanted.get("cursor")
    )
    return found.answer(shapes.rows(found.rows))


def _narrowed(rows: TicketQuerySet, wanted: dict[str, Any]) -> TicketQuerySet:
    unit = wanted.get("unit")
    return rows.in_unit(unit) if unit else rows


def _spans(days: int | None = None) -> dict[str, int]:
    return {
        "within_days": days or settings.GROUP_WITHIN_DAYS,
        "from_homes": settings.GROUP_FROM_HOMES,
    }


def _merged(joined: group_merging.Joined) -> dict[str, Any]:
    return {
        "main": joined.main.public_id,
        "reference": joined.main.reference,
        "merged": [row.public_id for row in joined.done],
        "refused": [
            {
                "ticket": row.public_id,
                "reference": row.reference,
                "code": error.code,
                "detail": group_merging.why(error),
            }
            for row, error in joined.refused
        ],
    }
