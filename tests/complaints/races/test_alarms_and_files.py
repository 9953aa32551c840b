"""Machines at once: a lift that cries on twenty lines, and one file brought in twice."""

import pytest

from complaints.enums import State
from complaints.models import DeviceAlert, Ticket
from complaints.services import lifecycle
from core.actors import SYSTEM
from core.clock import database_now
from core.services.jobs import JobIsRunning
from organisation.services.machine_keys import Issued
from tests.complaints.conftest import bring_to
from tests.complaints.imports.bringing import NYC, NYC_FILE, bring_in
from tests.complaints.races.together import at_once, codes, overtaken
from tests.complaints.test_alerts import send
from tests.factories import machine_caller, make_machine_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]


@pytest.fixture
def key(company) -> Issued:
    return make_machine_key("alerts.report", unit_codes=["X1"])


def test_twenty_alarms_of_one_lift_are_one_ticket(key):
    def cry(number):
        return lambda: send(machine_caller(key), code=f"alarm{number % 5}").status_code

    # the first request of a process makes what all later ones share
    assert send(machine_caller(key), "cleared").json() == {"alert": None}
    answers = at_once(*map(cry, range(20)))
    assert sorted(answers) == [200] * 19 + [201]
    assert Ticket.objects.count() == 1
    assert sum(DeviceAlert.objects.values_list("raise_count", flat=True)) == 20


@pytest.mark.parametrize(
    ("end", "then"),
    [("withdraw", State.ASSIGNED), ("resolve", State.REOPENED)],
)
def test_an_alarm_is_not_counted_on_what_was_put_to_rest_in_that_moment(key, end, then):
    """It makes a new ticket, or opens the solved one again; it is never swallowed."""
    send(machine_caller(key), system="energy")
    ticket = bring_to(State.IN_PROGRESS, Ticket.objects.get(), at=database_now())

    def put_to_rest():
        words = {"reason": "误报"} if end == "withdraw" else {"reply": "已处理"}
        return getattr(lifecycle, end)(ticket, actor=SYSTEM, at=database_now(), **words)

    now = database_now().isoformat()
    overtaken(put_to_rest, lambda: send(machine_caller(key), system="energy", at=now))
    assert Ticket.objects.open().get().state == then


def test_one_file_brought_in_twice_at_once_comes_in_once(company, tmp_path):
    def bring(name):
        return lambda: bring_in(NYC_FILE, NYC, tmp_path / name, batch_size=4)

    outcomes = at_once(*(bring(f"rejects{n}.csv") for n in range(3)))
    ran = [each for each in outcomes if not isinstance(each, Exception)]
    assert ran
    assert all(isinstance(each, JobIsRunning) for each in outcomes if each not in ran)
    assert Ticket.objects.exclude(source="").count() == 23


def test_two_files_of_one_source_are_not_brought_in_at_once(company, tmp_path):
    """Each would find the other's keys missing."""
    twice = tmp_path / "again.csv"
    twice.write_bytes(NYC_FILE.read_bytes() + b"\n")

    def bring(path, name):
        return lambda: bring_in(path, NYC, tmp_path / name, batch_size=4)

    outcomes = at_once(bring(NYC_FILE, "a.csv"), bring(twice, "b.csv"))
    assert set(codes(outcomes)) <= {"done", "job_is_running"}
    assert Ticket.objects.exclude(source="").count() == 23
