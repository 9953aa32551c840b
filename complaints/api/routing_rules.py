"""The table of rules that sends tickets on their way: read, and changed by who read all of it."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.enums import Channel, Kind, Severity
from complaints.models import RoutingRule
from complaints.services import routing, rules
from core.actors import Actor
from core.api.actor import actor_of
from core.api.preconditions import TAG, seen_of, tagged
from core.api.schema import checked, in_words_of_the_api, problems
from core.api.serializers import StrictSerializer
from core.clock import database_now
from core.errors import InvalidInput, NotFound, Text
from organisation import access
from organisation.models import Role, Unit
from residents.enums import AccountTier

#: how the body names what the service names by its column
NAMES: Final = {"policy_code": "policy", "category_code": "category"}
MOST: Final = 10_000
ANYTHING: Final[dict[str, Any]] = {
    "allow_blank": True,
    "default": "",
    "help_text": "Empty matches all.",
}


class NewRoutingRuleSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=Kind.choices, **ANYTHING)
    category = serializers.CharField(
        max_length=60, allow_blank=True, default="", help_text="With all below it."
    )
    severity = serializers.ChoiceField(choices=Severity.choices, **ANYTHING)
    channel = serializers.ChoiceField(choices=Channel.choices, **ANYTHING)
    tier = serializers.ChoiceField(choices=AccountTier.choices, **ANYTHING)
    unit = serializers.CharField(
        max_length=40, allow_blank=True, default="", help_text="With all below it."
    )
    role = serializers.CharField(
        max_length=40, allow_blank=True, default="", help_text="Empty is that of the category."
    )
    policy = serializers.CharField(max_length=40)


class RoutingRuleSerializer(NewRoutingRuleSerializer):
    id = serializers.IntegerField()
    place = serializers.IntegerField(help_text="In the table, counted from 1.")
    position = serializers.IntegerField(help_text="As the dry run names it.")
    catches_all = serializers.BooleanField()


class RoutingRulesSerializer(serializers.Serializer[Any]):
    tag = serializers.CharField(help_text="For `If-Match` of the next change.")
    results = RoutingRuleSerializer(many=True)


class RulePlaceSerializer(StrictSerializer):
    place = serializers.IntegerField(
        min_value=1, max_value=MOST, help_text="Counted from 1; beyond the end is the end."
    )


EXAMPLE = OpenApiExample(
    "night noise goes to the guards",
    request_only=True,
    value={
        "kind": "complaint",
        "category": "noise",
        "role": "security_lead",
        "policy": "complaint_ordinary",
    },
)


class RulesView(APIView):
    @extend_schema(
        operation_id="routing_rules_list",
        tags=["policies"],
        summary="All routing rules in their order; the first that matches decides",
        responses={200: RoutingRulesSerializer, **problems(401, 403)},
    )
    def get(self, request: Request) -> Response:
        access.require(actor_of(request), rules.MANAGE)
        return _table()

    @extend_schema(
        operation_id="routing_rules_create",
        tags=["policies"],
        summary="Add a rule, before those that catch everything",
        parameters=[TAG],
        request=NewRoutingRuleSerializer,
        examples=[EXAMPLE],
        responses={201: RoutingRulesSerializer, **problems(400, 401, 403, 412, 428)},
    )
    def post(self, request: Request) -> Response:
        actor = _keeper(request)
        seen = seen_of(request)
        rule = _described(RoutingRule(), checked(NewRoutingRuleSerializer, request))
        with in_words_of_the_api(NAMES):
            rules.save(rule, actor=actor, at=database_now(), seen=seen)
        return _table(status.HTTP_201_CREATED)


class RuleView(APIView):
    @extend_schema(
        operation_id="routing_rules_update",
        tags=["policies"],
        summary="Say anew what a rule asks for and decides; its place stays",
        parameters=[TAG],
        request=NewRoutingRuleSerializer,
        responses={200: RoutingRulesSerializer, **problems(400, 401, 403, 404, 409, 412, 428)},
    )
    def put(self, request: Request, number: int) -> Response:
        actor = _keeper(request)
        seen = seen_of(request)
        rule = _described(_find(number), checked(NewRoutingRuleSerializer, request))
        with in_words_of_the_api(NAMES):
            rules.save(rule, actor=actor, at=database_now(), seen=seen)
        return _table()

    @extend_schema(
        operation_id="routing_rules_destroy",
        tags=["policies"],
        summary="Take a rule away; one that catches everything always remains",
        parameters=[TAG],
        responses={200: RoutingRulesSerializer, **problems(401, 403, 404, 409, 412, 428)},
    )
    def delete(self, request: Request, number: int) -> Response:
        actor = _keeper(request)
        seen = seen_of(request)
        rules.remove(_find(number), actor=actor, at=database_now(), seen=seen)
        return _table()


class MoveView(APIView):
    @extend_schema(
        operation_id="routing_rules_move",
        tags=["policies"],
        summary="Put a rule at another place of the table",
        parameters=[TAG],
        request=RulePlaceSerializer,
        responses={200: RoutingRulesSerializer, **problems(400, 401, 403, 404, 412, 428)},
    )
    def post(self, request: Request, number: int) -> Response:
        actor = _keeper(request)
        seen = seen_of(request)
        place = checked(RulePlaceSerializer, request)["place"]
        rules.move(_find(number), place, actor=actor, at=database_now(), seen=seen)
        return _table()


def _keeper(request: Request) -> Actor:
    """Before anything is said about the body."""
    actor = actor_of(request)
    rules.require_keeper(actor)
    return actor


def _find(number: int) -> RoutingRule:
    found = RoutingRule.objects.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def _described(rule: RoutingRule, body: dict[str, Any]) -> RoutingRule:
    """Raises InvalidInput for a unit or a role that is not there."""
    unit = Unit.objects.filter(code=body["unit"]).first() if body["unit"] else None
    role = Role.objects.filter(code=body["role"]).first() if body["role"] else None
    wrong: dict[str, list[Text]] = {}
    if body["unit"] and unit is None:
        wrong["unit"] = [_("没有这个组织单元，或不在您的范围内。")]
    if body["role"] and role is None:
        wrong["role"] = [_("没有这个角色。")]
    if wrong:
        raise InvalidInput(fields=wrong)
    rule.kind, rule.category_code = body["kind"], body["category"]
    rule.severity, rule.channel, rule.tier = body["severity"], body["channel"], body["tier"]
    rule.unit, rule.role, rule.policy_code = unit, role, body["policy"]
    return rule


def _table(code: int = status.HTTP_200_OK) -> Response:
    found = rules.in_order()
    rows = [_row(place, rule) for place, rule in enumerate(found, start=1)]
    return tagged({"results": rows}, rules.tag(found), status=code)


def _row(place: int, rule: RoutingRule) -> dict[str, Any]:
    return {
        "id": rule.pk,
        "place": place,
        "position": rule.position,
        "kind": rule.kind,
        "category": rule.category_code,
        "severity": rule.severity,
        "channel": rule.channel,
        "tier": rule.tier,
        "unit": rule.unit.code if rule.unit else "",
        "role": rule.role.code if rule.role else "",
        "policy": rule.policy_code,
        "catches_all": routing.catches_all(rule),
    }
