"""Roles and the default work calendar, shipped as data."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from core.business_time import OFFICE_HOURS
from organisation.enums import DayKind
from organisation.models import CalendarDay, CalendarInterval, CalendarYear, Role, WorkCalendar
from organisation.services.calendars import DEFAULT_CODE

WORK: Final = ("tickets.view", "tickets.note", "tickets.reply", "tickets.view_reporter")
HANDLE: Final = (*WORK, "tickets.handle")
INTAKE: Final = ("tickets.create", "tickets.reveal_reporter", "callers.lookup", "residents.edit")
LEAD: Final = ("tickets.assign", "tickets.close", "history.view")
DECIDE: Final = ("escalations.receive", "escalations.decide")

Permissions = tuple[str, ...]

ROLES: Final[tuple[tuple[str, str, str, Permissions], ...]] = (
    ("hotline_agent", "客服坐席", "Hotline agent", (*WORK, *INTAKE)),
    (
        "hotline_supervisor",
        "客服主管",
        "Hotline supervisor",
        (*WORK, *INTAKE, *LEAD, "quality.view"),
    ),
    ("dispatcher", "调度员", "Dispatcher", (*WORK, "tickets.create", "tickets.assign")),
    (
        "steward",
        "管家",
        "Steward",
        (*HANDLE, "tickets.create", "tickets.reveal_reporter"),
    ),
    ("engineer", "工程师", "Engineer", HANDLE),
    ("security_lead", "秩序主管", "Security lead", HANDLE),
    (
        "project_manager",
        "项目经理",
        "Project manager",
        (*HANDLE, *LEAD, *DECIDE, "tickets.create", "tickets.reveal_reporter", "residents.edit"),
    ),
    (
        "region_service_head",
        "区域客服负责人",
        "Regional head of customer service",
        (*HANDLE, *LEAD, *DECIDE, *INTAKE, "quality.view"),
    ),
    (
        "region_general_manager",
        "区域总经理",
        "Regional general manager",
        (*WORK, *LEAD, *DECIDE, "quality.view"),
    ),
    (
        "group_executive",
        "集团分管高管",
        "Group executive",
        (*WORK, *DECIDE, "tickets.assign", "history.view", "quality.view"),
    ),
    (
        "duty_officer",
        "集团值班",
        "Duty officer",
        (*HANDLE, *LEAD, *DECIDE, *INTAKE, "duty.queue"),
    ),
    (
        "quality_manager",
        "品质经理",
        "Quality manager",
        ("quality.view", "quality.plan", "tickets.view", "history.view"),
    ),
    ("inspector", "检查员", "Inspector", ("quality.view", "quality.inspect")),
    (
        "privacy_officer",
        "个人信息保护负责人",
        "Privacy officer",
        ("privacy.view", "privacy.verify", "privacy.plan", "history.view"),
    ),
    (
        "privacy_approver",
        "个人信息请求审批人",
        "Privacy approver",
        ("privacy.view", "privacy.approve"),
    ),
    (
        "key_account_manager",
        "大客户经理",
        "Key account manager",
        (*HANDLE, *INTAKE, "tickets.assign", "escalations.receive"),
    ),
    (
        "discipline_inspector",
        "纪检监察员",
        "Discipline inspector",
        (
            "integrity.view",
            "tickets.handle",
            "tickets.note",
            "tickets.reply",
            "tickets.close",
            "tickets.view_reporter",
            "tickets.reveal_reporter",
        ),
    ),
    ("administrator", "系统管理员", "Administrator", ("organisation.manage", "history.view")),
)

DAYS: Final = Path(__file__).parent / "calendar_data" / "cn_state_council.csv"
WORKING_WEEK: Final = range(1, 6)


@dataclass(frozen=True)
class CalendarContent:
    """All that a version of a calendar says, to tell whether a new version is needed."""

    intervals: frozenset[tuple[int, int, int]]
    days: frozenset[tuple[date, str, str]]
    years: frozenset[tuple[int, str]]


def load(at: datetime) -> None:
    for code, name, name_en, permissions in ROLES:
        _keep_role(code, {"name": name, "name_en": name_en, "permissions": sorted(permissions)})
    _keep_calendar(shipped_calendar(), at)


def shipped_calendar() -> CalendarContent:
    """The working week of the offices, with the days announced by the State Council."""
    week = {(weekday, start, end) for weekday in WORKING_WEEK for start, end in OFFICE_HOURS}
    days = frozenset(_days())
    return CalendarContent(frozenset(week), days, frozenset(_years(days)))


def _keep_role(code: str, values: dict[str, Any]) -> None:
    """Saves only what differs: every save is a row of history."""
    role = Role.objects.filter(code=code).first() or Role(code=code)
    if role.pk and all(getattr(role, field) == value for field, value in values.items()):
        return
    for field, value in values.items():
        setattr(role, field, value)
    role.save()


def _keep_calendar(shipped: CalendarContent, at: datetime) -> None:
    """What was announced anew becomes a new version: clocks of the old one stay explicable."""
    newest = WorkCalendar.objects.filter(code=DEFAULT_CODE).order_by("-version").first()
    if newest and _content_of(newest) == shipped:
        return
    calendar = WorkCalendar.objects.create(
        code=DEFAULT_CODE,
        version=newest.version + 1 if newest else 1,
        name="国务院节假日安排",
        created_at=at,
    )
    CalendarInterval.objects.bulk_create(
        CalendarInterval(calendar=calendar, weekday=day, start_minutes=start, end_minutes=end)
        for day, start, end in sorted(shipped.intervals)
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, day_on=day, kind=kind, name=name)
        for day, kind, name in sorted(shipped.days)
    )
    CalendarYear.objects.bulk_create(
        CalendarYear(calendar=calendar, year=year, source=source)
        for year, source in sorted(shipped.years)
    )


def _content_of(row: WorkCalendar) -> CalendarContent:
    return CalendarContent(
        frozenset(row.intervals.values_list("weekday", "start_minutes", "end_minutes")),
        frozenset(row.days.values_list("day_on", "kind", "name")),
        frozenset(row.years.values_list("year", "source")),
    )


def _days() -> Iterator[tuple[date, str, str]]:
    with DAYS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield date.fromisoformat(row["date"]), DayKind(row["kind"]).value, row["name"]


def _years(days: Iterable[tuple[date, str, str]]) -> Iterator[tuple[int, str]]:
    """A year is known once its New Year's Day is in the file: notices cover whole years."""
    for day, _, _ in days:
        if (day.month, day.day) == (1, 1):
            yield day.year, f"国务院办公厅关于{day.year}年部分节假日安排的通知"
