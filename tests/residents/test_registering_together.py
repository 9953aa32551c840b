"""Two who write one person down in the same moment: one waits for the other, and finds them."""

from __future__ import annotations

import pytest

from residents.models import Occupancy, Person
from residents.services import registering
from residents.services.registering import Introduction
from tests.complaints.races.together import at_once, overtaken
from tests.factories import A_MORNING, Company, machine_caller, make_machine_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

NEW = {
    "name": "李小明", "phone": "138 0000 1234", "unit": "X1", "building": "1 栋", "room": "1-101",
}  # fmt: skip


@pytest.fixture
def company(transactional_db):
    return Company()


def test_who_comes_second_finds_whom_the_first_wrote_down(company):
    told = Introduction("李小明", "13800001234", company.dwelling)
    actor = company.agent.holder.actor
    key = registering.key_for(told, actor=actor)
    first, second = overtaken(
        lambda: registering.enter(told, key, actor=actor, at=A_MORNING),
        lambda: registering.write_down(told, actor=actor, at=A_MORNING),
    )
    assert second == first
    assert (Person.objects.count(), Occupancy.objects.count()) == (1, 1)


@pytest.mark.parametrize("keys", [("", ""), ("k-1", "k-2"), ("k-1", "k-1")])
def test_two_requests_at_once_write_one_person(company, keys):
    issued = make_machine_key("residents.edit")

    def send(key):
        headers = {"idempotency-key": key} if key else {}
        caller = machine_caller(issued)
        return lambda: caller.post("/api/v1/residents/", NEW, headers=headers).status_code

    answers = at_once(*(send(key) for key in keys))
    assert 201 in answers
    assert set(answers) <= {201, 409}
    assert (Person.objects.count(), Occupancy.objects.count()) == (1, 1)
