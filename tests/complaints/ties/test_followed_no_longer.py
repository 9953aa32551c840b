"""Whoever reported what was merged hears what becomes of the matter, as long as it is merged."""

import datetime as dt

import pytest

from complaints.enums import EventKind, State
from complaints.models import Ticket, TicketEvent
from complaints.services import merging
from complaints.services.escalation import sweep
from notifications.models import Notice
from tests.complaints.conftest import bring_to
from tests.complaints.ties.test_merging import LATER, main, neighbour, twin  # noqa: F401

pytestmark = pytest.mark.django_db

WEEK = dt.timedelta(days=7)


def told_of_the_end(person):
    closed = TicketEvent.objects.filter(kind=EventKind.CLOSED).values("pk")
    return Notice.objects.filter(subject_id=person.subject_id, source_id__in=closed).count()


@pytest.mark.parametrize(("undone", "heard"), [(False, 1), (True, 0)])
def test_of_a_close_by_time(twin, main, staff, resident, neighbour, undone, heard):  # noqa: F811
    merged = merging.merge(twin, other=main, actor=staff.manager, at=LATER)
    if undone:
        merging.unmerge(merged, actor=staff.manager, at=LATER)
    bring_to(State.RESOLVED, Ticket.objects.for_acting().get(pk=main.pk), at=LATER)
    sweep(LATER + WEEK)
    assert Ticket.objects.get(pk=main.pk).state == State.CLOSED
    assert (told_of_the_end(resident), told_of_the_end(neighbour)) == (1, heard)
