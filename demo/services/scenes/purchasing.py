"""Suppliers: whom to call, grades that two people give, and what was decided about complaints."""

from __future__ import annotations

from datetime import timedelta

from complaints.periods import Period
from complaints.services import suppliers as analysis
from demo.services.stage import Stage, acting_for
from organisation.enums import GradeDecision, GradeReason, SupplierGrade
from organisation.models import GradeChange, Supplier, SupplierContract
from organisation.services import suppliers
from organisation.services.posts import local_date

CONTACTS = (("S-001", "罗经理", "13800007001"), ("S-011", "唐工", "13800007011"))


def play(stage: Stage) -> None:
    _contacts(stage)
    _grades(stage)
    _follow_ups(stage)


def _contacts(stage: Stage) -> None:
    for code, name, phone in CONTACTS:
        suppliers.add_contact(
            Supplier.objects.get(code=code), name, phone,
            actor=stage.staff("procurement_manager"), at=stage.ago(days=80),
        )  # fmt: skip


def _propose(stage: Stage, code: str, grade: str, reason: str, days: int) -> GradeChange:
    return suppliers.propose(
        Supplier.objects.get(code=code), grade, reason=reason,
        actor=stage.staff("procurement_manager"), at=stage.ago(days=days),
    )  # fmt: skip


def _grades(stage: Stage) -> None:
    """Two wait for a second person, one was approved, one refused."""
    general, executive = stage.staff("region_general_manager"), stage.staff("group_executive")
    _propose(stage, "S-002", SupplierGrade.GROUP_STRATEGIC, GradeReason.YEARLY_REVIEW, 2)
    _propose(stage, "S-012", SupplierGrade.UNQUALIFIED, GradeReason.COMPLAINTS, 1)
    for code, decision, days in (
        ("S-016", GradeDecision.APPROVED, 30),
        ("S-018", GradeDecision.REFUSED, 20),
    ):
        change = _propose(
            stage, code, SupplierGrade.REGION_STRATEGIC, GradeReason.CONTRACT_RESULT, days + 3
        )
        who = general if decision is GradeDecision.APPROVED else executive
        suppliers.decide(change, decision, actor=who, at=stage.ago(days=days))


def _follow_ups(stage: Stage) -> None:
    manager, today = stage.post("project_manager"), local_date(stage.at)
    contracts = SupplierContract.objects.filter(unit=stage.here).select_related("unit")
    by_service = {one.supplier.service: one for one in contracts.select_related("supplier", "unit")}
    for service, measure, ago, days, done in (
        ("lifts", "维保由月检改半月检，门机故障 4 小时内到场。", 12, 20, False),
        ("cleaning", "垃圾清运由每日一次改两次，周末不停。", 25, 10, True),
        ("security", "夜班巡更点位加密，每周抽查打卡记录。", 30, 12, False),
    ):
        at = stage.ago(days=ago)
        entry = analysis.follow_up(
            by_service[service], Period.month_of(today).shifted(-1), measure=measure,
            owner=manager, due_on=local_date(at) + timedelta(days=days),
            actor=acting_for(manager), at=at,
        )  # fmt: skip
        if done:
            analysis.finish(entry, actor=acting_for(manager), at=at + timedelta(days=8))
