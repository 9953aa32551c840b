"""What a person may know of the use of their data, agree to, and ask for. Doors only: each parses,
calls one service and shapes the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import paging
from core.actors import Actor, ActorKind
from core.address import client_address
from core.api.actor import actor_of
from core.api.idempotency import HEADER, claim_of
from core.api.schema import checked, checked_query, problems
from core.clock import database_now
from core.errors import InvalidInput, NotAllowed, NotFound
from core.services.idempotency import Answer, once
from privacy.rights.api import serializers as forms
from privacy.rights.enums import RequestKind
from privacy.rights.models import PrivacyRequest
from privacy.rights.services import consents, requests
from privacy.rights.services.requests import Wish
from privacy.vault.enums import ConsentChannel, ConsentOutcome
from privacy.vault.errors import PolicyNotInForce
from privacy.vault.models import PolicyDocument, Purpose
from privacy.vault.services import consent, consent_receipts, policies
from residents.api.serializers import CodeSentSerializer

ORDER = ("-received_at", "-id")

KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Unique per request; the same key again gets the first answer for 48 hours.",
)


class PurposesView(APIView):
    @extend_schema(
        operation_id="privacy_purposes_list",
        tags=["privacy"],
        summary="What personal data are used for, and on which legal basis",
        responses={200: forms.PurposeSerializer(many=True), **problems(401)},
    )
    def get(self, request: Request) -> Response:
        rows = Purpose.objects.order_by("code")
        return Response(forms.PurposeSerializer(rows, many=True).data)


class PolicyView(APIView):
    """Whoever is about to sign in reads it before."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="privacy_policies_retrieve",
        tags=["privacy"],
        summary="The policy in force",
        parameters=[forms.PolicyQuerySerializer],
        responses={200: forms.PolicySerializer, **problems(400, 404)},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        wanted = checked_query(forms.PolicyQuerySerializer, request)
        language = wanted.get("language") or request.LANGUAGE_CODE
        try:
            policy = policies.in_force(wanted["application"], language=language, at=database_now())
        except PolicyNotInForce as error:
            raise NotFound(error.message) from None
        return Response(forms.PolicySerializer(policy).data)


