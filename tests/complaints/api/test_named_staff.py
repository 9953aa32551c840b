"""Who speaks by API for a resident says whom the complaint is about, at once."""

import pytest

from complaints.models import Ticket
from core.actors import Actor
from notifications.models import Notice
from tests.complaints.api.conftest import staff_caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(company):
    company.steward.holder.name = "欧阳管家"
    company.steward.holder.save()
    return staff_caller(company.agent.holder)


def test_they_neither_get_it_nor_hear_of_it(agent, company):
    answer = agent.report(category="cleaning", unit="X1", channel="hotline", named_staff="欧阳管家")
    assert answer.status_code == 201
    ticket = Ticket.objects.get()
    assert ticket.post == company.manager
    steward = Actor.staff(company.steward.holder_id)
    assert not Ticket.objects.visible_to(steward).exists()
    assert not Notice.objects.filter(staff=company.steward.holder).exists()


@pytest.mark.parametrize(
    "said",
    [{"named_staff": "查无此人"}, {"named_staff": "欧阳管家", "kind": "repair"}],
)
def test_a_name_that_cannot_be_is_refused_beside_its_field(agent, said):
    answer = agent.report(unit="X1", channel="hotline", **said)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["named_staff"]
    assert not Ticket.objects.exists()


def test_a_resident_chooses_from_no_list_of_staff(resident, agent):
    answer = resident.report(named_staff="欧阳管家")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["named_staff"]
