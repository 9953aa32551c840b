"""Issuing, exchanging and revoking keys of outside systems, by command and in the settings."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.actors import SYSTEM, Actor
from core.clock import database_now
from core.errors import InvalidInput, NotAllowed
from core.models import MachineKey
from organisation.services import machine_keys
from organisation.services.machine_keys import KeyRevoked, NewKey
from tests.factories import machine_caller, make_machine_key, make_post

pytestmark = pytest.mark.django_db

ME = "/api/v1/categories/"
WRITTEN = re.compile(r"jk_[0-9a-f]{16}_[0-9a-f]{64}")
DAY = dt.timedelta(days=1)


def new_key(**changes):
    values = {
        "name": "400 交换机",
        "scopes": ["calls.report"],
        "unit_codes": ["G"],
        "expires_at": database_now() + 30 * DAY,
        **changes,
    }
    return NewKey(**values)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": ["organisation.manage"]}, "scopes"),
        ({"unit_codes": []}, "unit_codes"),
        ({"unit_codes": ["G", "NOWHERE"]}, "unit_codes"),
        ({"expires_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "expires_at"),
        ({"expires_at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)}, "expires_at"),
    ],
)
def test_a_key_that_cannot_be_is_refused_beside_its_field(company, changes, field):
    with pytest.raises(InvalidInput) as refused:
        machine_keys.issue(new_key(**changes), actor=SYSTEM, at=database_now())
    assert set(refused.value.fields) == {field}
    assert not MachineKey.objects.exists()


def test_only_who_manages_the_whole_group_gives_keys(company):
    regional = make_post("administrator", company.region)
    for staff_id in (regional.holder_id, company.agent.holder_id):
        actor = Actor.staff(staff_id)
        with pytest.raises(NotAllowed):
            machine_keys.issue(new_key(), actor=actor, at=database_now())
        with pytest.raises(NotAllowed):
            machine_keys.revoke(make_machine_key().key, actor=actor, at=database_now())


def rotate(key, **changes):
    at = database_now()
    values = {"expires_at": at + 60 * DAY, "overlap": 3 * DAY, "actor": SYSTEM, "at": at, **changes}
    return machine_keys.rotate(key, **values)


def test_two_secrets_live_during_an_exchange_and_never_three(company):
    first = make_machine_key()
    second = rotate(first.key)
    for each in (first, second):
        assert machine_caller(each).get(ME).status_code == 200
    third = rotate(first.key)
    answers = [machine_caller(each).get(ME).status_code for each in (first, second, third)]
    assert answers == [401, 200, 200]
    assert MachineKey.objects.count() == 1  # the system is the same one to its events


def test_an_exchange_without_overlap_ends_the_former_secret_at_once(company):
    first = make_machine_key()
    second = rotate(first.key, overlap=dt.timedelta())
    answers = [machine_caller(each).get(ME).status_code for each in (first, second)]
    assert answers == [401, 200]


def test_an_exchange_does_not_prolong_what_had_ended(company):
    first = make_machine_key(expires_at=database_now() - DAY)
    second = rotate(first.key)
    answers = [machine_caller(each).get(ME).status_code for each in (first, second)]
    assert answers == [401, 200]


def test_a_revoked_key_ends_with_both_secrets_and_is_not_exchanged(company):
    first = make_machine_key()
    second = rotate(first.key)
    assert machine_keys.revoke(first.key, actor=SYSTEM, at=database_now())
    assert not machine_keys.revoke(first.key, actor=SYSTEM, at=database_now())
    assert [machine_caller(each).get(ME).status_code for each in (first, second)] == [401, 401]
    with pytest.raises(KeyRevoked):
        rotate(first.key)


class TestTheCommand:
    def run(self, *arguments):
        out, err = StringIO(), StringIO()
        call_command("machine_key", *arguments, stdout=out, stderr=err)
        return out.getvalue().strip()

    def test_prints_the_key_alone_and_once(self, company):
        text = self.run("issue", "400 交换机", "--scope", "calls.report", "--unit", "G")
        assert WRITTEN.fullmatch(text)
        assert machine_caller(text=text).get(ME).status_code == 200
        listed = self.run("list")
        assert "400 交换机" in listed
        assert not WRITTEN.search(listed)

    def test_exchanges_and_revokes(self, company):
        first = self.run("issue", "电梯平台", "--scope", "alerts.report", "--unit", "X1")
        key_id = first.split("_")[1]
        second = self.run("rotate", key_id)
        assert machine_caller(text=first).get(ME).status_code == 200
        self.run("revoke", key_id)
        for text in (first, second):
            assert machine_caller(text=text).get(ME).status_code == 401

    def test_says_in_words_what_is_wrong(self, company):
        with pytest.raises(CommandError, match="单位编码"):
            self.run("issue", "x", "--scope", "calls.report", "--unit", "NOWHERE")
        with pytest.raises(CommandError, match="no key"):
            self.run("revoke", "0000000000000000")


class TestInTheSettings:
    @pytest.fixture
    def admin(self, company) -> Client:
        client = Client()
        client.force_login(make_post("administrator", company.group).holder)
        return client

    def test_a_key_is_issued_and_its_secret_stands_on_one_page_alone(self, admin):
        values = {
            "name": "电梯平台",
            "scopes": ["alerts.report"],
            "unit_codes": "X1 X2",
            "expires_on": (database_now() + 30 * DAY).date().isoformat(),
        }
        answer = admin.post("/admin/core/machinekey/add/", values)
        text = WRITTEN.search(answer.content.decode())[0]
        assert "no-store" in answer["Cache-Control"]
        assert machine_caller(text=text).get(ME).status_code == 200
        assert MachineKey.objects.get().unit_codes == ["X1", "X2"]
        listed = admin.get("/admin/core/machinekey/").content.decode()
        assert "电梯平台" in listed
        assert not WRITTEN.search(listed)

    def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(self, admin):
        values = {"name": "电梯平台", "scopes": ["alerts.report"], "unit_codes": "NOWHERE"}
        values["expires_on"] = "2020-01-01"
        answer = admin.post("/admin/core/machinekey/add/", values)
        assert answer.context["adminform"].form.errors.keys() == {"unit_codes"}
        assert 'value="NOWHERE"' in answer.content.decode()
        assert not MachineKey.objects.exists()

    def act(self, admin, action, *keys):
        chosen = {"action": action, "_selected_action": [key.pk for key in keys]}
        return admin.post("/admin/core/machinekey/", chosen, follow=True)

    def test_keys_are_exchanged_one_at_a_time_and_revoked(self, admin):
        first, other = make_machine_key(), make_machine_key()
        assert not WRITTEN.search(self.act(admin, "rotate", first.key, other.key).content.decode())
        shown = self.act(admin, "rotate", first.key)
        text = WRITTEN.search(shown.content.decode())[0]
        assert machine_caller(text=text).get(ME).status_code == 200
        self.act(admin, "revoke", first.key, other.key)
        for each in (text, first.text, other.text):
            assert machine_caller(text=each).get(ME).status_code == 401

    def test_is_not_there_for_a_regions_administrator(self, company):
        client = Client()
        client.force_login(make_post("administrator", company.region).holder)
        make_machine_key()
        assert client.get("/admin/core/machinekey/").status_code == 403
        assert client.get("/admin/core/machinekey/add/").status_code == 403
