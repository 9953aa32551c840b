"""Writing people down by API, and what they say about themselves."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from organisation.models import Building, Dwelling
from residents.models import Occupancy, Person
from residents.services import handles
from tests.factories import make_machine_key, make_person, make_post

pytestmark = pytest.mark.django_db

AT = "/api/v1/residents/"
MOBILE = "13800001234"


def as_staff(staff):
    client = APIClient()
    client.force_login(staff)
    return client


@pytest.fixture
def agent(company):
    return as_staff(company.agent.holder)


@pytest.fixture
def new():
    return {
        "name": "李小明", "phone": "138 0000 1234", "unit": "X1", "building": "1 栋",
        "room": "1-101", "role": "tenant",
    }  # fmt: skip


def post(client, what, **body):
    return client.post(f"{AT}{what}", body, format="json")


def test_a_person_is_written_down_with_their_home_and_comes_back_masked(agent, company, new):
    answer = post(agent, "", **new)
    assert answer.status_code == 201
    said = answer.json()
    assert said["phone"] == "138****1234"
    person = Person.objects.get()
    assert handles.subject_of(said["handle"]) == person.pk
    assert Occupancy.objects.get().role == "tenant"
    assert [home["dwelling"] for home in said["homes"]] == [str(company.dwelling.public_id)]
    for secret in (MOBILE, str(person.pk)):
        assert secret not in answer.content.decode()


def test_sent_twice_it_is_one_person_and_another_home_is_added(agent, company, new):
    second = Dwelling.objects.create(building=company.dwelling.building, room="2-202")
    post(agent, "", **new)
    post(agent, "", **new)
    post(agent, "", **{**new, "room": second.room})
    assert Person.objects.count() == 1
    assert Occupancy.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"room": ""}, "room"),
        ({"room": "9-999"}, "room"),
        ({"role": "king"}, "role"),
        ({"subject": "x"}, "subject"),
    ],
)
def test_a_mistake_names_its_field_and_nobody_is_written_down(agent, company, new, changes, field):
    answer = post(agent, "", **{**new, **changes})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Person.objects.exists()


def test_a_key_writes_down_inside_its_units_alone(company, new):
    Dwelling.objects.create(
        building=Building.objects.create(unit=company.other_community, name="1 栋"), room="1-101"
    )
    client = APIClient()
    key = make_machine_key("residents.edit", unit_codes=["X2"])
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key.text}")
    assert post(client, "", **new).status_code == 400
    assert post(client, "", **{**new, "unit": "X2"}).status_code == 201


def test_without_the_right_nobody_is_written_down_or_changed(company, new):
    steward = as_staff(company.steward.holder)
    person = make_person("周敏", MOBILE, company.dwelling)
    handle = handles.handle_of(person.pk)
    assert post(steward, "", **new).status_code == 403
    assert post(steward, "calls/", caller=handle, do_not_call=True).status_code == 403
    home = str(company.dwelling.public_id)
    assert post(steward, "move-out/", caller=handle, dwelling=home).status_code == 403
    assert not Person.objects.get().do_not_call
    assert Occupancy.objects.get().until_on is None


class TestWhatTheySay:
    @pytest.fixture
    def person(self, company):
        return make_person("周敏", MOBILE, company.dwelling)

    @pytest.fixture
    def found(self, agent, person):
        answer = agent.post("/api/v1/callers/lookup/", {"phone": MOBILE})
        return answer.json()["callers"][0]

    def test_they_have_moved_out(self, agent, found):
        home = found["homes"][0]["dwelling"]
        answer = post(agent, "move-out/", caller=found["handle"], dwelling=home)
        assert (answer.status_code, answer.json()["homes"]) == (200, [])
        again = post(agent, "move-out/", caller=found["handle"], dwelling=home)
        assert again.status_code == 404

    def test_they_want_no_calls(self, agent, found):
        for wish in (True, False):
            answer = post(agent, "calls/", caller=found["handle"], do_not_call=wish)
            assert answer.json()["do_not_call"] is wish
            assert Person.objects.get().do_not_call is wish

    def test_an_old_handle_is_not_found(self, agent, found):
        assert post(agent, "calls/", caller="rubbish", do_not_call=True).status_code == 404

    def test_out_of_reach_they_are_not_there(self, company, person, found):
        far = as_staff(make_post("hotline_agent", company.other_region).holder)
        answer = post(far, "calls/", caller=found["handle"], do_not_call=True)
        assert answer.status_code == 404
        assert not Person.objects.get().do_not_call

    def test_a_home_is_named_to_who_may_write_it_down_alone(self, company, person):
        client = APIClient()
        key = make_machine_key("callers.lookup")
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key.text}")
        answer = client.post("/api/v1/callers/lookup/", {"phone": MOBILE})
        assert [home["dwelling"] for home in answer.json()["callers"][0]["homes"]] == [None]
        assert str(company.dwelling.public_id) not in answer.content.decode()
