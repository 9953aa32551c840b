"""Categories, routing rules and policies as one value, kept by the process.

Every ticket needs them and they change a few times a month. One small statement reads the stamp
that triggers renew with every change; only a new stamp makes the process read them again, so that
none of several processes ever works with an old rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.clock_math import Duration, Step
from complaints.models import Category, LadderStep, Policy, RoutingRule, Ticket
from core.business_time import Basis, Calendar
from core.errors import DeskError, InvalidInput
from organisation.models import WorkCalendar
from organisation.services.calendars import calendar_for

STAMP = "(SELECT stamp FROM complaints_cataloguestamp)"


class PolicyUnknown(DeskError):
    code = "policy_unknown"
    message = gettext_lazy("适用的时限政策尚未生效，请联系管理员。")


@dataclass(frozen=True)
class Terms:
    """One version of a policy: how long each clock runs, and its ladder."""

    policy: Policy
    durations: Mapping[str, Duration]
    ladders: Mapping[str, tuple[Step, ...]]
    #: all versions of the policy's calendar and the regional ones that stand on them
    family: tuple[WorkCalendar, ...] = ()

    @property
    def calendar(self) -> Calendar:
        return calendar_for(self.policy.calendar)

    def regional(self, unit_path: str) -> WorkCalendar | None:
        """What a clock that starts there counts by instead of the policy's own calendar."""
        return regional(self.family, self.policy.calendar_id, unit_path)

    def calendar_of(self, calendar_id: int | None) -> Calendar:
        """What a clock counts by that started with this calendar; None is the policy's own."""
        found = next((row for row in self.family if row.pk == calendar_id), None)
        return calendar_for(found) if found is not None else self.calendar


def regional(family: Iterable[WorkCalendar], base_id: int, unit_path: str) -> WorkCalendar | None:
    """The one that stands on this base for the smallest region around a unit; of its versions the
    newest. A family is in that order."""
    for row in family:
        if row.base_id == base_id and row.unit and unit_path.startswith(row.unit.path):
            return row
    return None


@dataclass(frozen=True)
class Catalogue:
    """Read-only: rows in it are shared by all requests of the process."""

    stamp: UUID | None
    categories: Mapping[str, Category]
    rules: tuple[RoutingRule, ...]
    terms_by_id: Mapping[int, Terms]
    #: by code of the base: all its versions, the newest first, after those of regions, the smallest
    #: region first
    families: Mapping[str, Sequence[WorkCalendar]] = field(default_factory=dict)

    @cached_property
    def _versions(self) -> dict[str, list[Terms]]:
        found: dict[str, list[Terms]] = {}
        for terms in self.terms_by_id.values():
            found.setdefault(terms.policy.code, []).append(terms)
        return found

    @cached_property
    def rungs(self) -> dict[tuple[int, str], list[LadderStep]]:
        """Of every policy and kind of clock, the ladder with its roles, the lowest level first."""
        found: dict[tuple[int, str], list[LadderStep]] = defaultdict(list)
        for terms in self.terms_by_id.values():
            for step in sorted(terms.policy.ladder.all(), key=attrgetter("level")):
                found[step.policy_id, step.clock_kind].append(step)
        return dict(found)

    def category(self, code: str) -> Category:
        category = self.categories.get(code)
        if category is None or not category.active:
            raise InvalidInput(fields={"category": [_("没有这个类别。")]})
        return category

    def terms(self, code: str, at: datetime) -> Terms:
        """The newest version in force. Raises PolicyUnknown."""
        known = self._in_force(code, at)
        if not known:
            raise PolicyUnknown
        return known[max(known)]

    def _in_force(self, code: str, at: datetime) -> dict[tuple[datetime, int], Terms]:
        return {
            (since, terms.policy.version): terms
            for terms in self._versions.get(code, ())
            if (since := terms.policy.effective_from) is not None and since <= at
        }

    def fails_an_account(self, at: datetime) -> bool:
        """Whether a rule for key accounts alone promises what is not in force."""
        return any(rule.tier and not self._in_force(rule.policy_code, at) for rule in self.rules)

    def newest_calendar(self, own: WorkCalendar, unit_path: str) -> WorkCalendar:
        """What a clock should count by there, on a policy with this calendar of its own."""
        family = self.families[own.code]
        base = next((row for row in family if row.base_id is None), own)
        return regional(family, base.pk, unit_path) or base

    def role_of(self, category: Category) -> str | None:
        """The role that answers for the category, or for what it is a part of."""
        code = category.code
        while code:
            found = self.categories.get(code)
            if found is not None and found.role is not None:
                return found.role.code
            code = code.rpartition(".")[0]
        return None


_kept: Catalogue | None = None


def current() -> Catalogue:
    """What holds now: one statement while nothing has changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STAMP}")  # a constant
        row = cursor.fetchone()
    return at_stamp(row[0])


def remembered() -> Catalogue:
    """What this process knows, to look ahead with: it may have been replaced, and holds only once
    its stamp was read in the transaction."""
    return _kept or current()


def seen_with(ticket: Ticket) -> Catalogue:
    """What held when the ticket was read; a statement unless it was read `for_page`."""
    stamp: UUID | None = ticket.__dict__.get("catalogue_stamp")
    return current() if stamp is None else at_stamp(stamp)


def at_stamp(stamp: UUID | None) -> Catalogue:
    """The catalogue of a stamp read in this transaction, from memory when it is known."""
    global _kept  # noqa: PLW0603  # replaced as a whole, by whichever thread comes first
    found = _kept
    if found is None or stamp is None or found.stamp != stamp:
        found = _kept = _read(stamp)
    return found


def _read(stamp: UUID | None) -> Catalogue:
    categories = Category.objects.select_related("role", "parent").order_by("position", "code")
    rules = RoutingRule.objects.select_related("role", "unit").order_by("position")
    policies = Policy.objects.select_related("calendar").prefetch_related(
        "durations", "ladder__role"
    )
    families = _families()
    return Catalogue(
        stamp=stamp,
        categories={category.code: category for category in categories},
        rules=tuple(rules),
        terms_by_id={
            policy.pk: terms_of(policy, families[policy.calendar.code]) for policy in policies
        },
        families=families,
    )


def _families() -> dict[str, list[WorkCalendar]]:
    found: dict[str, list[WorkCalendar]] = defaultdict(list)
    rows = WorkCalendar.objects.select_related("unit", "base")
    in_order = models.F("unit__path").desc(nulls_last=True)
    for row in rows.order_by(in_order, "-version"):
        found[row.base.code if row.base else row.code].append(row)
    return found


def terms_of(policy: Policy, family: Sequence[WorkCalendar] = ()) -> Terms:
    ladders: dict[str, list[Step]] = {}
    for step in policy.ladder.all():
        ladders.setdefault(step.clock_kind, []).append(
            Step(step.level, step.percent, step.after_minutes)
        )
    return Terms(
        policy=policy,
        durations={
            each.clock_kind: Duration(each.duration_minutes, Basis(each.basis))
            for each in policy.durations.all()
        },
        ladders={kind: tuple(sorted(steps, key=_level)) for kind, steps in ladders.items()},
        family=tuple(family),
    )


def _level(step: Step) -> int:
    return step.level
