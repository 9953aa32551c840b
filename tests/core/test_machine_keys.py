"""The door of outside systems: which key opens it, and what a refusal costs and leaves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.clock import database_now
from core.machine_secrets import MachineSecret
from core.models import LimitWindow, MachineKey
from core.services import machine_keys
from tests.factories import machine_caller, make_machine_key

ME = "/api/v1/categories/"


@given(st.text(max_size=120))
def test_only_what_is_written_like_a_key_is_read_as_one(text):
    read = MachineSecret.read(text)
    assert read is None or read.text == text


def test_a_device_token_that_begins_alike_is_not_a_key():
    assert MachineSecret.read("jk_" + "a" * 40) is None


def test_a_new_secret_is_read_back_and_matches_its_own_hash_alone():
    secret, other = MachineSecret.new(), MachineSecret.new()
    assert MachineSecret.read(secret.text) == secret
    assert secret.matches(secret.sha256)
    assert not secret.matches(other.sha256)
    assert not secret.matches(None)


@pytest.mark.django_db
class TestTheDoor:
    def test_a_live_key_comes_in(self, company):
        assert machine_caller().get(ME).status_code == 200

    @pytest.mark.parametrize(
        "changes",
        [
            {"expires_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
            {"revoked_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        ],
        ids=["expired", "revoked"],
    )
    def test_an_ended_key_is_refused_in_words(self, company, changes):
        answer = machine_caller(**changes).get(ME)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == "machine_key_refused"

    def test_a_wrong_secret_and_an_unknown_id_look_the_same(self, company, client):
        key = make_machine_key()
        wrong = MachineSecret.new(key.key.key_id).text
        unknown = MachineSecret.new().text
        answers = [
            client.get(ME, headers={"Authorization": f"Bearer {text}"}) for text in (wrong, unknown)
        ]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert answers[0].content == answers[1].content

    def test_no_secret_is_kept(self, company):
        issued = make_machine_key()
        secret = MachineSecret.read(issued.text).secret
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(each)::text FROM core_machinekey each")
            kept = cursor.fetchone()[0]
        assert secret not in kept

    def test_no_secret_reaches_a_log_even_when_somebody_logs_it(self, company):
        from jinke_desk.logs import mask_personal

        text = MachineSecret.new().text
        logged = mask_personal(None, "info", {"event": f"header was Bearer {text}"})
        assert text[20:] not in logged["event"]

    def test_no_secret_is_logged_by_a_request(self, company, capfd):
        issued = make_machine_key()
        wrong = MachineSecret.new(issued.key.key_id).text
        for text in (issued.text, wrong):
            machine_caller(issued, text=text).get(ME)
            machine_caller(issued, text=text).post("/api/v1/tickets/", {"x": 1})
        said = "".join(capfd.readouterr())
        assert MachineSecret.read(issued.text).secret not in said
        assert MachineSecret.read(wrong).secret not in said

    def test_the_day_of_use_is_written_once_a_day(self, company):
        issued = make_machine_key()
        caller = machine_caller(issued)
        caller.get(ME)
        issued.key.refresh_from_db()
        assert issued.key.last_used_on is not None
        with CaptureQueriesContext(connection) as second:
            caller.get(ME)
        written = [q["sql"] for q in second if not q["sql"].startswith("SELECT")]
        assert written == []

    def test_refusals_are_counted_in_postgresql_and_end_in_a_limit(self, company, monkeypatch):
        monkeypatch.setattr(machine_keys, "FAILURES_PER_HOUR", 2)
        issued = make_machine_key()
        wrong = machine_caller(issued, text=MachineSecret.new(issued.key.key_id).text)
        assert [wrong.get(ME).status_code for _ in range(4)] == [401, 401, 429, 429]
        assert LimitWindow.objects.get(scope="machine_key").hits == 4
        # the owner of the key is not locked out by whoever guesses, not even from next door
        assert machine_caller(issued).get(ME).status_code == 200

    def test_the_limit_of_one_address_is_not_the_limit_of_another(self, company, monkeypatch):
        monkeypatch.setattr(machine_keys, "FAILURES_PER_HOUR", 1)
        wrong = machine_caller(text=MachineSecret.new().text)
        assert [wrong.get(ME).status_code for _ in range(2)] == [401, 429]
        assert wrong.get(ME, REMOTE_ADDR="10.9.8.7").status_code == 401

    def test_a_former_secret_is_good_until_its_end(self, company):
        at = database_now()
        issued = make_machine_key()
        former = MachineSecret.new(issued.key.key_id)
        kept = MachineKey.objects.filter(pk=issued.key.pk)
        kept.update(previous_sha256=former.sha256, previous_expires_at=at + dt.timedelta(hours=1))
        assert machine_caller(issued, text=former.text).get(ME).status_code == 200
        kept.update(previous_expires_at=at - dt.timedelta(seconds=1))
        assert machine_caller(issued, text=former.text).get(ME).status_code == 401
        assert machine_caller(issued).get(ME).status_code == 200
