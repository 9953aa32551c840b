"""Writing somebody down whom another part of the company knows already: nothing is told about them,
and nobody stands there twice."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from core.actors import SYSTEM
from core.errors import NotFound
from core.models import IdempotencyKey
from organisation.models import Building, Dwelling
from privacy.vault.models import SubjectKey
from residents.models import Occupancy, Person
from residents.services import handles, people
from tests.console.calling import REGISTER, look_up
from tests.console.conftest import Browser
from tests.factories import A_MORNING, machine_caller, make_machine_key, make_person, make_post
from tests.reading import says

pytestmark = pytest.mark.django_db

AT, LOOKUP = "/api/v1/residents/", "/api/v1/callers/lookup/"
NAME, MOBILE = "周敏", "13812345678"
NEW = {
    "name": NAME, "phone": MOBILE, "unit": "X3", "building": "9 栋", "room": "9-909",
}  # fmt: skip
NOWHERE = {"name": NAME, "phone": MOBILE}


@pytest.fixture
def near(company):
    building = Building.objects.create(unit=company.far_community, name="9 栋")
    return Dwelling.objects.create(building=building, room="9-909")


@pytest.fixture
def elsewhere(company, near):
    """The row that would leak: the same name at the same number, in another community."""
    person = make_person(NAME, MOBILE, company.dwelling)
    Person.objects.filter(pk=person.pk).update(do_not_call=True)
    return person


@pytest.fixture
def key(company):
    scopes = ("residents.edit", "callers.lookup", "tickets.view_reporter")
    return machine_caller(make_machine_key(*scopes, unit_codes=["X3"]))


@pytest.fixture
def agent(company):
    return Browser(make_post("hotline_agent", company.other_region).holder)


def post(client, body, **headers):
    answer = client.post(AT, body, format="json", headers=headers)
    return answer.status_code, answer


def facts(answer):
    """All that is said apart from the handle, which is drawn anew."""
    return {name: value for name, value in answer.json().items() if name != "handle"}


#: handles are drawn anew each time, and hold any short text sooner or later
HANDLE = re.compile(r"gAAAA[\w=-]+")


def leaks(text, company):
    home = company.dwelling
    there = (home.room, home.building.name, str(home.public_id))
    return [what for what in there if says(HANDLE.sub("", text), what)]


class TestByKey:
    def test_the_answer_is_the_same_as_for_somebody_new(self, key, elsewhere, company, near):
        status, known = post(key, NEW)
        assert status == 201
        assert leaks(known.content.decode(), company) == []
        _, fresh = post(key, {**NEW, "phone": "13900001111"})
        assert {**facts(known), "phone": ""} == {**facts(fresh), "phone": ""}
        assert facts(known)["homes"] == [
            {"unit": company.far_community.name, "building": "9 栋", "room": "9-909",
             "role": "owner", "dwelling": str(near.public_id)}
        ]  # fmt: skip

    def test_they_are_not_written_down_twice(self, key, elsewhere, near):
        _, answer = post(key, NEW)
        assert handles.subject_of(answer.json()["handle"]) == elsewhere.pk
        assert Person.objects.count() == 1
        lives = Occupancy.objects.filter(subject_id=elsewhere.pk, dwelling=near)
        assert lives.count() == 1

    def test_a_look_up_afterwards_tells_of_the_home_here_alone(self, key, elsewhere, company):
        post(key, NEW)
        answer = key.post(LOOKUP, {"phone": MOBILE})
        [found] = answer.json()["callers"]
        assert [home["room"] for home in found["homes"]] == ["9-909"]
        assert leaks(answer.content.decode(), company) == []

    def test_without_a_home_here_they_stay_unknown(self, key, elsewhere, company):
        status, answer = post(key, NOWHERE)
        assert (status, answer.json()["homes"]) == (201, [])
        assert leaks(answer.content.decode(), company) == []
        assert handles.subject_of(answer.json()["handle"]) != elsewhere.pk
        wish = {"caller": answer.json()["handle"], "do_not_call": False}
        assert key.post(f"{AT}calls/", wish).status_code == 200
        assert Person.objects.get(pk=elsewhere.pk).do_not_call

    def test_without_a_home_they_are_written_down_once(self, key, elsewhere):
        post(key, NOWHERE)
        post(key, NOWHERE)
        assert Person.objects.count() == 2

    def test_who_is_in_reach_comes_before_who_is_not(self, key, elsewhere, company, near):
        here = people.register(NAME, MOBILE, near, actor=SYSTEM, at=A_MORNING)
        _, answer = post(key, NEW)
        assert handles.subject_of(answer.json()["handle"]) == here.pk
        assert Occupancy.objects.filter(subject_id=elsewhere.pk).count() == 1

    def test_another_name_at_the_number_is_another_person(self, key, elsewhere):
        _, answer = post(key, {**NEW, "name": "周伟"})
        assert handles.subject_of(answer.json()["handle"]) != elsewhere.pk

    def test_who_lives_here_no_longer_is_shown_without_where_they_live(
        self, key, elsewhere, company, near
    ):
        _, answer = post(key, NEW)
        left = {"caller": answer.json()["handle"], "dwelling": str(near.public_id)}
        said = key.post(f"{AT}move-out/", left)
        assert (said.status_code, said.json()["homes"]) == (200, [])
        assert leaks(said.content.decode(), company) == []


class TestOnAPage:
    def values(self, **changes):
        return {
            "name": NAME, "phone": MOBILE, "role": "owner", "community": "X3",
            "building": "9 栋", "room": "9-909", **changes,
        }  # fmt: skip

    def test_the_page_that_follows_tells_of_the_home_here_alone(self, agent, elsewhere, company):
        page = agent.send(REGISTER, **self.values())
        assert "住户怎么说" in page
        assert says(page.text, "9-909")
        assert leaks(page.text, company) == []
        assert Person.objects.count() == 1
        assert leaks(look_up(agent).text, company) == []

    def test_without_a_home_here_they_stay_unknown(self, agent, elsewhere, company):
        page = agent.send(REGISTER, **self.values(community="", building="", room=""))
        assert "住户怎么说" in page
        assert leaks(page.text, company) == []
        assert "本人要求不接电话" not in page
        assert Person.objects.count() == 2

    def test_who_sees_the_whole_group_sees_both_homes(self, company, elsewhere, near):
        Browser(company.agent.holder).send(REGISTER, **self.values())
        page = look_up(Browser(company.agent.holder)).text
        assert says(page, "9-909")
        assert says(page, company.dwelling.room)


class TestOnce:
    def test_the_same_key_and_body_gets_the_first_answer(self, key, near):
        _, first = post(key, NEW, idempotency_key="k-1")
        _, again = post(key, NEW, idempotency_key="k-1")
        assert facts(again) == facts(first)
        names = [handles.subject_of(each.json()["handle"]) for each in (first, again)]
        assert names == [Person.objects.get().pk] * 2
        assert again["Idempotent-Replayed"] == "true"

    def test_its_handle_is_good_for_as_long_as_that_of_the_first(self, key, near, time_machine):
        """The answer is kept for longer than a handle is good."""
        _, first = post(key, NEW, idempotency_key="k-1")
        time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(hours=13))
        _, again = post(key, NEW, idempotency_key="k-1")
        assert again["Idempotent-Replayed"] == "true"
        time_machine.shift(dt.timedelta(hours=11))
        with pytest.raises(NotFound):
            handles.subject_of(first.json()["handle"])
        assert handles.subject_of(again.json()["handle"]) == Person.objects.get().pk

    def test_what_was_made_with_another_secret_is_not_found(self, key, near):
        post(key, NEW, idempotency_key="k-1")
        IdempotencyKey.objects.update(response={"handle": "gAAAAA=="})
        assert post(key, NEW, idempotency_key="k-1")[0] == 404

    def test_sent_again_it_moves_nobody_back_in(self, key, near):
        _, first = post(key, NEW, idempotency_key="k-1")
        left = {"caller": first.json()["handle"], "dwelling": str(near.public_id)}
        assert key.post(f"{AT}move-out/", left).status_code == 200
        Occupancy.objects.update(from_on="2020-01-01", until_on="2020-02-01")
        assert post(key, NEW, idempotency_key="k-1")[0] == 201
        assert not Occupancy.objects.filter(until_on=None).exists()

    def test_the_same_key_with_another_body_is_refused(self, key, near):
        post(key, NEW, idempotency_key="k-1")
        assert post(key, {**NEW, "name": "周伟"}, idempotency_key="k-1")[0] == 422
        assert Person.objects.count() == 1

    def test_what_is_refused_leaves_no_key_behind(self, key, near):
        post(key, NEW, idempotency_key="k-1")
        keys = SubjectKey.objects.count()
        other = {**NEW, "name": "周伟"}
        assert post(key, other, idempotency_key="k-1")[0] == 422
        assert post(key, NEW, idempotency_key="k-1")[0] == 201
        assert post(key, other, idempotency_key="k" * 101)[0] == 400
        assert SubjectKey.objects.count() == keys

    def test_what_is_kept_for_it_names_nobody(self, key, near):
        post(key, NEW, idempotency_key="k-1")
        kept = IdempotencyKey.objects.get()
        assert list(kept.response) == ["handle"]
        subject = Person.objects.get().pk
        assert subject.hex not in str(kept.response).replace("-", "")
