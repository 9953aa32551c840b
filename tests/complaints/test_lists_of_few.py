"""Lists begin with the few that they show, and show what they showed when they read everything."""

import datetime as dt

import pytest
from django.db.models import Exists, OuterRef, Q

from complaints.enums import EventKind, State
from complaints.models import CoOwnership, Ticket, TicketEvent
from complaints.queues import QUEUES, TO_DO, Asker, escalated_to, work_of
from complaints.services import escalation, timeline
from complaints.workflow import DONE
from core.actors import Actor
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)
POSTS = (
    "agent", "dispatcher", "duty", "executive", "region_head", "region_manager", "manager",
    "steward", "engineer", "other_manager", "far_steward",
)  # fmt: skip


def of_post(rows, post):
    owned = CoOwnership.objects.standing().filter(post=post).values("ticket")
    return rows.filter(Q(post=post) | Q(pk__in=owned))


def event(**columns):
    return Exists(TicketEvent.objects.filter(ticket=OuterRef("pk"), **columns))


def read_everything(rows, post):
    """Each list as a plain question about all that somebody sees."""
    open_work = rows.open().exclude(state__in=DONE)
    this_cycle = {"cycle": OuterRef("cycle")}
    went_up = event(kind=EventKind.ESCALATED, post=post, level__gte=1, **this_cycle)
    return {
        "mine": of_post(rows.filter(state__in=TO_DO), post),
        "logged": rows.filter(event(kind=EventKind.RECEIVED, staff=post.holder_id)),
        "urged": open_work.filter(event(kind=EventKind.URGED, **this_cycle)),
        "work": of_post(rows.open(), post),
        "escalated": open_work.filter(went_up),
    }


def as_asked(rows, post, actor, at):
    asker = Asker(actor, (post.pk,), at)
    listed = {code: QUEUES[code].pick(rows, asker) for code in ("mine", "logged", "urged")}
    return {
        **listed,
        "work": work_of(actor, [post.pk]),
        "escalated": escalated_to(actor, [post.pk]),
    }


@pytest.fixture
def many(company, resident):
    """In several states, late on every level, with one pressed for in this cycle, one solved since,
    and one in the cycle before it was reopened."""
    for number, state in enumerate((State.ASSIGNED, State.IN_PROGRESS, State.RESOLVED)):
        bring_to(state, make_ticket(company, at=A_MORNING + minutes(number)))
    make_ticket(company, at=A_MORNING, unit=company.far_community, dwelling=None)
    for state in (State.ASSIGNED, State.RESOLVED, State.REOPENED):
        urged = make_ticket(company, reporter_subject=resident.subject_id, at=A_MORNING)
        bring_to(state, timeline.urge(urged, actor=resident, at=LATER))
    escalation.sweep(A_MORNING + dt.timedelta(days=4))


def test_each_list_is_what_reading_everything_would_find(company, many):
    found = set()
    for name in POSTS:
        post = getattr(company, name)
        actor = Actor.staff(post.holder_id)
        rows = Ticket.objects.visible_to(actor)
        plain = read_everything(rows, post)
        for code, asked in as_asked(rows, post, actor, LATER).items():
            expected = set(plain[code].values_list("pk", flat=True))
            assert sorted(asked.values_list("pk", flat=True)) == sorted(expected), (name, code)
            found |= {code} if expected else set()
    assert found == {"mine", "logged", "urged", "work", "escalated"}


def test_what_one_took_in_stands_in_the_order_of_its_coming_in(company, many):
    post = company.agent
    actor = Actor.staff(post.holder_id)
    asker, queue = Asker(actor, (post.pk,), LATER), QUEUES["logged"]
    listed = queue.pick(Ticket.objects.visible_to(actor), asker).order_by(*queue.order)
    assert list(listed) == sorted(listed, key=lambda row: (row.received_at, row.pk), reverse=True)


def test_when_it_was_pressed_for_is_what_its_events_of_this_cycle_say(many):
    for ticket in Ticket.objects.all():
        urges = ticket.events.filter(kind=EventKind.URGED, cycle=ticket.cycle)
        last = urges.order_by("-occurred_at").first()
        assert ticket.urged_at == (last.occurred_at if last else None)
