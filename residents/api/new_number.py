"""A corrected number that signs in somebody else is proven by a code that is sent to it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.actors import ActorKind
from core.address import client_address
from core.api.actor import actor_of
from core.api.schema import checked, problems
from core.clock import database_now
from core.errors import NotAllowed
from privacy.vault.services import subjects
from residents.api import serializers as shapes
from residents.services import new_numbers


class NewNumberCodeView(APIView):
    @extend_schema(
        operation_id="me_number_code",
        tags=["me"],
        summary="Send a code to your corrected number",
        description=(
            "Only while a corrected number waits for its proof, 404 otherwise. The old number "
            "signs you in until then. Limited per number and per address."
        ),
        request=None,
        responses={202: shapes.CodeSentSerializer, **problems(401, 403, 404, 429)},
    )
    def post(self, request: Request) -> Response:
        kin, at = _kin(request), database_now()
        code_id = new_numbers.send_code(kin, address=client_address(request), at=at)
        answer = {"id": code_id, "expires_in": settings.CODE_LIFETIME_MINUTES * 60}
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class NewNumberView(APIView):
    @extend_schema(
        operation_id="me_number_confirm",
        tags=["me"],
        summary="Read the code back: the corrected number signs you in from now on",
        description="Signs you out everywhere; sign in again with the new number.",
        request=shapes.TokenWishSerializer,
        responses={204: None, **problems(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        kin, body = _kin(request), checked(shapes.TokenWishSerializer, request)
        new_numbers.prove(kin, body["id"], body["code"], at=database_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _kin(request: Request) -> tuple[UUID, ...]:
    actor = actor_of(request)
    if actor.kind is not ActorKind.REPORTER or actor.subject_id is None:
        raise NotAllowed
    return subjects.closure([actor.subject_id])
