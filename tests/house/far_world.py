"""A community far away with one of everything that belongs to a place, and whoever holds every role
of the company in another community."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from complaints.models import CorrectiveAction, TicketEvent, TicketLink
from complaints.periods import Period
from complaints.services import linking, photos, remedies, summaries, timeline
from complaints.services import suppliers as supplier_analysis
from core.actors import SYSTEM, Actor
from core.clock import database_now
from notifications.enums import Channel
from notifications.services import endpoints
from notifications.services.endpoints import NewEndpoint
from organisation.models import Building, Dwelling, Role
from organisation.services import suppliers
from privacy.rights.enums import RequestKind
from privacy.rights.models import MentionTask
from privacy.rights.services import requests
from privacy.rights.services.requests import Wish
from quality.models import SampleCase
from residents.enums import AccountTier
from residents.services import accounts
from tests.complaints.pictures import jpeg
from tests.factories import (
    StaffFactory,
    SupplierContractFactory,
    make_alert,
    make_call,
    make_person,
    make_post,
    make_ticket,
)
from tests.quality.conftest import Q1, answered, drawn_round

#: found nowhere else, so that a page which shows any of them has leaked
NAME, BODY, NOTE, SUPPLIER, ACCOUNT, HOOK, RAISED = (
    "鸾辛", "鸾甲漏水", "鸾乙备注", "鸾丙保洁", "鸾丁集团", "鸾戊集成", "鸾己扬尘",
)  # fmt: skip
MARKS = (NAME, BODY, NOTE, SUPPLIER, ACCOUNT, HOOK, RAISED)


def build(company):
    """Each object of the far community by what it is."""
    at, group = database_now(), Actor.staff(company.duty.holder_id)
    far = company.far_community
    manager = make_post("project_manager", far)
    building = Building.objects.create(unit=far, name="9 栋")
    dwelling = Dwelling.objects.create(building=building, room="9-901")
    person = make_person(NAME, "13877766655", dwelling)
    me = Actor.reporter(person.subject_id)
    world = SimpleNamespace(company=company, at=at, person=person, building=building)
    world.ticket = _ticket(company, me, dwelling, person, at)
    world.draft = photos.open_draft(actor=me, at=at)
    world.photo = photos.link(TicketEvent.objects.get(kind="added").attachments.get())
    timeline.note(world.ticket, actor=Actor.staff(manager.holder_id), text=NOTE, at=at)
    other = make_ticket(company, dwelling=dwelling, body=BODY, at=at)
    linking.link(world.ticket, other=other, relation="relates_to", actor=group, at=at)
    world.link = TicketLink.objects.get()
    due = (at + dt.timedelta(days=3)).date()
    said = {"root_cause": "equipment.upkeep", "due_on": due, "text": NOTE}
    remedies.plan(world.ticket, actor=group, owner=manager, at=at, **said)
    world.action = CorrectiveAction.objects.get()
    _supplier(world, company, far, manager, due, at)
    _others(world, company, far, manager, me, at)
    _round(world, company, far)
    return world


def local_staff(company):
    """Whoever holds every role there is, in one community."""
    person = StaffFactory()
    for role in Role.objects.all():
        make_post(role.code, company.community, person)
    return person


def _ticket(company, me, dwelling, person, at):
    draft = photos.open_draft(actor=me, at=at)
    photos.upload(draft.public_id, jpeg(), actor=me, at=at)
    ticket = make_ticket(
        company,
        actor=me,
        channel="app",
        dwelling=dwelling,
        body=BODY,
        reporter_subject=person.subject_id,
        at=at,
    )
    return timeline.add(ticket, actor=me, text=BODY, draft_id=draft.public_id, at=at)


def _supplier(world, company, far, manager, due, at):
    buyer = Actor.staff(make_post("procurement_manager", company.group).holder_id)
    world.contract = SupplierContractFactory(unit=far, supplier__name=SUPPLIER)
    found = world.contract.supplier
    world.contact = suppliers.add_contact(found, NAME, "13877766656", actor=buyer, at=at)
    world.change = suppliers.propose(
        found, "group_strategic", reason="yearly_review", actor=buyer, at=at
    )
    world.follow_up = supplier_analysis.follow_up(
        world.contract,
        Period.month_of(at.date()),
        measure=NOTE,
        owner=manager,
        due_on=due,
        actor=Actor.staff(manager.holder_id),
        at=at,
    )


def _others(world, company, far, manager, me, at):
    world.account = accounts.create(
        "KA9", ACCOUNT, tier=AccountTier.STANDARD, manager=manager, communities=[far], actor=SYSTEM
    )
    world.request = requests.open_request(
        Wish(world.person.subject_id, RequestKind.DELETE), actor=me, at=at
    )
    entry = world.ticket.events.get(kind="noted").texts.get()
    world.mention = MentionTask.objects.create(request=world.request, entry=entry)
    dust = make_ticket(
        company, category_code="environment", dwelling=None, unit=far, body=RAISED, at=at
    )
    author = Actor.staff(company.far_steward.holder_id)
    world.summary = summaries.write(dust, raised=RAISED, done=RAISED, actor=author, at=at)
    new = NewEndpoint(
        Channel.WEBHOOK, HOOK, "https://8.8.8.8/hook", far, event_kinds=["ticket.received"]
    )
    world.endpoint, _secret = endpoints.create(new, actor=SYSTEM, at=at)
    robot = NewEndpoint(Channel.WECOM, HOOK, "https://8.8.8.8/robot", far)
    world.robot, _secret = endpoints.create(robot, actor=SYSTEM, at=at)
    world.alert = make_alert(company, unit_code=far.code, building="9 栋", place=NAME)
    world.call = make_call(manager.holder, caller="13877766655")


def _round(world, company, far):
    answered(far, 3, at=Q1 + dt.timedelta(days=30))
    planner = Actor.staff(make_post("quality_manager", company.group).holder_id)
    world.round = drawn_round(SimpleNamespace(manager=planner))
    world.case = SampleCase.objects.filter(round=world.round).first()
