from __future__ import annotations

from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints import newest, opened, policies, reading
from complaints.api import answers, intake, shapes
from complaints.api import serializers as forms
from complaints.api.actions import WIRING, perform
from complaints.api.homes import units_known_to
from complaints.models import Category, Ticket
from complaints.newest import ORDER
from complaints.services import photos
from core import paging
from core.actors import Actor
from core.api.actor import actor_of, asked_at
from core.api.idempotency import HEADER, claim_of
from core.api.preconditions import VERSION, version_of
from core.api.schema import checked, checked_query, problems
from core.api.serializers import PageQuerySerializer
from core.clock import database_now
from core.errors import NotFound
from core.services.idempotency import Answer, once
from organisation import access
from organisation.enums import UnitLevel
from organisation.models import Unit

KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Unique per matter; the same key again gets the first answer for 48 hours.",
)
PHOTO_KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Unique per photo; the same key and picture again is the photo that is there.",
)


def find(public_id: UUID, actor: Actor) -> Ticket:
    """The ticket in the actor's scope; what an act asks of it, its service reads under the lock.
    Raises NotFound for what is not there or not theirs."""
    ticket = opened.known_to(actor, public_id)
    if ticket is None:
        raise NotFound
    return ticket


class TicketsView(APIView):
    @extend_schema(
        operation_id="tickets_list",
        tags=["tickets"],
        summary="Tickets in your scope, newest first",
        parameters=[forms.TicketQuerySerializer],
        responses={200: forms.TicketPageSerializer, **problems(400, 401)},
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        wanted = checked_query(forms.TicketQuerySerializer, request)
        piece = {"size": wanted.pop("size"), "cursor": wanted.pop("cursor", None)}
        with access.remembering():
            if any(wanted.values()):
                rows = Ticket.objects.visible_to(actor)
                rows = shapes.narrowed(rows, wanted, actor=actor, at=database_now)
                found = paging.page(rows.for_rows(), order=ORDER, **piece)
            else:
                found = newest.page(actor, **piece)
        return Response(found.answer(shapes.rows(found.rows)))

    @extend_schema(
        operation_id="tickets_create",
        tags=["tickets"],
        summary="Report a matter",
        description="Answered with 201 only after it is stored for good.",
        parameters=[KEY],
        request=forms.NewTicketSerializer,
        responses={201: forms.TicketCreatedSerializer, **problems(400, 401, 403, 409, 422)},
        examples=[
            OpenApiExample(
                "a leak",
                value={
                    "kind": "repair",
                    "category": "engineering.water",
                    "body": "厨房水管漏水，已关总阀。",
                    "dwelling": "0b0d9c54-5f0e-4f52-8b5c-0c6f7c2b8a11",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        claim = claim_of(request, actor, "tickets")
        body = checked(forms.NewTicketSerializer, request)
        at = asked_at(request) or database_now()
        with access.remembering():
            return _created(intake.create(body, claim, actor=actor, at=at))


class TicketView(APIView):
    @extend_schema(
        operation_id="tickets_retrieve",
        tags=["tickets"],
        summary="One ticket",
        responses={200: forms.TicketSerializer, **problems(401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        with access.remembering():
            return shown(public_id, actor_of(request))


class TimelineView(APIView):
    @extend_schema(
        operation_id="tickets_timeline",
        tags=["tickets"],
        summary="What happened, oldest first; internal entries for staff alone",
        responses={200: forms.TimelineSerializer, **problems(401, 404)},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        actor = actor_of(request)
        with access.remembering():
            ticket = find(public_id, actor)
            entries = reading.timeline(ticket, actor)
            news = reading.followed_by(actor, ticket)
        rows = [shapes.entry(each, actor, photo_address) for each in entries]
        return Response({"results": rows, "followed": shapes.news(news)})


class ActionView(APIView):
    @extend_schema(
        operation_id="tickets_act",
        tags=["tickets"],
        summary="Do something with a ticket",
        description="`allowed_actions` of the ticket says what you may do now.",
        parameters=[
            VERSION,
            OpenApiParameter(
                "action", str, OpenApiParameter.PATH, enum=[str(name) for name in WIRING]
            ),
        ],
        request=forms.ActionSerializer,
        responses={
            200: forms.TicketSerializer,
            **problems(400, 401, 403, 404, 409, 412, 428, 429),
        },
        examples=[
            OpenApiExample("resolve", value={"text": "已更换阀门，请查看。"}, request_only=True)
        ],
    )
    def post(self, request: Request, public_id: UUID, action: str) -> Response:
        actor, version = actor_of(request), version_of(request)
        fields = checked(forms.ActionSerializer, request)
        with access.remembering():
            ticket = find(public_id, actor)
            perform(ticket, action, fields, actor=actor, version=version, at=database_now())
            return shown(public_id, actor)


class DraftsView(APIView):
    @extend_schema(
        operation_id="drafts_create",
        tags=["photos"],
        summary="A place for photos of what you are about to send; lives for a day",
        request=None,
        parameters=[KEY],
        responses={201: forms.DraftSerializer, **problems(400, 401)},
    )
    def post(self, request: Request) -> Response:
        actor, at = actor_of(request), database_now()

        def create() -> Answer:
            draft = photos.open_draft(actor=actor, at=at)
            return Answer(status.HTTP_201_CREATED, dict(forms.DraftSerializer(draft).data))

        return _created(once(claim_of(request, actor, "drafts"), create, at=at))


class DraftPhotosView(APIView):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="drafts_upload",
        tags=["photos"],
        summary="Add a photo to a draft; it is made anew without place and camera data",
        parameters=[PHOTO_KEY],
        request={"multipart/form-data": forms.UploadSerializer},
        responses={201: forms.PhotoSerializer, **problems(400, 401, 404, 409, 413, 422)},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        photo = checked(forms.UploadSerializer, request)["photo"]
        actor, at = actor_of(request), database_now()

        photos.count(actor, at=at)

        def keep() -> Answer:
            kept = photos.put(public_id, photo, actor=actor, at=at)
            return Answer(status.HTTP_201_CREATED, {"photo": kept.pk})

        if HEADER in request.headers:
            claim = claim_of(request, actor, f"photos:{public_id}", file=photo)
            answer = once(claim, keep, at=at)
        else:
            answer = keep()
        shown = photos.kept(public_id, answer.response["photo"])
        response = Response(
            forms.PhotoSerializer(shapes.photo(shown, photo_address)).data,
            status=answer.status_code,
        )
        if answer.replayed:
            response["Idempotent-Replayed"] = "true"
        return response


class PhotoView(APIView):
    @extend_schema(
        operation_id="photos_retrieve",
        tags=["photos"],
        summary="The picture behind a short-lived link, for those who may see its entry",
        responses={(200, "image/jpeg"): bytes, **problems(401, 404)},
    )
    def get(self, request: Request, token: str) -> FileResponse:
        return picture(token, actor_of(request))


class CategoriesView(APIView):
    @extend_schema(
        operation_id="categories_list",
        tags=["reference"],
        summary="What a ticket can be about",
        parameters=[PageQuerySerializer],
        responses={200: forms.CategoryPageSerializer, **problems(400, 401)},
    )
    def get(self, request: Request) -> Response:
        wanted = checked_query(PageQuerySerializer, request)
        english = request.LANGUAGE_CODE.startswith("en")
        rows = Category.objects.filter(active=True).select_related("parent")
        found = paging.page(rows, order=("position", "code"), **wanted)
        return Response(found.answer([shapes.category(row, english=english) for row in found.rows]))


class CommunitiesView(APIView):
    @extend_schema(
        operation_id="communities_list",
        tags=["reference"],
        summary="Communities you may name: a resident's own, or those in your scope",
        parameters=[PageQuerySerializer],
        responses={200: forms.CommunityPageSerializer, **problems(400, 401)},
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        wanted = checked_query(PageQuerySerializer, request)
        known = units_known_to(actor, "tickets.view", at=database_now())
        rows = Unit.objects.filter(known, level=UnitLevel.COMMUNITY)
        found = paging.page(rows, order=("path",), **wanted)
        return Response(found.answer(forms.CommunitySerializer(found.rows, many=True).data))


def picture(token: str, actor: Actor) -> FileResponse:
    """The JPEG with headers that let nobody else keep it or read it as anything but a picture."""
    response = FileResponse(photos.follow(token, actor=actor), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=600"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def photo_address(token: str) -> str:
    return reverse("photo", args=[token])


def shown(public_id: UUID, actor: Actor) -> Response:
    """The ticket as the actor sees it, with its version. Raises NotFound."""
    ticket = opened.answer_of(actor, public_id)
    if ticket is None:
        raise NotFound
    response = Response(answers.ticket(ticket, policies.allowed_actions(actor, ticket), actor))
    response["ETag"] = f'"{ticket.version}"'
    return response


def _created(answer: Answer) -> Response:
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    return Response(answer.response, status=answer.status_code, headers=headers)
