"""Categories, policies and routing rules as shipped. Adds what is missing and leaves what an
installation has changed: its rules are its own from the first day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from complaints.enums import Basis, ClockKind, Severity
from complaints.models import AlertRule, Category, LadderStep, Policy, PolicyDuration, RoutingRule
from complaints.services import policy_versions, recomputation
from organisation.models import Role, WorkCalendar
from organisation.services.calendars import default_calendar

DATA: Final = Path(__file__).parent / "data"
DURATIONS: Final = (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE)
MAY_PROMISE: Final = (ClockKind.CALL_BACK,)
WITH_LADDER: Final = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE)

Row = Mapping[str, Any]


def load(at: datetime) -> None:
    roles = {role.code: role for role in Role.objects.all()}
    _add_categories(_read("categories.toml")["category"], roles)
    _add_policies(_read("policies.toml"), roles)
    _add_rules(_read("routing.toml")["rule"], roles)
    _add_alert_rules(_read("alerts.toml")["rule"])
    if policy_versions.follow_calendars(at):
        recomputation.order(f"reference:{at:%Y-%m-%dT%H:%M:%S}", at=at)


def load_demo_policy() -> None:
    """A policy in minutes, and the rule that gives it to ordinary complaints about noise. Only the
    demo calls this: nobody can keep such a promise."""
    roles = {role.code: role for role in Role.objects.all()}
    shipped = _read("demo_policy.toml")
    _add_policies(shipped, roles)
    _add_rules(shipped["rule"], roles)


@cache
def _read(name: str) -> dict[str, Any]:
    with (DATA / name).open("rb") as file:
        return tomllib.load(file)


def _add_categories(rows: list[Row], roles: Mapping[str, Role]) -> None:
    known = {category.code: category for category in Category.objects.all()}
    for position, row in enumerate(rows):
        code = row["code"]
        if code not in known:
            known[code] = Category.objects.create(
                code=code,
                parent=known.get(code.rpartition(".")[0]),
                name=row["name"],
                name_en=row["name_en"],
                keywords=row["keywords"],
                severity=row.get("severity", Severity.ORDINARY),
                role=roles[row["role"]] if "role" in row else None,
                evidence_to_close=row.get("evidence_to_close", False),
                round_the_clock=row.get("round_the_clock", False),
                position=position,
            )


def _add_policies(shipped: Row, roles: Mapping[str, Role]) -> None:
    known = set(Policy.objects.values_list("code", flat=True))
    calendar = default_calendar()
    for row in shipped["policy"]:
        if row["code"] not in known:
            policy = _policy(row, calendar, shipped["effective_from"])
            policy_versions.create(policy, _durations(row), _ladder(row, shipped, roles))


def _ladder(row: Row, shipped: Row, roles: Mapping[str, Role]) -> list[LadderStep]:
    """The policy's own, or everybody's; a level may be of one clock alone."""
    steps = [
        _step(step, kind, roles)
        for kind in WITH_LADDER
        for step in row.get("ladder", shipped["ladder"])
        if step.get("clock", kind) == kind
    ]
    if ClockKind.CALL_BACK in row:
        asked = shipped["call_back_ladder"]
        steps += [_step(step, ClockKind.CALL_BACK, roles) for step in asked]
    return steps


def _policy(row: Row, calendar: WorkCalendar, effective_from: datetime) -> Policy:
    return Policy(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        calendar=calendar,
        effective_from=effective_from,
    )


def _durations(row: Row) -> list[PolicyDuration]:
    found = []
    for kind in (*DURATIONS, *(kind for kind in MAY_PROMISE if kind in row)):
        minutes, basis = row[kind]
        found.append(PolicyDuration(clock_kind=kind, duration_minutes=minutes, basis=Basis(basis)))
    return found


def _step(row: Row, kind: ClockKind, roles: Mapping[str, Role]) -> LadderStep:
    return LadderStep(
        clock_kind=kind,
        level=row["level"],
        percent=row.get("percent"),
        after_minutes=row.get("after_minutes"),
        role=roles[row["role"]] if "role" in row else None,
        effect=row["effect"],
    )


def _add_rules(rows: list[Row], roles: Mapping[str, Role]) -> None:
    """By position: a place that is taken, by whatever rule, stays as it is."""
    taken = set(RoutingRule.objects.values_list("position", flat=True))
    RoutingRule.objects.bulk_create(
        RoutingRule(
            position=row["position"],
            kind=row.get("kind", ""),
            category_code=row.get("category", ""),
            severity=row.get("severity", ""),
            channel=row.get("channel", ""),
            tier=row.get("tier", ""),
            role=roles[row["role"]] if "role" in row else None,
            policy_code=row["policy"],
        )
        for row in rows
        if row["position"] not in taken
    )


def _add_alert_rules(rows: list[Row]) -> None:
    categories = {category.code: category for category in Category.objects.all()}
    known = set(AlertRule.objects.values_list("system_kind", "alarm_code"))
    AlertRule.objects.bulk_create(
        AlertRule(
            system_kind=row["system"],
            alarm_code=row.get("code", ""),
            name=row["name"],
            name_en=row["name_en"],
            category=categories[row["category"]],
            severity=row.get("severity", ""),
        )
        for row in rows
        if (row["system"], row.get("code", "")) not in known
    )
