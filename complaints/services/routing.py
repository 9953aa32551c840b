"""Who gets a new ticket, and under which policy: the first rule that matches, by position."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from complaints.models import Category, RoutingRule
from complaints.querysets import GATED
from complaints.services import balancing
from complaints.services.catalogue import Catalogue, Terms
from core.errors import DeskError
from organisation.models import Post, Unit
from organisation.services import posts

#: takes what has no role of its own: whoever answers for the site as a whole
FALLBACK_ROLE: Final = "project_manager"


NOTHING_LOOKED_UP: Final[Mapping[str, int | None]] = {}

#: looks after key accounts
MANAGER_ROLE: Final = "key_account_manager"


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
    account_manager: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What the rules say, before anybody is looked for: why, to which role, and by when."""

    rule: RoutingRule
    role: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Route:
    """Why (`rule`), who, and by when (`terms`)."""

    rule: RoutingRule
    post_id: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that came before and does not match, and by which of its fields."""

    rule: RoutingRule
    fields: tuple[str, ...]


def course(facts: Facts, catalogue: Catalogue, *, at: datetime) -> Course:
    """Raises NoRuleMatches, or PolicyUnknown."""
    rule = first_match(catalogue.rules, facts)
    terms = catalogue.terms(rule.policy_code, at)
    role = rule.role.code if rule.role else catalogue.role_of(facts.category) or FALLBACK_ROLE
    return Course(rule, role, terms)


def route(
    facts: Facts, catalogue: Catalogue, *, at: datetime, named_staff: Collection[int] = ()
) -> Route:
    """Where a ticket goes, by the rules of the catalogue. Raises as `course`."""
    return follow(course(facts, catalogue, at=at), facts, at=at, named_staff=named_staff)


def follow(
    way: Course,
    facts: Facts,
    *,
    at: datetime,
    named_staff: Collection[int] = (),
    looked_up: Mapping[str, int | None] = NOTHING_LOOKED_UP,
) -> Route:
    """The post is the nearest one upward for which somebody answers, neither named by the ticket
    nor sharing the post with one who is; of several there the one with the least open work; at the
    end stands the duty queue. What is for the managers of key accounts goes to the one whom the
    account names. `looked_up` are answers of `balancing.nearest` for nobody in particular that this
    transaction has, by role."""

    def nearest(role: str) -> int | None:
        if role in looked_up and not named_staff:
            return looked_up[role]
        return balancing.nearest(facts.unit, role, at=at, without_staff=named_staff)

    found = _named_manager(facts, way.role, at, named_staff) or nearest(way.role)
    # whoever answers for the site may be the matter of a kind that only some may see
    if found is None and way.role != FALLBACK_ROLE and facts.kind not in GATED:
        found = nearest(FALLBACK_ROLE)
    if found is None:
        found = posts.duty_queue(at=at, without_staff=named_staff).pk
    return Route(way.rule, found, way.terms)


def _named_manager(facts: Facts, role: str, at: datetime, without: Collection[int]) -> int | None:
    if facts.account_manager is None:
        return None
    manager = _manager(facts.account_manager, role, at, without)
    return manager.pk if manager else None


def _manager(post_id: int, role: str, at: datetime, without: Collection[int]) -> Post | None:
    valid = Post.objects.valid_on(posts.local_date(at)).answered_at(at)
    here = valid.filter(pk=post_id, role__code=role)
    return here.not_touching(without).with_people().first()


def manager_to_tell(
    post_id: int | None,
    manager_id: int | None,
    unit: Unit,
    *,
    at: datetime,
    without: Collection[int],
) -> Post | None:
    """Who looks after the key account whose matter a post has that is not theirs, as those on the
    spot have one of safety: the manager whom it names, or the nearest where they are named
    themselves or nobody answers for the post. None where there is no account."""
    if manager_id is None or manager_id == post_id:
        return None
    named = _manager(manager_id, MANAGER_ROLE, at, without)
    found = named or posts.nearest(unit, MANAGER_ROLE, at=at, without_staff=without)
    return found if found is not None and found.pk != post_id else None


def first_match(rules: Iterable[RoutingRule], facts: Facts) -> RoutingRule:
    """Raises NoRuleMatches."""
    for rule in rules:
        if matches(rule, facts):
            return rule
    raise NoRuleMatches


def misses(rules: Iterable[RoutingRule], facts: Facts) -> list[Miss]:
    """The rules that were asked before the first that matches, and why each did not."""
    found: list[Miss] = []
    for rule in rules:
        fields = tuple(name for name, holds in CONDITIONS.items() if not holds(rule, facts))
        if not fields:
            break
        found.append(Miss(rule, fields))
    return found


def matches(rule: RoutingRule, facts: Facts) -> bool:
    """An empty field of a rule matches everything; a unit matches its whole subtree."""
    return all(holds(rule, facts) for holds in CONDITIONS.values())


def _category_matches(rule: RoutingRule, facts: Facts) -> bool:
    wanted, code = rule.category_code, facts.category.code
    return wanted in ("", code) or code.startswith(f"{wanted}.")


def _unit_matches(rule: RoutingRule, facts: Facts) -> bool:
    return rule.unit is None or facts.unit.path.startswith(rule.unit.path)


#: by the field of a rule: whether a ticket meets it
CONDITIONS: Final[Mapping[str, Callable[[RoutingRule, Facts], bool]]] = {
    "kind": lambda rule, facts: rule.kind in ("", facts.kind),
    "category": _category_matches,
    "severity": lambda rule, facts: rule.severity in ("", facts.severity),
    "channel": lambda rule, facts: rule.channel in ("", facts.channel),
    "tier": lambda rule, facts: rule.tier in ("", facts.tier),
    "unit": _unit_matches,
}


def catches_all(rule: RoutingRule) -> bool:
    return rule.unit is None and not any(
        (rule.kind, rule.category_code, rule.severity, rule.channel, rule.tier)
    )
