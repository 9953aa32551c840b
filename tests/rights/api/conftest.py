from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from core.clock import database_now
from residents.services import devices
from tests.factories import make_person


def caller_of(person):
    """A device of this person."""
    client = APIClient()
    issued = devices.issue(person.subject_id, at=database_now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.token}")
    return client


@pytest.fixture
def me(person):
    return caller_of(person)


@pytest.fixture
def neighbour(company):
    return caller_of(make_person("李四", "13900001111", company.dwelling))


@pytest.fixture
def officer(office, client):
    """A member of staff who looks after privacy, signed in."""
    from organisation.models import Staff

    caller = APIClient()
    caller.force_login(Staff.objects.get(pk=office.officer.staff_id))
    return caller
