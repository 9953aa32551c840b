"""Changing the rules that send tickets on their way. One that catches everything always remains.

The first rule that matches decides, so each means what it means among all the others: whoever
changes one has read the whole table, and its tag says which (docs/adr/0106).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Category, Policy, RoutingRule
from complaints.services import routing
from core import tags
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed, NotFound, Text
from organisation import access
from privacy.vault.enums import LedgerKind
from privacy.vault.services import ledger

MANAGE: Final = "organisation.manage"
HANDLE: Final = "tickets.handle"
STEP: Final = 10
#: kinds with an office of their own, whose roles handle nothing else
OWN_OFFICE: Final = frozenset({"privacy", "integrity"})


class NothingWouldCatch(InvalidTransition):
    code = "nothing_would_catch"
    message = gettext_lazy("至少要有一条适用于所有工单的规则，否则有的工单无处可派。")


def in_order() -> list[RoutingRule]:
    return list(RoutingRule.objects.select_related("role", "unit").order_by("position"))


def tag(rules: Iterable[RoutingRule]) -> str:
    """Of the whole table, in its order."""
    return tags.tag_of(
        [
            (
                rule.pk, rule.kind, rule.category_code, rule.severity, rule.channel, rule.tier,
                rule.unit_id, rule.role_id, rule.policy_code,
            )
            for rule in rules
        ]
    )  # fmt: skip


@transaction.atomic
def save(rule: RoutingRule, *, actor: Actor, at: datetime, seen: str | None = None) -> RoutingRule:
    """A new rule goes before those that catch everything. Raises NotAllowed, ChangedMeanwhile,
    InvalidInput, or NothingWouldCatch when this narrows the last one that did."""
    require_keeper(actor)
    rules = _locked(seen)
    check(rule, at=at)
    others = [each for each in rules if each.pk != rule.pk]
    adding = rule._state.adding
    if adding:
        rule.position = _place_for_new(others, rule)
    else:
        _among(rules, rule)
    _require_a_catch([*others, rule])
    rule.save()
    record("added" if adding else "changed", actor=actor, at=at)
    return rule


@transaction.atomic
def move(
    rule: RoutingRule, place: int, *, actor: Actor, at: datetime, seen: str | None = None
) -> None:
    """Put it at a place of the table, counted from 1; beyond either end is that end."""
    require_keeper(actor)
    rules = _locked(seen)
    places = [each.position for each in rules]
    moved = _among(rules, rule)
    rules.remove(moved)
    rules.insert(max(0, min(place - 1, len(rules))), moved)
    if _put(rules, places):
        record("moved", actor=actor, at=at)


@transaction.atomic
def remove(rule: RoutingRule, *, actor: Actor, at: datetime, seen: str | None = None) -> None:
    """Raises NotAllowed, ChangedMeanwhile, or NothingWouldCatch for the last one that catches
    everything."""
    require_keeper(actor)
    _require_a_catch([each for each in _locked(seen) if each.pk != rule.pk])
    rule.delete()
    record("removed", actor=actor, at=at)


def record(what: str, *, actor: Actor, at: datetime) -> None:
    label = RoutingRule._meta.label_lower
    kind = LedgerKind.ROUTING_CHANGED
    ledger.append(kind, actor=actor, at=at, object_kind=label, object_count=1, reason_code=what)


def check(rule: RoutingRule, *, at: datetime) -> None:
    """Raises InvalidInput for a policy that is not in force, a category that is not there, or a
    role that would get tickets and could not open them."""
    found: dict[str, list[Text]] = {}
    if problem := _problem_of_policy(rule.policy_code, at):
        found["policy_code"] = [problem]
    code = rule.category_code
    if code and not Category.objects.filter(code=code).exists():
        found["category_code"] = [_("没有这个类别。")]
    role = rule.role
    if role is not None and rule.kind not in OWN_OFFICE and HANDLE not in role.permissions:
        found["role"] = [_("此岗位没有处理工单的权限。")]
    if found:
        raise InvalidInput(fields=found)


def _problem_of_policy(code: str, at: datetime) -> Text:
    """A rule counts from the next ticket on, and so must what it promises."""
    versions = Policy.objects.filter(code=code, effective_from__isnull=False)
    if versions.filter(effective_from__lte=at).exists():
        return ""
    return _("这个时限政策尚未生效。") if versions.exists() else _("没有这个时限政策。")


def check_catching(rule: RoutingRule) -> None:
    """Raises NothingWouldCatch when this narrows the last rule that catches everything."""
    others = [each for each in in_order() if each.pk != rule.pk]
    _require_a_catch([*others, rule])


def something_catches() -> bool:
    return any(routing.catches_all(rule) for rule in in_order())


def _locked(seen: str | None) -> list[RoutingRule]:
    # a rule that somebody added meanwhile is found by the second question alone
    list(RoutingRule.objects.select_for_update().order_by("pk").values_list("pk"))
    rules = in_order()
    tags.require_unchanged(seen, tag(rules))
    return rules


def _among(rules: list[RoutingRule], rule: RoutingRule) -> RoutingRule:
    """Raises NotFound for one that somebody removed meanwhile."""
    found = next((each for each in rules if each.pk == rule.pk), None)
    if found is None:
        raise NotFound
    return found


def _require_a_catch(rules: list[RoutingRule]) -> None:
    if not any(routing.catches_all(rule) for rule in rules):
        raise NothingWouldCatch


def require_keeper(actor: Actor) -> None:
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


def _put(rules: list[RoutingRule], places: list[int]) -> int:
    """Give the rules these places in turn; returns how many moved. No two ever share one."""
    together = zip(rules, places, strict=True)
    moved = [(rule, place) for rule, place in together if rule.position != place]
    for rule, place in moved:
        RoutingRule.objects.filter(pk=rule.pk).update(position=-1 - place)
    RoutingRule.objects.filter(position__lt=0).update(position=-1 - F("position"))
    return len(moved)
