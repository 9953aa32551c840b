"""Roles and the default work calendar, shipped as data."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from core.actors import SYSTEM
from organisation import calendar_reader
from organisation.models import Role
from organisation.services import calendars

WORK: Final = ("tickets.view", "tickets.note", "tickets.reply", "tickets.view_reporter")
HANDLE: Final = (*WORK, "tickets.handle")
INTAKE: Final = ("tickets.create", "tickets.reveal_reporter", "callers.lookup", "residents.edit")
LEAD_OF_SUPPLIERS: Final = ("suppliers.view", "suppliers.analyse")
LEAD: Final = ("tickets.assign", "tickets.close", "tickets.extend", "history.view")
DECIDE: Final = ("escalations.receive", "escalations.decide", "tickets.supervise")
#: asks residents whether it is solved; key accounts are asked by their region
CALL: Final = ("callbacks.make",)
REGION: Final = ("callbacks.account", "accounts.view")

Permissions = tuple[str, ...]

ROLES: Final[tuple[tuple[str, str, str, Permissions], ...]] = (
    ("hotline_agent", "客服坐席", "Hotline agent", (*WORK, *INTAKE, *CALL)),
    (
        "hotline_supervisor",
        "客服主管",
        "Hotline supervisor",
        (*WORK, *INTAKE, *CALL, *LEAD, "tickets.supervise", "accounts.view", "quality.view"),
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
        (
            *HANDLE,
            *LEAD,
            *DECIDE,
            *LEAD_OF_SUPPLIERS,
            *CALL,
            "tickets.create",
            "tickets.reveal_reporter",
            "residents.edit",
        ),
    ),
    (
        "region_service_head",
        "区域客服负责人",
        "Regional head of customer service",
        (
            *HANDLE,
            *LEAD,
            *DECIDE,
            *INTAKE,
            *CALL,
            *REGION,
            *LEAD_OF_SUPPLIERS,
            "quality.view",
        ),
    ),
    (
        "region_general_manager",
        "区域总经理",
        "Regional general manager",
        (
            *WORK,
            *LEAD,
            *DECIDE,
            *REGION,
            *LEAD_OF_SUPPLIERS,
            "suppliers.approve",
            "tickets.reveal_reporter",
            "quality.view",
        ),
    ),
    (
        "group_executive",
        "集团分管高管",
        "Group executive",
        (
            *WORK,
            *DECIDE,
            *LEAD_OF_SUPPLIERS,
            "suppliers.approve",
            "tickets.assign",
            # above everybody else, and in the place of a duty officer (docs/adr/0080)
            "tickets.extend",
            "accounts.view",
            "history.view",
            "quality.view",
        ),
    ),
    (
        "duty_officer",
        "集团值班",
        "Duty officer",
        (*HANDLE, *LEAD, *DECIDE, *INTAKE, *CALL, *REGION, "duty.queue"),
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
        (*HANDLE, *INTAKE, "tickets.assign", "escalations.receive", "accounts.view"),
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
    (
        "legal_counsel",
        "法务专员",
        "Legal counsel",
        # notices about rights, and of other matters what lies with the post (docs/adr/0081)
        (
            "legal.view",
            "tickets.handle",
            "tickets.note",
            "tickets.reply",
            "tickets.close",
            "tickets.view_reporter",
            "tickets.reveal_reporter",
        ),
    ),
    (
        "procurement_manager",
        "采购经理",
        "Procurement manager",
        ("suppliers.view", "suppliers.manage"),
    ),
    ("administrator", "系统管理员", "Administrator", ("organisation.manage", "history.view")),
)

SHIPPED_DAYS: Final = Path(__file__).parent / "calendar_data" / "cn_state_council.csv"
CALENDAR_NAME: Final = "国务院节假日安排"


def load(at: datetime) -> None:
    for code, name, name_en, permissions in ROLES:
        _keep_role(code, {"name": name, "name_en": name_en, "permissions": sorted(permissions)})
    _keep_calendar(at)


def _keep_role(code: str, values: dict[str, Any]) -> None:
    """Saves only what differs: every save is a row of history."""
    role = Role.objects.filter(code=code).first() or Role(code=code)
    if role.pk and all(getattr(role, field) == value for field, value in values.items()):
        return
    for field, value in values.items():
        setattr(role, field, value)
    role.save()


def _keep_calendar(at: datetime) -> None:
    """Years the desk does not know yet make a new version. A year that it knows is left alone: it
    may have been imported here, from a later notice than the one shipped."""
    known = calendars.known_years(calendars.DEFAULT_CODE)
    with SHIPPED_DAYS.open(encoding="utf-8") as lines:
        days = [day for day in calendar_reader.read(lines) if day.on.year not in known]
    if days:
        sources = {year: notice_title(year) for year in calendars.whole_years(days)}
        calendars.announce(
            calendars.DEFAULT_CODE,
            days,
            sources=sources,
            actor=SYSTEM,
            at=at,
            name=CALENDAR_NAME,
        )


def notice_title(year: int) -> str:
    return f"国务院办公厅关于{year}年部分节假日安排的通知"
