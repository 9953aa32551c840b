"""Changing the rules that send tickets on their way. One that catches everything always remains."""

from __future__ import annotations

from typing import Final, Literal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Category, Policy, RoutingRule
from complaints.services import routing
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed, Text
from organisation import access

MANAGE: Final = "organisation.manage"
HANDLE: Final = "tickets.handle"
STEP: Final = 10
ASIDE: Final = -1  # a place no rule has, while two change places
#: kinds with an office of their own, whose roles handle nothing else
OWN_OFFICE: Final = frozenset({"privacy", "integrity"})


class NothingWouldCatch(InvalidTransition):
    code = "nothing_would_catch"
    message = gettext_lazy("至少要有一条适用于所有工单的规则，否则有的工单无处可派。")


def in_order() -> list[RoutingRule]:
    return list(RoutingRule.objects.select_related("role", "unit").order_by("position"))


@transaction.atomic
def save(rule: RoutingRule, *, actor: Actor) -> RoutingRule:
    """A new rule goes before those that catch everything. Raises NotAllowed, InvalidInput, or
    NothingWouldCatch when this narrows the last one that did."""
    _require_keeper(actor)
    check(rule)
    others = [each for each in _locked() if each.pk != rule.pk]
    if rule._state.adding:
        rule.position = _place_for_new(others, rule)
    _require_a_catch([*others, rule])
    rule.save()
    return rule


@transaction.atomic
def move(rule: RoutingRule, direction: Literal["up", "down"], *, actor: Actor) -> None:
    """Change places with the neighbour; at either end nothing happens."""
    _require_keeper(actor)
    rules = _locked()
    place = [each.pk for each in rules].index(rule.pk)
    neighbour = place + (-1 if direction == "up" else 1)
    if 0 <= neighbour < len(rules):
        _swap(rules[place], rules[neighbour])


@transaction.atomic
def remove(rule: RoutingRule, *, actor: Actor) -> None:
    """Raises NotAllowed, or NothingWouldCatch for the last one that catches everything."""
    _require_keeper(actor)
    _require_a_catch([each for each in _locked() if each.pk != rule.pk])
    rule.delete()


def check(rule: RoutingRule) -> None:
    """Raises InvalidInput for a policy or category that is not there, or a role that would get
    tickets and could not open them."""
    found: dict[str, list[Text]] = {}
    if not Policy.objects.filter(code=rule.policy_code, effective_from__isnull=False).exists():
        found["policy_code"] = [_("没有这个时限政策。")]
    code = rule.category_code
    if code and not Category.objects.filter(code=code).exists():
        found["category_code"] = [_("没有这个类别。")]
    role = rule.role
    if role is not None and rule.kind not in OWN_OFFICE and HANDLE not in role.permissions:
        found["role"] = [_("此岗位没有处理工单的权限。")]
    if found:
        raise InvalidInput(fields=found)


def something_catches() -> bool:
    return any(routing.catches_all(rule) for rule in in_order())


def _locked() -> list[RoutingRule]:
    return list(RoutingRule.objects.select_for_update().order_by("position"))


def _require_a_catch(rules: list[RoutingRule]) -> None:
    if not any(routing.catches_all(rule) for rule in rules):
        raise NothingWouldCatch


def _require_keeper(actor: Actor) -> None:
    if not access.scope(actor, MANAGE).everything:
        raise NotAllowed


def _place_for_new(others: list[RoutingRule], rule: RoutingRule) -> int:
    """The last place before what catches everything; after all, for one that does so itself."""
    last: int = RoutingRule.objects.aggregate(last=Max("position"))["last"] or 0
    catching = next((each for each in others if routing.catches_all(each)), None)
    if catching is None or routing.catches_all(rule):
        return last + STEP
    before = [each.position for each in others if each.position < catching.position]
    place = max(before, default=0) + 1
    if place < catching.position:
        return place
    _shift(others, catching.position)
    return catching.position


def _shift(rules: list[RoutingRule], position: int) -> None:
    """Make room at a place: the rules from there on move down, the last first."""
    for each in reversed([rule for rule in rules if rule.position >= position]):
        RoutingRule.objects.filter(pk=each.pk).update(position=each.position + STEP)


def _swap(one: RoutingRule, other: RoutingRule) -> None:
    places = one.position, other.position
    for pk, place in ((one.pk, ASIDE), (other.pk, places[0]), (one.pk, places[1])):
        RoutingRule.objects.filter(pk=pk).update(position=place)
