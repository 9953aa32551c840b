"""Writing people down, and what they say about themselves, for systems that speak with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.actors import Actor
from core.api.actor import actor_of
from core.api.idempotency import HEADER, claim_of
from core.api.schema import checked, problems
from core.api.serializers import StrictSerializer
from core.clock import database_now
from core.errors import InvalidInput
from core.services.idempotency import Answer, answered, once
from organisation import access
from organisation.models import Dwelling
from privacy.vault.services.blind_index import blind_index
from privacy.vault.services.keys import FreshKey
from residents.api.examples import asked
from residents.api.serializers import CallerHomeSerializer, CallerSerializer
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


ONE_PERSON = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description=(
        "Unique per person; the same key and body again, within 48 hours, gets the first answer "
        "with a new handle for the same person."
    ),
)
NEW = {
    "name": "李小明", "phone": "138 0000 1234", "unit": "X001", "building": "3 栋",
    "room": "2-1203", "role": "owner",
}  # fmt: skip


class WrittenDownSerializer(serializers.Serializer[Any]):
    handle = serializers.CharField(
        help_text="Names this person for twelve hours from this answer, also where it is replayed."
    )
    name = serializers.CharField()
    phone = serializers.CharField(help_text="The number that was sent, masked.")
    is_minor = serializers.BooleanField()
    homes = CallerHomeSerializer(many=True, help_text="The home that was sent, if there was one.")


class ResidentsView(APIView):
    @extend_schema(
        operation_id="residents_create",
        tags=["callers"],
        summary="Write a person down, with where they live",
        description=(
            "Needs `residents.edit` where they live. Who has this name at this number already is "
            "not written down twice: the home is added to theirs. The answer is the same for them "
            "as for somebody new, what was sent and a handle; what else is known of a person, a "
            "look-up says to whom it may. The number travels in the body and comes back masked."
        ),
        parameters=[ONE_PERSON],
        request=NewResidentSerializer,
        responses={201: WrittenDownSerializer, **problems(400, 401, 403, 404, 409, 422, 503)},
        examples=[asked("an owner", NEW)],
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        access.require(actor, people.EDIT)
        body = checked(NewResidentSerializer, request)
        with access.remembering():
            told = _told(body, actor)
            answer = _written_down_once(request, told, actor)
        handle = answer.response["handle"]
        if not answer.replayed:
            return _told_back(handle, told, answer)
        response = _told_back(handles.renewed(handle), told, answer)
        response["Idempotent-Replayed"] = "true"
        return response


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


def _told(body: dict[str, Any], actor: Actor) -> Introduction:
    return Introduction(
        people.clean_name(body["name"]),
        body["phone"],
        _dwelling([body[name] for name in PLACE], actor),
        OccupancyRole(body["role"]),
        body["is_minor"],
    )


def _written_down_once(request: Request, told: Introduction, actor: Actor) -> Answer:
    """What is kept for a second sending says of nobody who it is: the body stands there as a keyed
    hash, since a plain one of a telephone number is searched through in hours."""
    at = database_now()
    if HEADER not in request.headers:
        return _written_down(told, registering.key_for(told, actor=actor), actor, at)
    claim = claim_of(request, actor, "residents")
    claim = replace(claim, body=blind_index("residents", claim.body.decode()))
    if earlier := answered(claim, at=at):  # before a key is made that nobody would use
        return earlier
    key = registering.key_for(told, actor=actor)
    return once(claim, lambda: _written_down(told, key, actor, at), at=at)


def _written_down(told: Introduction, key: FreshKey | None, actor: Actor, at: datetime) -> Answer:
    subject_id = registering.enter(told, key, actor=actor, at=at)
    return Answer(status.HTTP_201_CREATED, {"handle": handles.handle_of(subject_id)})


def _told_back(handle: str, told: Introduction, answer: Answer) -> Response:
    return Response({"handle": handle, **_as_told(told)}, status=answer.status_code)


def _as_told(told: Introduction) -> dict[str, Any]:
    home = told.dwelling
    return {
        "name": told.name,
        "phone": contacts.phone_address(told.phone).masked,
        "is_minor": told.is_minor,
        "homes": []
        if home is None
        else [
            {
                "unit": home.building.unit.name,
                "building": home.building.name,
                "room": home.room,
                "role": told.role,
                "dwelling": home.public_id,
            }
        ],
    }


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
