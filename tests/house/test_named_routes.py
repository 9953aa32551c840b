"""No route tells somebody of the staff of the complaint that names them, nor lets them touch it,
even where they hold every role of the whole company."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from complaints.models import CorrectiveAction, TicketEvent, TicketLink
from complaints.services import linking, merging, photos, remedies, timeline
from core import reference
from core.actors import SYSTEM, Actor
from organisation.models import Role
from tests.complaints.conftest import act
from tests.complaints.pictures import jpeg
from tests.factories import StaffFactory, make_post, make_ticket
from tests.house import far_world
from tests.house.far_addresses import addresses, bodies
from tests.house.test_foreign_routes import _everything, _refused, _send
from tests.house.test_routes import _routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: found in what is said about the matter alone
BODY, NOTE, ADDED = "鹓辛当众辱骂", "鹓乙内部备注", "鹓丙补充说明"
TYPED = BODY[:2]


@pytest.fixture
def world(company):
    """The far community with one of everything, and somebody of every role above it."""
    world = far_world.build(company)
    world.person = StaffFactory(name="欧阳可人")
    for role in Role.objects.all():
        make_post(role.code, company.group, world.person)
    world.other = world.ticket
    world.owner = make_post("region_service_head", company.other_region)
    world.matter = _matter(world)
    return world


def _matter(world):
    """Told by the caller whose telephone rings at the person named, at home and of the key account;
    with a photo, a note, a link, a corrective action and what was merged into it."""
    at, company = world.at, world.company
    me = Actor.reporter(TicketEvent.objects.get(kind="added").ticket.reporter.subject_id)
    duty = Actor.staff(company.duty.holder_id)
    fields = {
        "category_code": "staff_conduct", "body": BODY, "dwelling": world.other.dwelling,
        "account": world.account, "supplier": world.contract.supplier,
        "reporter_subject": me.subject_id, "named_staff": [world.person.pk], "at": at,
    }  # fmt: skip
    ticket, merged = make_ticket(company, **fields), make_ticket(company, **fields)
    merging.merge(merged, other=ticket, actor=duty, at=at)
    draft = photos.open_draft(actor=me, at=at)
    photos.upload(draft.public_id, jpeg(), actor=me, at=at)
    timeline.add(ticket, actor=me, text=ADDED, draft_id=draft.public_id, at=at)
    timeline.note(ticket, actor=duty, text=NOTE, at=at)
    linking.link(ticket, other=world.other, relation="relates_to", actor=duty, at=at)
    said = {"root_cause": "equipment.upkeep", "due_on": at.date(), "text": NOTE}
    remedies.plan(ticket, actor=duty, owner=world.owner, at=at, **said)
    for verb in ("accept", "start", "resolve"):
        ticket = act(ticket, verb, actor=SYSTEM, at=at)
    if ticket.state == "resolved":
        ticket = act(ticket, "call_back", actor=duty, at=at)
    photo = ticket.events.get(kind="added").attachments.get()
    return SimpleNamespace(
        ticket=ticket, merged=merged, photo=photos.link(photo),
        link=TicketLink.objects.get(source=ticket), action=CorrectiveAction.objects.last(),
    )  # fmt: skip


def _of_it(world):
    """Every address of the matter itself."""
    there, matter = addresses(world), world.matter
    for name in ("ticket", "photo", "link", "action"):
        setattr(world, name, getattr(matter, name))
    here = addresses(world)
    return {name: found for name, found in here.items() if found != there[name]}


def test_they_neither_open_nor_change_anything_of_it(world):
    caller, said, wrong = Client(), bodies(world), []
    caller.force_login(world.person)
    before = _everything()
    for name, every in _of_it(world).items():
        for arguments in every:
            address = reverse(name, args=arguments)
            for method in ("get", "post", "delete"):
                answer = _send(caller, method, address, said.get(name, {}))
                if not _refused(answer, name):
                    wrong.append((method, name, arguments[1:], answer.status_code))
    after = _everything()
    wrong += [table for table in before if before[table] != after[table]]
    assert "\n".join(map(str, wrong)) == ""


def test_no_page_or_answer_shows_anything_of_it(world):
    assert _shown_to(world.person, [*_lists(), *_near(world)], _marks(world)) == {}


def test_who_is_not_named_does_see_it(world):
    """The walk would find it: it shows every mark to somebody of the same roles."""
    other = StaffFactory()
    for role in Role.objects.all():
        make_post(role.code, world.company.group, other)
    ticket = reverse("console:ticket", args=[world.matter.ticket.public_id])
    found = _shown_to(other, [ticket, *_lists()], _marks(world))
    assert found[ticket] >= {BODY, NOTE, ADDED}
    assert len(found) > 5


def _marks(world):
    """What tells of it: its words, its numbers as machines and as people read them."""
    marks = {BODY, NOTE, ADDED}
    for ticket in (world.matter.ticket, world.matter.merged):
        marks |= {ticket.reference, reference.pretty(ticket.reference), str(ticket.public_id)}
    return marks


def _shown_to(person, pages, marks):
    """By address, the marks that stand on the page."""
    caller, found = Client(), {}
    caller.force_login(person)
    for address in pages:
        answer = caller.get(address)
        said = b"".join(answer) if answer.streaming else answer.content
        text = said.decode("utf-8", "replace")
        if seen := {mark for mark in marks if mark in text}:
            found[address] = seen
    return found


def _lists():
    yield "/admin/complaints/ticket/"
    searched = ("console:workbench", "tickets")
    for name, _pattern, route in _routes(get_resolver().url_patterns):
        if "<" in route or name.startswith("demo:"):
            continue
        yield "/" + route
        if name in searched:
            yield f"/{route}?q={TYPED}"


def _near(world):
    """Pages of what the matter hangs on: the linked ticket, the account, the supplier, the call."""
    for name, every in addresses(world).items():
        for arguments in every:
            yield reverse(name, args=arguments)
