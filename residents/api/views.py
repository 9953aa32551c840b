from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.actors import Actor, ActorKind
from core.address import client_address
from core.api.actor import actor_of
from core.api.schema import checked, problems
from core.clock import database_now
from core.errors import NotAllowed
from organisation import access
from organisation.models import Post, Staff
from residents.api import examples
from residents.api import serializers as shapes
from residents.enums import CodePurpose, ContactKind
from residents.services import contacts, devices, handles, people, sign_in
from residents.services.people import Account, CallerMatch


class CodeView(APIView):
    """Ask for a one-time code."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="auth_otp_create",
        tags=["auth"],
        summary="Send a sign-in code to a mobile number",
        description=(
            "Known and unknown numbers get the same answer. A code lives five minutes and has "
            "three tries. Limited per number and per address."
        ),
        request=shapes.CodeWishSerializer,
        responses={202: shapes.CodeSentSerializer, **problems(400, 429)},
        examples=examples.CODE,
    )
    def post(self, request: Request) -> Response:
        body = checked(shapes.CodeWishSerializer, request)
        public_id = sign_in.request_code(
            body["phone"],
            CodePurpose.SIGN_IN,
            address=client_address(request),
            at=database_now(),
        )
        answer = {"id": public_id, "expires_in": settings.CODE_LIFETIME_MINUTES * 60}
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class TokenView(APIView):
    """Sign in with a code; sign out this device."""

    def get_permissions(self) -> list[Any]:
        return [AllowAny()] if self._signing_in() else [IsAuthenticated()]

    def get_authenticators(self) -> list[Any]:
        # a token that has ended must not stand in the way of a new one
        return [] if self._signing_in() else super().get_authenticators()

    def _signing_in(self) -> bool:
        # there is no request while the schema is drawn
        return getattr(self.request, "method", None) == "POST"

    @extend_schema(
        operation_id="auth_token_create",
        tags=["auth"],
        summary="Exchange a code for a device token",
        request=shapes.TokenWishSerializer,
        responses={201: shapes.TokenSerializer, **problems(400)},
        auth=[],
        examples=examples.TOKEN,
    )
    def post(self, request: Request) -> Response:
        body = checked(shapes.TokenWishSerializer, request)
        _, issued = sign_in.redeem(body["id"], body["code"], at=database_now())
        answer = {"token": issued.token, "expires_at": issued.expires_at}
        return Response(answer, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="auth_token_destroy",
        tags=["auth"],
        summary="Sign out this device",
        request=None,
        responses={204: None, **problems(401, 403)},
    )
    def delete(self, request: Request) -> Response:
        if actor_of(request).kind is not ActorKind.REPORTER:
            raise NotAllowed
        devices.revoke(str(request.auth), at=database_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    @extend_schema(
        operation_id="me_retrieve",
        tags=["me"],
        summary="Who is signed in",
        responses={
            200: PolymorphicProxySerializer(
                component_name="Me",
                serializers={
                    "resident": shapes.ResidentSerializer,
                    "staff": shapes.StaffMemberSerializer,
                },
                resource_type_field_name="kind",
            ),
            **problems(401),
        },
        examples=examples.ME,
    )
    def get(self, request: Request) -> Response:
        if isinstance(request.user, Staff):
            return Response(_staff_member(request.user))
        actor = actor_of(request)
        if actor.kind is not ActorKind.REPORTER or actor.subject_id is None:
            raise NotAllowed
        return Response(_resident(people.describe([actor.subject_id])[0]))

    @extend_schema(
        operation_id="me_partial_update",
        tags=["me"],
        summary="Whether you want to be rung up; residents only",
        request=shapes.WishesSerializer,
        responses={200: shapes.ResidentSerializer, **problems(400, 401, 403)},
    )
    def patch(self, request: Request) -> Response:
        actor, body = actor_of(request), checked(shapes.WishesSerializer, request)
        if actor.kind is not ActorKind.REPORTER or actor.subject_id is None:
            raise NotAllowed
        people.choose_calls(actor.subject_id, do_not_call=body["do_not_call"], actor=actor)
        return Response(_resident(people.describe([actor.subject_id])[0]))


class CallerLookupView(APIView):
    @extend_schema(
        operation_id="callers_lookup",
        tags=["callers"],
        summary="Who calls from this number",
        description=(
            "Everybody who can be reached at the number: couples share one, offices a land line. "
            "The number travels in the body, never in an address. Names and rooms are masked "
            "without permission, and those of minors always."
        ),
        request=shapes.CodeWishSerializer,
        responses={200: shapes.CallersSerializer, **problems(400, 401, 403)},
        examples=examples.LOOKUP,
    )
    def post(self, request: Request) -> Response:
        body = checked(shapes.CodeWishSerializer, request)
        asked = contacts.phone_address(body["phone"])
        actor = actor_of(request)
        found = people.look_up_index(asked.index, actor=actor)
        shown = [caller(match, asked.masked, actor=actor) for match in found]
        return Response({"callers": shown})


def caller(match: CallerMatch, phone: str, *, actor: Actor) -> dict[str, Any]:
    """A person as `CallerSerializer` says it; `phone` is masked. A home is named to those who may
    write down that somebody has left it."""
    return {
        "handle": handles.handle_of(match.subject_id),
        "name": match.name,
        "phone": phone,
        "shown_in_full": match.shown_in_full,
        "is_minor": match.is_minor,
        "do_not_call": match.do_not_call,
        "verified": match.verified,
        "language": match.language,
        "homes": [
            {
                "unit": home.unit,
                "building": home.building,
                "room": home.room,
                "role": home.role,
                "dwelling": home.public_id if people.may_move_out(home, actor) else None,
            }
            for home in match.homes
        ],
        "account": _account(match.account) if match.account else None,
        "accounts": [_account(each) for each in match.accounts],
    }


def _account(known: Account) -> dict[str, Any]:
    return {"code": known.code, "name": known.name, "tier": known.tier}


def _resident(match: CallerMatch) -> dict[str, Any]:
    held = contacts.texts_of(match.subject_id)[ContactKind.PHONE]
    return {
        "kind": "resident",
        "name": match.name,
        "phones": [contacts.phone_address(text).masked for text in held],
        "language": match.language,
        "do_not_call": match.do_not_call,
        "homes": [
            {
                "dwelling": home.public_id,
                "unit": home.unit,
                "building": home.building,
                "room": home.room,
                "role": home.role,
            }
            for home in match.homes
        ],
    }


def _staff_member(staff: Staff) -> dict[str, Any]:
    posts = Post.objects.in_force_for(staff.pk).with_people()
    return {
        "kind": "staff",
        "name": staff.name,
        "language": staff.preferred_language,
        "posts": [
            {"unit": post.unit.name, "unit_code": post.unit.code, "role": post.role.code}
            for post in posts
        ],
        "permissions": sorted(access.permissions_of(staff.actor)),
    }
