"""What is done about a supplier's contract, by whom and when; and whom one calls there, masked."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.api.suppliers import find, period_of
from complaints.api.views import KEY
from complaints.models import SupplierFollowUp
from complaints.services import suppliers as analysis
from core import paging
from core.actors import Actor
from core.api.actor import actor_of
from core.api.idempotency import claim_of
from core.api.schema import checked, checked_query, problems
from core.api.serializers import PageQuerySerializer, StrictSerializer
from core.clock import database_now
from core.errors import InvalidInput, NotFound
from core.services.idempotency import Answer, once
from organisation import access
from organisation.models import Post, SupplierContract
from organisation.services import suppliers

ORDER: Final = ("-written_at", "-id")


class MeasureSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    period = serializers.CharField()
    measure = serializers.CharField(help_text="Numbers of people in it are masked.")
    owner = serializers.CharField(help_text="The post that does it.")
    due_on = serializers.DateField()
    written_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)


class OwnerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    post = serializers.CharField(source="__str__")


class MeasurePageSerializer(serializers.Serializer[Any]):
    owners = OwnerSerializer(many=True, help_text="Posts that may be made responsible.")
    results = MeasureSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class NewMeasureSerializer(StrictSerializer):
    period = serializers.CharField(
        max_length=7, required=False, help_text="2026-11, or 2026-4q for a quarter; this month."
    )
    measure = serializers.CharField(max_length=analysis.LONGEST_MEASURE)
    owner = serializers.IntegerField(help_text="The post's id, one of `owners`.")
    due_on = serializers.DateField()


class ContactSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="Masked; empty where the key is gone.")
    phone = serializers.CharField(help_text="Masked; empty where the key is gone.")


class NewContactSerializer(StrictSerializer):
    name = serializers.CharField(max_length=suppliers.LONGEST_NAME)
    phone = serializers.CharField(max_length=40)


EXAMPLE: Final = OpenApiExample(
    "the manager talks to them",
    request_only=True,
    value={"measure": "约谈现场负责人，每周复查一次", "owner": 12, "due_on": "2026-12-15"},
)


class MeasuresView(APIView):
    @extend_schema(
        operation_id="suppliers_measures_list",
        tags=["suppliers"],
        summary="What is done about one contract, the latest first",
        parameters=[PageQuerySerializer],
        responses={200: MeasurePageSerializer, **problems(400, 401, 403, 404)},
    )
    def get(self, request: Request, number: str) -> Response:
        contract = _contract(number, actor_of(request))
        wanted = checked_query(PageQuerySerializer, request)
        rows = contract.follow_ups.select_related("owner__unit", "owner__role")
        found = paging.page(rows, order=ORDER, **wanted)
        owners = OwnerSerializer(analysis.owners(contract, database_now()), many=True).data
        said = found.answer(MeasureSerializer(found.rows, many=True).data)
        return Response({"owners": owners, **said})

    @extend_schema(
        operation_id="suppliers_measures_create",
        tags=["suppliers"],
        summary="Write down who does what by when",
        parameters=[KEY],
        request=NewMeasureSerializer,
        examples=[EXAMPLE],
        responses={201: MeasureSerializer, **problems(400, 401, 403, 404, 409, 422)},
    )
    def post(self, request: Request, number: str) -> Response:
        actor, at = actor_of(request), database_now()
        contract = _contract(number, actor)
        claim = claim_of(request, actor, f"supplier-measures:{contract.pk}")
        body = checked(NewMeasureSerializer, request)
        period = period_of(body.pop("period", ""))
        body["owner"] = _post(body["owner"])

        def write() -> Answer:
            made = analysis.follow_up(contract, period, **body, actor=actor, at=at)
            return Answer(status.HTTP_201_CREATED, {"measure": made.pk})

        # what was typed is not kept with the answer
        answer = once(claim, write, at=at)
        rows = contract.follow_ups.select_related("contract__unit", "owner__unit", "owner__role")
        made = rows.get(pk=answer.response["measure"])
        headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
        return Response(MeasureSerializer(made).data, status=answer.status_code, headers=headers)


class MeasureDoneView(APIView):
    @extend_schema(
        operation_id="suppliers_measures_done",
        tags=["suppliers"],
        summary="Say that a measure is done; once",
        request=None,
        responses={200: MeasureSerializer, **problems(401, 403, 404, 409)},
    )
    def post(self, request: Request, number: str, entry: int) -> Response:
        actor = actor_of(request)
        rows = SupplierFollowUp.objects.filter(contract=_contract(number, actor), pk=entry)
        found = rows.select_related("contract__unit", "owner__unit", "owner__role").first()
        if found is None:
            raise NotFound
        done = analysis.finish(found, actor=actor, at=database_now())
        return Response(MeasureSerializer(done).data)


class ContactsView(APIView):
    @extend_schema(
        operation_id="suppliers_contacts_list",
        tags=["suppliers"],
        summary="Whom one calls there, masked; a number in clear is shown on the page alone",
        responses={200: ContactSerializer(many=True), **problems(401, 403, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        actor = actor_of(request)
        access.require(actor, suppliers.MANAGE)
        return Response(ContactSerializer(suppliers.contacts(find(code, actor)), many=True).data)

    @extend_schema(
        operation_id="suppliers_contacts_create",
        tags=["suppliers"],
        summary="Write down whom to call, sealed",
        request=NewContactSerializer,
        responses={201: ContactSerializer(many=True), **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request, code: str) -> Response:
        actor = actor_of(request)
        access.require(actor, suppliers.MANAGE)
        found, body = find(code, actor), checked(NewContactSerializer, request)
        suppliers.add_contact(found, **body, actor=actor, at=database_now())
        shown = ContactSerializer(suppliers.contacts(found), many=True).data
        return Response(shown, status=status.HTTP_201_CREATED)


def _contract(number: str, actor: Actor) -> SupplierContract:
    """Raises NotAllowed for who analyses nowhere, NotFound for what is elsewhere."""
    access.require(actor, analysis.ANALYSE)
    rows = SupplierContract.objects.visible_to(actor).select_related("supplier", "unit")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def _post(number: int) -> Post:
    found = Post.objects.filter(pk=number).select_related("unit", "role").first()
    if found is None:
        raise InvalidInput(fields={"owner": [_("没有这个岗位。")]})
    return found