class ConsentsView(APIView):
    @extend_schema(
        operation_id="privacy_consents_list",
        tags=["privacy"],
        summary="Where you stand towards each purpose that needs your consent",
        responses={200: forms.ConsentStateSerializer(many=True), **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        _actor, subject_id = _resident(request)
        rows = _standings(subject_id, database_now())
        return Response(forms.ConsentStateSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="privacy_consents_create",
        tags=["privacy"],
        summary="Agree, refuse or withdraw",
        description=(
            "One call, effective at once; a service you asked for never depends on it. Saying the "
            "same again gets the receipt of the first time."
        ),
        request=forms.ConsentSerializer,
        responses={
            200: forms.ReceiptSerializer,
            201: forms.ReceiptSerializer,
            **problems(400, 401, 403),
        },
        examples=[
            OpenApiExample(
                "withdrawn",
                value={"purpose": "marketing", "outcome": "withdrawn"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        actor, subject_id = _resident(request)
        body, at = checked(forms.ConsentSerializer, request), database_now()
        outcome = ConsentOutcome(body["outcome"])
        said = consents.say(
            subject_id,
            body["purpose"],
            outcome,
            policy=_shown(body["policy_sha256"], outcome, at),
            channel=ConsentChannel.APP,
            actor=actor,
            device=request.headers.get("User-Agent", ""),
            at=at,
        )
        code = status.HTTP_201_CREATED if said.new else status.HTTP_200_OK
        receipt = consent_receipts.receipt(said.event)
        return Response(forms.ReceiptSerializer(receipt).data, status=code)


class RequestsView(APIView):
    @extend_schema(
        operation_id="privacy_requests_list",
        tags=["privacy"],
        summary="Requests in your scope, newest first",
        parameters=[forms.PageQuerySerializer],
        responses={200: forms.PrivacyRequestPageSerializer, **problems(400, 401)},
    )
    def get(self, request: Request) -> Response:
        wanted = checked_query(forms.PageQuerySerializer, request)
        rows = PrivacyRequest.objects.visible_to(actor_of(request)).select_related("ticket")
        found = paging.page(rows, order=ORDER, size=wanted["size"], cursor=wanted.get("cursor"))
        return Response(found.answer(forms.PrivacyRequestSerializer(found.rows, many=True).data))

    @extend_schema(
        operation_id="privacy_requests_create",
        tags=["privacy"],
        summary="Ask for a correction or a deletion",
        description="Nothing is done before a code sent to the number on file was read back.",
        parameters=[KEY],
        request=forms.RequestWishSerializer,
        responses={201: forms.PrivacyRequestSerializer, **problems(400, 401, 403, 409, 422)},
        examples=[
            OpenApiExample(
                "a new address",
                value={"kind": "correct", "field": "email", "value": "zhou@example.org"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        actor, subject_id = _resident(request)
        claim = claim_of(request, actor, "privacy.requests")
        body = checked(forms.RequestWishSerializer, request)
        wish = Wish(subject_id, RequestKind(body["kind"]), body["field"], body["value"])
        at = database_now()
        answer = once(claim, lambda: _opened(wish, actor, at), at=at)
        headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
        return Response(answer.response, status=answer.status_code, headers=headers)


class RequestView(APIView):
    @extend_schema(
        operation_id="privacy_requests_retrieve",
        tags=["privacy"],
        summary="One request",
        responses={200: forms.PrivacyRequestSerializer, **problems(401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        found = _find(public_id, actor_of(request))
        return Response(forms.PrivacyRequestSerializer(found).data)


class RequestCodeView(APIView):
    @extend_schema(
        operation_id="privacy_requests_code",
        tags=["privacy"],
        summary="Send a code to the number on file",
        description="Never to a number named in the request. Limited per number and per address.",
        request=None,
        responses={202: CodeSentSerializer, **problems(401, 403, 404, 429)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        _resident(request)
        found = _find(public_id, actor_of(request))
        address, at = client_address(request), database_now()
        code_id = requests.send_code(found, address=address, at=at)
        answer = {"id": code_id, "expires_in": settings.CODE_LIFETIME_MINUTES * 60}
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class RequestVerifyView(APIView):
    @extend_schema(
        operation_id="privacy_requests_verify",
        tags=["privacy"],
        summary="Read the code back",
        request=forms.ProofSerializer,
        responses={200: forms.PrivacyRequestSerializer, **problems(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        actor, _subject_id = _resident(request)
        proof = checked(forms.ProofSerializer, request)
        found = _find(public_id, actor)
        at = database_now()
        found = requests.verify(found, proof["id"], proof["code"], actor=actor, at=at)
        return Response(forms.PrivacyRequestSerializer(found).data)


def _resident(request: Request) -> tuple[Actor, UUID]:
    """These are a person's own; staff act for a caller on pages that log who saw what."""
    actor = actor_of(request)
    if actor.kind is not ActorKind.REPORTER or actor.subject_id is None:
        raise NotAllowed
    return actor, actor.subject_id


def _standings(subject_id: UUID, at: datetime) -> list[dict[str, Any]]:
    states, may_ask = consent.states(subject_id, at=at), consent.askable(subject_id, at=at)
    names = {row.code: str(row) for row in Purpose.objects.filter(code__in=states)}
    return [
        {"purpose": code, "name": names[code], "state": state, "may_ask": code in may_ask}
        for code, state in states.items()
    ]


def _shown(sha256: str, outcome: ConsentOutcome, at: datetime) -> PolicyDocument | None:
    """The published policy with this text. A withdrawal needs none."""
    if outcome is ConsentOutcome.WITHDRAWN:
        return None
    policy = PolicyDocument.objects.in_force(at).filter(sha256=sha256).first() if sha256 else None
    if policy is None:
        raise InvalidInput(fields={"policy_sha256": [_("请提供展示给本人的隐私政策的摘要。")]})
    return policy


def _find(public_id: UUID, actor: Actor) -> PrivacyRequest:
    rows = PrivacyRequest.objects.visible_to(actor).select_related("ticket__unit")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _opened(wish: Wish, actor: Actor, at: datetime) -> Answer:
    """The kept answer repeats nothing of what was asked for but its kind."""
    shape: dict[str, Any] = dict(
        forms.PrivacyRequestSerializer(requests.open_request(wish, actor=actor, at=at)).data
    )
    return Answer(status.HTTP_201_CREATED, shape)
