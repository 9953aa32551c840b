"""Writing people down, and what they say about themselves, for systems that speak with them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.actors import Actor
from core.api.actor import actor_of
from core.api.schema import checked, problems
from core.api.serializers import StrictSerializer
from core.clock import database_now
from core.errors import InvalidInput
from organisation import access
from organisation.models import Dwelling
from residents.api.examples import asked
from residents.api.serializers import CallerSerializer
from residents.api.views import caller
from residents.enums import ContactKind, OccupancyRole
from residents.services import contacts, handles, people, registering
from residents.services.registering import Introduction

PLACE = ("unit", "building", "room")


class NewResidentSerializer(StrictSerializer):
    name = serializers.CharField(max_length=people.NAME_LENGTH)
    phone = serializers.CharField(max_length=40, help_text="As people write it.")
    unit = serializers.CharField(
        max_length=40, default="", help_text="Code of the community; a home needs all three."
    )
    building = serializers.CharField(max_length=60, default="")
    room = serializers.CharField(max_length=30, default="")
    role = serializers.ChoiceField(choices=OccupancyRole.choices, default=OccupancyRole.OWNER.value)
    is_minor = serializers.BooleanField(default=False, help_text="Under fourteen.")


class MoveOutSerializer(StrictSerializer):
    caller = serializers.CharField(max_length=200, help_text="The handle of a look-up.")
    dwelling = serializers.UUIDField(help_text="One of `homes` of the look-up.")


class CallWishSerializer(StrictSerializer):
    caller = serializers.CharField(max_length=200, help_text="The handle of a look-up.")
    do_not_call = serializers.BooleanField()


NEW = {
    "name": "李小明", "phone": "138 0000 1234", "unit": "X001", "building": "3 栋",
    "room": "2-1203", "role": "owner",
}  # fmt: skip


class ResidentsView(APIView):
    @extend_schema(
        operation_id="residents_create",
        tags=["callers"],
        summary="Write a person down, with where they live",
        description=(
            "Needs `residents.edit` where they live. Who has this name at this number already is "
            "not written down twice: they are answered, with the home added. The number travels in "
            "the body and comes back masked."
        ),
        request=NewResidentSerializer,
        responses={201: CallerSerializer, **problems(400, 401, 403)},
        examples=[asked("an owner", NEW)],
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        access.require(actor, people.EDIT)
        body = checked(NewResidentSerializer, request)
        told = Introduction(
            body["name"],
            body["phone"],
            _dwelling([body[name] for name in PLACE], actor),
            OccupancyRole(body["role"]),
            body["is_minor"],
        )
        subject_id = registering.write_down(told, actor=actor, at=database_now())
        shown = people.as_seen(people.describe([subject_id])[0], actor)
        phone = contacts.phone_address(body["phone"]).masked
        return Response(caller(shown, phone, actor=actor), status=status.HTTP_201_CREATED)


class MoveOutView(APIView):
    @extend_schema(
        operation_id="residents_move_out",
        tags=["callers"],
        summary="They live there no longer",
        request=MoveOutSerializer,
        responses={200: CallerSerializer, **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request) -> Response:
        actor, body = actor_of(request), checked(MoveOutSerializer, request)
        access.require(actor, people.EDIT)
        subject_id = handles.subject_of(body["caller"])
        people.move_out(subject_id, str(body["dwelling"]), actor=actor, at=database_now())
        return _answer(subject_id, actor)


class CallWishView(APIView):
    @extend_schema(
        operation_id="residents_choose_calls",
        tags=["callers"],
        summary="Whether they want to be rung up, as they told it",
        request=CallWishSerializer,
        responses={200: CallerSerializer, **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request) -> Response:
        actor, body = actor_of(request), checked(CallWishSerializer, request)
        access.require(actor, people.EDIT)
        subject_id = handles.subject_of(body["caller"])
        people.choose_calls(subject_id, do_not_call=body["do_not_call"], actor=actor)
        return _answer(subject_id, actor)


def _answer(subject_id: Any, actor: Actor) -> Response:
    held = contacts.texts_of(subject_id)[ContactKind.PHONE]
    phone = contacts.phone_address(held[0]).masked if held else ""
    shown = people.as_seen(people.describe([subject_id])[0], actor)
    return Response(caller(shown, phone, actor=actor))


def _dwelling(place: list[str], actor: Actor) -> Dwelling | None:
    """Raises InvalidInput for half a place, and for one that is not there or not theirs."""
    unit, building, room = place
    if not any(place):
        return None
    missing = [name for name, value in zip(PLACE, place, strict=True) if not value]
    if missing:
        raise InvalidInput(fields={name: [_("小区、楼栋和房号请一起填写。")] for name in missing})
    found = Dwelling.objects.filter(
        access.scope(actor, people.EDIT).q("building__unit"),
        building__unit__code=unit,
        building__name=building,
        room=room,
    )
    dwelling = found.select_related("building__unit").first()
    if dwelling is None:
        raise InvalidInput(fields={"room": [_("没有这套房屋，或不在您的范围内。")]})
    return dwelling
