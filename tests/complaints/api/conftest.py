from __future__ import annotations

import itertools

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from residents.services import devices
from tests.factories import make_person

_keys = itertools.count(1)


class Caller(APIClient):
    """A client of the API that adds the headers every caller must send."""

    def report(self, key=None, **body):
        body = {"kind": "complaint", "category": "noise", "body": "楼上深夜施工", **body}
        return self.post(
            "/api/v1/tickets/", body, headers={"Idempotency-Key": key or f"key-{next(_keys)}"}
        )

    def act(self, public_id, action, version=1, **body):
        return self.post(
            f"/api/v1/tickets/{public_id}/actions/{action}/",
            body,
            headers={"If-Match": f'"{version}"'},
        )


def staff_caller(staff):
    caller = Caller()
    caller.force_login(staff)
    return caller


@pytest.fixture
def resident(company):
    """Somebody who lives in the company's dwelling, signed in on a device."""
    person = make_person(dwelling=company.dwelling)
    caller = Caller()
    issued = devices.issue(person.subject_id, at=timezone.now())
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.token}")
    caller.person = person
    return caller


@pytest.fixture
def stranger(company):
    person = make_person()
    caller = Caller()
    issued = devices.issue(person.subject_id, at=timezone.now())
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.token}")
    caller.person = person
    return caller


@pytest.fixture
def steward(company):
    return staff_caller(company.steward.holder)


@pytest.fixture
def dispatcher(company):
    return staff_caller(company.dispatcher.holder)


@pytest.fixture
def agent(company):
    return staff_caller(company.agent.holder)
