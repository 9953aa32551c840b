"""A resident reads on what a moment rests whose year nobody has announced."""

import datetime as dt

import pytest
from django.urls import reverse

from complaints.models import TicketClock
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db

#: Tuesday, in a year that no notice has arranged
FAR = dt.datetime(2031, 3, 4, 2, 0, tzinfo=dt.UTC)
UNKNOWN = "节假日安排尚未公布"


def page(resident, ticket):
    return resident.get(reverse("portal:ticket", args=[ticket.public_id])).content.decode()


def test_until_the_year_is_announced(resident, company, person, actor):
    far = make_ticket(company, reporter_subject=person.subject_id, actor=actor, at=FAR)
    assert UNKNOWN in page(resident, far)
    TicketClock.objects.update(provisional=False)
    assert UNKNOWN not in page(resident, far)
