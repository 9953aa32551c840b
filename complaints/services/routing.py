"""Who gets a new ticket, and under which policy: the first rule that matches, by position."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from complaints.models import Category, RoutingRule
from complaints.querysets import GATED
from complaints.services.catalogue import Catalogue, Terms
from core.errors import DeskError
from organisation.models import Post, Unit
from organisation.services import posts

#: takes what has no role of its own: whoever answers for the site as a whole
FALLBACK_ROLE: Final = "project_manager"


class NoRuleMatches(DeskError):
    code = "no_rule_matches"
    message = _("没有适用的派单规则，请联系管理员。")


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules ask about a ticket."""

    kind: str
    category: Category
    severity: str
    channel: str
    tier: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Route:
    """Why (`rule`), who (`post`), and by when (`terms`)."""

    rule: RoutingRule
    post: Post
    terms: Terms


def route(
    facts: Facts, catalogue: Catalogue, *, at: datetime, named_staff: Collection[int] = ()
) -> Route:
    """Where a ticket goes. The post is the nearest one upward that somebody fills who is neither
    named by the ticket nor shares the post with one who is; at the end stands the duty queue."""
    rule = first_match(catalogue.rules, facts)
    terms = catalogue.terms(rule.policy_code, at)
    role = rule.role.code if rule.role else catalogue.role_of(facts.category) or FALLBACK_ROLE
    on = posts.local_date(at)
    post = posts.nearest(facts.unit, role, on=on, without_staff=named_staff)
    # whoever answers for the site may be the matter of a kind that only some may see
    if post is None and role != FALLBACK_ROLE and facts.kind not in GATED:
        post = posts.nearest(facts.unit, FALLBACK_ROLE, on=on, without_staff=named_staff)
    return Route(rule, post or posts.duty_queue(at=at, without_staff=named_staff), terms)


def first_match(rules: Iterable[RoutingRule], facts: Facts) -> RoutingRule:
    """The dry run: which rule a ticket like this would match. Raises NoRuleMatches."""
    for rule in rules:
        if matches(rule, facts):
            return rule
    raise NoRuleMatches


def matches(rule: RoutingRule, facts: Facts) -> bool:
    """An empty field of a rule matches everything; a unit matches its whole subtree."""
    return (
        rule.kind in ("", facts.kind)
        and rule.severity in ("", facts.severity)
        and rule.channel in ("", facts.channel)
        and rule.tier in ("", facts.tier)
        and _category_matches(rule.category_code, facts.category.code)
        and (rule.unit is None or facts.unit.path.startswith(rule.unit.path))
    )


def _category_matches(wanted: str, code: str) -> bool:
    return wanted in ("", code) or code.startswith(f"{wanted}.")
