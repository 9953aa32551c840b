"""Suppliers, their contracts and grades, and what residents said about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints import supplier_figures
from complaints.periods import Period
from complaints.supplier_figures import Figures
from core import paging
from core.actors import Actor
from core.api.actor import actor_of
from core.api.schema import checked, checked_query, problems
from core.api.serializers import PageQuerySerializer, StrictSerializer
from core.clock import database_now
from core.errors import InvalidInput, NotFound
from organisation import access
from organisation.enums import GradeDecision, GradeReason, SupplierGrade, SupplierService
from organisation.models import GradeChange, Supplier, SupplierContract, Unit
from organisation.services import suppliers
from organisation.services.posts import local_date

MINUTE: Final = timedelta(minutes=1)


class ContractSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    unit = serializers.CharField(source="unit.code")
    from_on = serializers.DateField()
    until_on = serializers.DateField(help_text="The first day without it.")


class GradeChangeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    before = serializers.ChoiceField(choices=SupplierGrade.choices)
    grade = serializers.ChoiceField(choices=SupplierGrade.choices)
    reason = serializers.ChoiceField(choices=GradeReason.choices)
    on = serializers.DateField()
    decision = serializers.ChoiceField(choices=GradeDecision.choices)


class SupplierRowSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    service = serializers.ChoiceField(choices=SupplierService.choices)
    grade = serializers.ChoiceField(choices=SupplierGrade.choices)
    graded_on = serializers.DateField()
    barred_until = serializers.DateField(allow_null=True, help_text="No work before this day.")


class SupplierPageSerializer(serializers.Serializer[Any]):
    results = SupplierRowSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class SupplierSerializer(SupplierRowSerializer):
    contracts = ContractSerializer(many=True)
    grade_changes = GradeChangeSerializer(many=True)


class NewSupplierSerializer(StrictSerializer):
    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=120)
    service = serializers.ChoiceField(choices=SupplierService.choices)


class NewContractSerializer(StrictSerializer):
    number = serializers.CharField(max_length=40)
    unit = serializers.CharField(max_length=40)
    from_on = serializers.DateField()
    until_on = serializers.DateField()


class ProposalSerializer(StrictSerializer):
    grade = serializers.ChoiceField(choices=SupplierGrade.choices)
    reason = serializers.ChoiceField(choices=GradeReason.choices)


class DecisionSerializer(StrictSerializer):
    decision = serializers.ChoiceField(choices=[GradeDecision.APPROVED, GradeDecision.REFUSED])


class PeriodSerializer(StrictSerializer):
    period = serializers.CharField(
        max_length=7, required=False, help_text="2026-11, or 2026-4q for a quarter; this month."
    )


class FiguresQuerySerializer(PageQuerySerializer, PeriodSerializer):
    pass


class FigureSerializer(serializers.Serializer[Any]):
    contract = serializers.CharField()
    supplier = serializers.CharField()
    unit = serializers.CharField()
    grade = serializers.ChoiceField(choices=SupplierGrade.choices)
    complaints = serializers.IntegerField()
    suggestions = serializers.IntegerField()
    answered = serializers.IntegerField()
    reopened = serializers.IntegerField()
    response_minutes = serializers.IntegerField(
        allow_null=True, help_text="Mean time to the first public answer, on the wall."
    )
    trend = serializers.IntegerField(help_text="Complaints against the period before.")


class FiguresSerializer(serializers.Serializer[Any]):
    period = serializers.CharField()
    results = FigureSerializer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class SuppliersView(APIView):
    @extend_schema(
        operation_id="suppliers_list",
        tags=["suppliers"],
        summary="Suppliers that work in your scope",
        parameters=[PageQuerySerializer],
        responses={200: SupplierPageSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        access.require(actor, "suppliers.view")
        wanted = checked_query(PageQuerySerializer, request)
        found = paging.page(Supplier.objects.visible_to(actor), order=("code",), **wanted)
        return Response(found.answer(SupplierRowSerializer(found.rows, many=True).data))

    @extend_schema(
        operation_id="suppliers_create",
        tags=["suppliers"],
        summary="Register a supplier; its code makes it unique",
        request=NewSupplierSerializer,
        responses={201: SupplierRowSerializer, **problems(400, 401, 403)},
    )
    def post(self, request: Request) -> Response:
        new = suppliers.NewSupplier(**checked(NewSupplierSerializer, request))
        made = suppliers.register(new, actor=actor_of(request), at=database_now())
        return Response(SupplierRowSerializer(made).data, status=status.HTTP_201_CREATED)


class SupplierView(APIView):
    @extend_schema(
        operation_id="suppliers_retrieve",
        tags=["suppliers"],
        summary="One supplier with its contracts and the history of its grade",
        responses={200: SupplierSerializer, **problems(401, 404)},
    )
    def get(self, request: Request, code: str) -> Response:
        return _shown(code, actor_of(request))


class ContractsView(APIView):
    @extend_schema(
        operation_id="suppliers_contract",
        tags=["suppliers"],
        summary="Give a supplier a contract; refused while it is barred",
        request=NewContractSerializer,
        responses={200: SupplierSerializer, **problems(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, code: str) -> Response:
        actor, body = actor_of(request), checked(NewContractSerializer, request)
        found = find(code, actor)
        unit = Unit.objects.filter(access.scope(actor, suppliers.MANAGE).q(""), code=body["unit"])
        body["unit"] = unit.first()
        if body["unit"] is None:
            raise InvalidInput(fields={"unit": [_("没有这个单位，或不在您的范围内。")]})
        suppliers.sign(found, **body, actor=actor, at=database_now())
        return _shown(code, actor)


class GradeChangesView(APIView):
    @extend_schema(
        operation_id="suppliers_propose_grade",
        tags=["suppliers"],
        summary="Propose another grade; somebody else decides",
        request=ProposalSerializer,
        responses={200: SupplierSerializer, **problems(400, 401, 403, 404)},
    )
    def post(self, request: Request, code: str) -> Response:
        actor, body = actor_of(request), checked(ProposalSerializer, request)
        suppliers.propose(find(code, actor), **body, actor=actor, at=database_now())
        return _shown(code, actor)


class GradeDecisionView(APIView):
    @extend_schema(
        operation_id="suppliers_decide_grade",
        tags=["suppliers"],
        summary="Approve or refuse a proposed grade",
        request=DecisionSerializer,
        responses={200: SupplierSerializer, **problems(400, 401, 403, 404, 409)},
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        actor, body = actor_of(request), checked(DecisionSerializer, request)
        change = GradeChange.objects.filter(supplier=find(code, actor), pk=number).first()
        if change is None:
            raise NotFound
        suppliers.decide(change, **body, actor=actor, at=database_now())
        return _shown(code, actor)


class FiguresView(APIView):
    @extend_schema(
        operation_id="suppliers_figures",
        tags=["suppliers"],
        summary="Complaints and suggestions per contract of a month or a quarter, the most first",
        parameters=[FiguresQuerySerializer],
        responses={200: FiguresSerializer, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        access.require(actor, "suppliers.view")
        wanted = checked_query(FiguresQuerySerializer, request)
        period = period_of(wanted.pop("period", ""))
        rows = supplier_figures.per_contract(period, actor=actor)
        found = paging.page_of(rows, order=supplier_figures.ORDER, **wanted)
        said = found.answer([_figure(each) for each in found.rows])
        return Response(FiguresSerializer({"period": period.code, **said}).data)


def find(code: str, actor: Actor) -> Supplier:
    """Raises NotFound for what is not there or works elsewhere."""
    found = Supplier.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _shown(code: str, actor: Actor) -> Response:
    found = find(code, actor)
    contracts = SupplierContract.objects.visible_to(actor).filter(supplier=found)
    shown: dict[str, Any] = {
        **SupplierRowSerializer(found).data,
        "contracts": contracts.select_related("unit").order_by("number"),
        "grade_changes": found.grade_changes.order_by("pk"),
    }
    return Response(SupplierSerializer(shown).data)


def period_of(code: str) -> Period:
    if not code:
        return Period.month_of(local_date(database_now()))
    try:
        return Period.parse(code)
    except ValueError:
        raise InvalidInput(fields={"period": [_("请写成 2026-11 或 2026-4q。")]}) from None


def _figure(each: Figures) -> dict[str, Any]:
    return {
        "contract": each.contract.number,
        "supplier": each.contract.supplier.code,
        "unit": each.contract.unit.code,
        "grade": each.contract.supplier.grade,
        "complaints": each.complaints,
        "suggestions": each.suggestions,
        "answered": each.answered,
        "reopened": each.reopened,
        "response_minutes": None if each.response is None else each.response // MINUTE,
        "trend": each.trend,
    }
