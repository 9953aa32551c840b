"""Rows for tests. What a service creates is created by the service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import factory
from factory.django import DjangoModelFactory
from simple_history.utils import bulk_create_with_history

from complaints.models import FollowUpCode
from core.actors import SYSTEM, Actor
from core.clock import database_now
from core.models import MachineKey
from organisation.enums import UnitLevel
from organisation.models import (
    Building,
    Dwelling,
    LegalEntity,
    Post,
    Role,
    Staff,
    Supplier,
    SupplierContract,
    Unit,
)
from organisation.services import machine_keys
from organisation.services.machine_keys import Issued, NewKey

#: a Wednesday morning of an ordinary week, 10:00 in Shanghai
A_MORNING = dt.datetime(2026, 3, 4, 2, 0, tzinfo=dt.UTC)


class StaffFactory(DjangoModelFactory[Staff]):
    class Meta:
        model = Staff
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    name = factory.Sequence(lambda n: f"员工{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@desk.example")
    password = factory.django.Password("correct horse battery")


class LegalEntityFactory(DjangoModelFactory[LegalEntity]):
    class Meta:
        model = LegalEntity
        django_get_or_create = ("credit_code",)

    name = "金科物业服务集团有限公司"
    credit_code = "91500000203000000X"


def make_unit(
    code: str, *, parent: Unit | None = None, level: UnitLevel | None = None, **fields: Any
) -> Unit:
    """A node of the tree; the root when there is no parent."""
    level = level or (UnitLevel.GROUP if parent is None else UnitLevel.COMMUNITY)
    if level == UnitLevel.COMMUNITY:
        fields.setdefault("legal_entity", LegalEntityFactory())
    values = {"code": code, "name": fields.pop("name", code), "level": level, **fields}
    if parent is None:
        return Unit.objects.add_root(values)
    # treebeard counts children on the instance it was given
    return Unit.objects.add_child(Unit.objects.get(pk=parent.pk), values)


def make_post(role: str, unit: Unit, holder: Staff | None = None, **fields: Any) -> Post:
    """A post since 2000; `holder=None` makes one who holds it, `vacant=True` leaves it empty."""
    vacant = fields.pop("vacant", False)
    return Post.objects.create(
        role=Role.objects.get(code=role),
        unit=unit,
        holder=None if vacant else holder or StaffFactory(),
        valid_from=fields.pop("valid_from", dt.date(2000, 1, 1)),
        **fields,
    )


class Company:
    """A group with one region, a city and two communities, and the posts of the ladder filled.

    Most tests begin with it: its rows are written many at a time, and are those that `make_unit`
    and `make_post` would have written one by one."""

    def __init__(self) -> None:
        self._units()
        self.building = Building.objects.create(unit=self.community, name="1 栋")
        self.dwelling = Dwelling.objects.create(building=self.building, room="1-101")
        self._posts()

    def _units(self) -> None:
        owner = {"level": UnitLevel.COMMUNITY, "legal_entity": LegalEntityFactory()}
        self.group = _node(None, 1, "G", level=UnitLevel.GROUP)
        self.region = _node(self.group, 1, "R1", level=UnitLevel.REGION)
        self.city = _node(self.region, 1, "C1", level=UnitLevel.CITY)
        self.community = _node(self.city, 1, "X1", **owner)
        self.other_community = _node(self.city, 2, "X2", **owner)
        self.other_region = _node(self.group, 2, "R2", level=UnitLevel.REGION)
        self.far_community = _node(self.other_region, 1, "X3", **owner)
        Unit.objects.bulk_create(
            [
                self.group, self.region, self.city, self.community, self.other_community,
                self.other_region, self.far_community,
            ]
        )  # fmt: skip

    def _posts(self) -> None:
        wanted = {
            "agent": ("hotline_agent", self.group),
            "dispatcher": ("dispatcher", self.group),
            "duty": ("duty_officer", self.group),
            "executive": ("group_executive", self.group),
            "region_head": ("region_service_head", self.region),
            "region_manager": ("region_general_manager", self.region),
            "manager": ("project_manager", self.community),
            "steward": ("steward", self.community),
            "engineer": ("engineer", self.community),
            "other_manager": ("project_manager", self.other_community),
            "other_steward": ("steward", self.other_community),
            "far_steward": ("steward", self.far_community),
        }
        roles = {role.code: role for role in Role.objects.all()}
        holders = Staff.objects.bulk_create(StaffFactory.build_batch(len(wanted)))
        posts = [
            Post(role=roles[role], unit=unit, holder=holder, valid_from=dt.date(2000, 1, 1))
            for (role, unit), holder in zip(wanted.values(), holders, strict=True)
        ]
        written = bulk_create_with_history(posts, Post)
        vars(self).update(zip(wanted, written, strict=True))


def _node(parent: Unit | None, number: int, code: str, **fields: Any) -> Unit:
    """The so-manieth child, not yet written."""
    above, depth = (parent.path, parent.depth + 1) if parent else ("", 1)
    if parent:
        parent.numchild += 1
    path = Unit._get_path(above, depth, number)
    return Unit(path=path, depth=depth, numchild=0, code=code, name=code, **fields)


class SupplierFactory(DjangoModelFactory[Supplier]):
    class Meta:
        model = Supplier

    code = factory.Sequence(lambda n: f"S-{n:03d}")
    name = factory.Sequence(lambda n: f"供应商{n}")
    service = "cleaning"
    graded_on = dt.date(2026, 1, 5)


class SupplierContractFactory(DjangoModelFactory[SupplierContract]):
    class Meta:
        model = SupplierContract

    supplier = factory.SubFactory(SupplierFactory)
    number = factory.Sequence(lambda n: f"HT-{n:04d}")
    from_on = dt.date(2025, 1, 1)
    until_on = dt.date(2030, 1, 1)


class FollowUpCodeFactory(DjangoModelFactory[FollowUpCode]):
    class Meta:
        model = FollowUpCode

    code_hash = factory.Sequence(lambda n: n.to_bytes(32))
    issued_at = A_MORNING


def make_person(
    name: str = "张三", phone: str = "13812345678", dwelling: Dwelling | None = None, **fields: Any
) -> Any:
    """A resident, written down by the service; `subject_id` is who they are."""
    from residents.services import people

    fields = {"actor": SYSTEM, "at": A_MORNING, **fields}
    return people.register(name, phone, dwelling, **fields)


def make_ticket(company: Company, **fields: Any) -> Any:
    """An ordinary complaint about noise in the company's dwelling, taken in by the hotline."""
    from complaints.services import intake

    actor = fields.pop("actor", Actor.staff(company.agent.holder_id))
    at = fields.pop("at", A_MORNING)
    values = {
        "kind": "complaint",
        "category_code": "noise",
        "channel": "hotline",
        "body": "楼上装修太吵，晚上十点还在施工",
        "dwelling": company.dwelling,
        **fields,
    }
    return intake.submit(intake.NewTicket(**values), actor=actor, at=at)


