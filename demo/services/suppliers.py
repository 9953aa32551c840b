"""Two dozen suppliers with contracts for the demo's communities, and the complaints about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from django.db.models import Q

from complaints.enums import Kind, SupplierRole
from complaints.models import Ticket, TicketSupplier
from organisation.enums import GradeDecision, GradeReason, SupplierGrade, SupplierService
from organisation.models import GradeChange, Post, Supplier, SupplierContract, Unit
from organisation.services.posts import local_date
from organisation.services.suppliers import a_year_after

S, G = SupplierService, SupplierGrade
SUPPLIERS: Final = (
    ("碧湾保洁服务", S.CLEANING, G.GROUP_STRATEGIC),
    ("净里清洁", S.CLEANING, G.REGION_STRATEGIC),
    ("晨帚环境服务", S.CLEANING, G.QUALIFIED),
    ("洁域物业保洁", S.CLEANING, G.UNQUALIFIED),
    ("磐守保安服务", S.SECURITY, G.GROUP_STRATEGIC),
    ("安垣秩序维护", S.SECURITY, G.REGION_STRATEGIC),
    ("守望者保安", S.SECURITY, G.QUALIFIED),
    ("叶上园林养护", S.GREENING, G.REGION_STRATEGIC),
    ("青藤绿化", S.GREENING, G.QUALIFIED),
    ("木棉园艺", S.GREENING, G.QUALIFIED),
    ("升稳电梯维保", S.LIFTS, G.REGION_STRATEGIC),
    ("立程电梯", S.LIFTS, G.QUALIFIED),
    ("云阶电梯工程", S.LIFTS, G.QUALIFIED),
    ("赤盾消防技术", S.FIRE, G.QUALIFIED),
    ("安焰消防维保", S.FIRE, G.QUALIFIED),
    ("匠通工程维修", S.ENGINEERING, G.QUALIFIED),
    ("固瓦防水工程", S.ENGINEERING, G.QUALIFIED),
    ("泊序停车科技", S.PARKING, G.QUALIFIED),
    ("捷闸停车系统", S.PARKING, G.QUALIFIED),
    ("清途环卫", S.WASTE, G.QUALIFIED),
    ("绿周清运", S.WASTE, G.QUALIFIED),
    ("无虞有害生物防治", S.PESTS, G.QUALIFIED),
    ("清泉二次供水", S.WATER, G.QUALIFIED),
    ("澄澈水箱清洗", S.WATER, G.QUALIFIED),
)
#: categories that are a supplier's work
WORK: Final = {
    S.CLEANING: ("cleaning",),
    S.SECURITY: ("security",),
    S.GREENING: ("greening",),
    S.LIFTS: ("lifts",),
    S.FIRE: ("public_facilities",),
    S.ENGINEERING: ("engineering",),
    S.PARKING: ("parking",),
    S.WASTE: ("environment",),
}
EVERYWHERE: Final = (S.CLEANING, S.SECURITY, S.GREENING, S.LIFTS)
SHARE_SAID: Final = 0.6
CONTRACT_DAYS: Final = 730


def build(communities: list[Unit], *, at: datetime, random: Random) -> None:
    today = local_date(at)
    suppliers = _suppliers(today)
    _grades(suppliers, at)
    contracts = SupplierContract.objects.bulk_create(_contracts(suppliers, communities, today))
    for contract in contracts:
        _link(contract, random)


def _suppliers(today: date) -> list[Supplier]:
    graded_on = today - timedelta(days=90)
    return Supplier.objects.bulk_create(
        [
            Supplier(
                code=f"S-{number:03d}",
                name=name,
                service=service,
                grade=grade,
                graded_on=graded_on,
                barred_until=a_year_after(graded_on) if grade == G.UNQUALIFIED else None,
            )
            for number, (name, service, grade) in enumerate(SUPPLIERS, start=1)
        ]
    )


def _grades(suppliers: list[Supplier], at: datetime) -> None:
    """What led from "qualified", with which everybody begins, to the grade of today."""
    buyer = Post.objects.filter(role__code="procurement_manager").first()
    executive = Post.objects.filter(role__code="group_executive").first()
    if buyer is None or executive is None or buyer.holder_id is None:
        return
    GradeChange.objects.bulk_create(
        [
            GradeChange(
                supplier=one,
                before=G.QUALIFIED,
                grade=one.grade,
                reason=GradeReason.COMPLAINTS
                if one.grade == G.UNQUALIFIED
                else GradeReason.YEARLY_REVIEW,
                on=one.graded_on,
                proposed_by_id=buyer.holder_id,
                proposed_at=at - timedelta(days=91),
                decision=GradeDecision.APPROVED,
                decided_by_id=executive.holder_id,
                decided_at=at - timedelta(days=90),
            )
            for one in suppliers
            if one.grade != G.QUALIFIED
        ]
    )


def _contracts(
    suppliers: list[Supplier], communities: list[Unit], today: date
) -> list[SupplierContract]:
    """One supplier of each service for each of the first communities, in turn; what an unqualified
    one has left ended with its grade."""
    by_service: dict[str, list[Supplier]] = {}
    for supplier in suppliers:
        by_service.setdefault(supplier.service, []).append(supplier)
    began = today - timedelta(days=400)
    return [
        SupplierContract(
            supplier=(chosen := offered[place % len(offered)]),
            unit=unit,
            number=f"HT{began.year}-{chosen.code[2:]}-{place + 1:02d}",
            from_on=began,
            until_on=chosen.graded_on
            if chosen.grade == G.UNQUALIFIED
            else began + timedelta(days=CONTRACT_DAYS),
        )
        for place, unit in enumerate(communities[:12])
        for offered in _of_use(by_service, place)
    ]


def _of_use(by_service: dict[str, list[Supplier]], place: int) -> list[list[Supplier]]:
    """The four services that every community buys, and one of the others in turn."""
    offered = [suppliers for service, suppliers in by_service.items() if service in EVERYWHERE]
    rest = [suppliers for service, suppliers in by_service.items() if service not in EVERYWHERE]
    return [*offered, rest[place % len(rest)]]


def _link(contract: SupplierContract, random: Random) -> None:
    work = Q()
    for code in WORK.get(SupplierService(contract.supplier.service), ()):
        work |= Q(category__code=code) | Q(category__code__startswith=f"{code}.")
    if not work:
        return
    said = Ticket.objects.filter(
        work, unit=contract.unit, kind__in=(Kind.COMPLAINT, Kind.SUGGESTION)
    ).values_list("pk", "received_at")
    TicketSupplier.objects.bulk_create(
        [
            TicketSupplier(
                ticket_id=pk,
                supplier=contract.supplier,
                role=SupplierRole.ABOUT,
                noted_at=received_at,
            )
            for pk, received_at in said
            if random.random() < SHARE_SAID
        ]
    )