def make_machine_key(*scopes: str, unit_codes: Collection[str] = ("G",), **fields: Any) -> Issued:
    """A key of an outside system with its secret; columns may be set past what issuing allows."""
    at = database_now()
    new = NewKey("外部系统", scopes or ("calls.report",), unit_codes, at + dt.timedelta(days=30))
    issued = machine_keys.issue(new, actor=SYSTEM, at=at)
    MachineKey.objects.filter(pk=issued.key.pk).update(**fields)
    issued.key.refresh_from_db()
    return issued


def machine_caller(issued: Issued | None = None, *, text: str = "", **fields: Any) -> Any:
    """A client of the API with this key, or with a fresh one."""
    from rest_framework.test import APIClient

    client = APIClient()
    sent = text or (issued or make_machine_key(**fields)).text
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {sent}")
    return client


def make_call(agent: Staff, **changes: Any) -> Any:
    """A call that rings at this agent, as an exchange reports it."""
    from residents.enums import CallDirection, CallState
    from residents.services import calls

    at = database_now()
    values = {
        "call_id": "call-1",
        "state": CallState.RINGING,
        "direction": CallDirection.INBOUND,
        "caller": "13812345678",
        "called": "4000000000",
        "agent": agent.username,
        "occurred_at": at,
        **changes,
    }
    exchange = Actor.machine(make_machine_key("calls.report").key.pk)
    return calls.report(calls.Report(**values), actor=exchange, at=at).call


def make_alert(company: Company, **changes: Any) -> Any:
    """A lift of the company's community raises an alarm, and has a ticket."""
    from complaints.enums import AlertEvent, AlertGrade, SystemKind
    from complaints.services import alerts

    at = database_now()
    values = {
        "system_kind": SystemKind.LIFT,
        "device_id": "L-3",
        "alarm_code": "door",
        "grade": AlertGrade.MAJOR,
        "event": AlertEvent.RAISED,
        "occurred_at": at,
        "unit_code": company.community.code,
        "building": company.building.name,
        "place": "3 号梯",
        **changes,
    }
    system = Actor.machine(make_machine_key("alerts.report").key.pk)
    return alerts.take_in(alerts.Alarm(**values), actor=system, at=at).alert
