"""Alarms of building systems: one ticket for a matter, counted and not flooded, raced for real."""

from __future__ import annotations

import datetime as dt
import itertools
import threading

import pytest
from django.db import connections

from complaints.enums import EventKind, Severity, State
from complaints.models import AlertReport, AlertRule, BuildingDevice, DeviceAlert, Ticket
from complaints.reference_data import load
from complaints.services import alerts, lifecycle
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from core.clock import database_now
from tests.complaints.conftest import bring_to
from tests.factories import Company, machine_caller, make_machine_key

ALERTS = "/api/v1/alerts/"
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
_moments = itertools.count(1)


def send(caller, event="raised", **changes):
    body = {
        "system": "lift",
        "device": "L-3",
        "code": "door",
        "grade": "major",
        "event": event,
        "at": (database_now() - dt.timedelta(hours=1) + next(_moments) * SECOND).isoformat(),
        "unit": "X1",
        "building": "1 栋",
        "place": "1 栋 3 号梯",
        **changes,
    }
    return caller.post(ALERTS, body)


@pytest.fixture
def system(company):
    return machine_caller(make_machine_key("alerts.report", unit_codes=["X1"]))


@pytest.mark.django_db
class TestRaising:
    def test_makes_an_incident_where_the_device_stands(self, system, company):
        answer = send(system)
        assert answer.status_code == 201
        ticket = Ticket.objects.get()
        assert (ticket.kind, ticket.channel) == ("incident", "building_system")
        assert (ticket.unit, ticket.building) == (company.community, company.building)
        assert (ticket.category.code, ticket.severity) == ("lifts", Severity.URGENT)
        assert answer.json()["alert"]["ticket"]["reference"] == ticket.reference
        assert not hasattr(ticket, "reporter")

    @pytest.mark.parametrize(
        ("kind", "code"),
        [("lift", "entrapment"), ("gas", "leak"), ("fire", "smoke"), ("water", "flooding")],
    )
    def test_entrapment_gas_fire_and_flooding_are_safety_by_wall_clock(self, system, kind, code):
        send(system, system=kind, code=code, grade="minor")
        ticket = Ticket.objects.get()
        assert ticket.severity == Severity.SAFETY
        assert ticket.policy.code == "safety"
        spans = {clock.kind: clock.due_at - clock.started_at for clock in ticket.clocks.live()}
        assert spans["first_response"] == 15 * MINUTE
        assert spans["resolve"] == 240 * MINUTE

    @pytest.mark.parametrize(
        ("grade", "severity"),
        [("minor", "ordinary"), ("major", "urgent"), ("critical", "serious")],
    )
    def test_the_grade_decides_where_no_rule_does(self, system, grade, severity):
        send(system, grade=grade)
        assert Ticket.objects.get().severity == severity

    def test_a_rule_of_the_installations_own_stays_and_decides(self, system):
        AlertRule.objects.filter(system_kind="lift", alarm_code="").update(severity="serious")
        load(database_now())
        send(system)
        assert Ticket.objects.get().severity == "serious"

    def test_a_device_is_described_once(self, system, company):
        send(system)
        again = send(system, unit="", building="", place="")
        assert again.status_code == 200
        device = BuildingDevice.objects.get()
        assert (device.place, device.building) == ("1 栋 3 号梯", company.building)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"unit": ""}, "unit"),
            ({"unit": "X2"}, "unit"),
            ({"unit": "NOWHERE"}, "unit"),
            ({"building": "9 栋"}, "building"),
            ({"system": "elevator"}, "system"),
            ({"grade": "awful"}, "grade"),
            ({"event": "maybe"}, "event"),
            ({"at": "2020-01-01T00:00:00Z"}, "at"),
            ({"at": "2099-01-01T00:00:00Z"}, "at"),
            ({"device": ""}, "device"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_bad_input_is_named_and_nothing_is_written(self, system, changes, field):
        answer = send(system, **changes)
        assert answer.status_code == 400
        assert [each["field"] for each in answer.json()["errors"]] == [field]
        assert not Ticket.objects.exists()
        assert not BuildingDevice.objects.exists()

    def test_a_device_outside_the_keys_units_is_not_moved_into_them(self, company):
        issued = make_machine_key("alerts.report", unit_codes=["X1"])
        send(machine_caller(issued))
        type(issued.key).objects.filter(pk=issued.key.pk).update(unit_codes=["X2"])
        for unit in ("X1", ""):
            assert send(machine_caller(issued), unit=unit).status_code == 403
        assert DeviceAlert.objects.get().raise_count == 1

    def test_number_one_of_the_fire_panels_is_not_lift_number_one(self, system):
        """Its alarm would be a count on the lift's ticket, and nobody would hear of the fire."""
        send(system, device="1", code="entrapment")
        assert send(system, device="1", system="fire", code="smoke").status_code == 201
        assert {ticket.category.code for ticket in Ticket.objects.all()} == {"lifts", "security"}
        assert send(system, "cleared", device="1", code="entrapment").status_code == 200
        still = DeviceAlert.objects.active().get()
        assert still.device.system_kind == "fire"

    def test_one_device_id_of_two_systems_is_two_devices(self, system, company):
        other = machine_caller(make_machine_key("alerts.report", unit_codes=["X1"]))
        assert [send(each).status_code for each in (system, other)] == [201, 201]
        assert Ticket.objects.count() == 2


@pytest.mark.django_db
class TestRepeats:
    def test_a_flapping_lift_is_one_ticket_with_a_count_and_few_lines(self, system):
        for _ in range(30):
            send(system)
            send(system, "cleared")
        ticket, alert = Ticket.objects.get(), DeviceAlert.objects.get()
        assert alert.raise_count == 30
        assert not alert.active
        assert AlertReport.objects.filter(alert=alert).count() == 60
        told = ticket.events.filter(kind=EventKind.ALERTED)
        assert [(each.reason_code, each.count) for each in told] == [("cleared", 1)]

    def test_after_the_window_the_timeline_says_how_often(self, system):
        send(system)
        send(system)
        alert = DeviceAlert.objects.get()
        DeviceAlert.objects.update(told_raised_at=alert.told_raised_at - 30 * MINUTE)
        send(system)
        send(system)
        told = alert.ticket.events.get(kind=EventKind.ALERTED)
        assert (told.reason_code, told.count, told.visibility) == ("raised", 3, "internal")

    def test_the_same_report_again_changes_nothing(self, system):
        at = (database_now() - MINUTE).isoformat()
        first, again = send(system, at=at), send(system, at=at)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert DeviceAlert.objects.get().raise_count == 1

    def test_another_alarm_of_the_device_joins_and_a_worse_one_does_not(self, system):
        send(system, code="door")
        assert send(system, code="light").status_code == 200
        assert send(system, code="entrapment").status_code == 201
        assert send(system, code="door").status_code == 200
        assert sorted(Ticket.objects.values_list("severity", flat=True)) == ["safety", "urgent"]

    def test_the_same_alarm_at_a_worse_grade_is_not_lost_in_a_count(self, system):
        """It began as a trifle: what it became has clocks of its own, and then flaps on that."""
        send(system, grade="minor")
        assert send(system, grade="critical").status_code == 201
        trifle, grave = Ticket.objects.order_by("pk")
        assert (trifle.severity, grave.severity) == (Severity.ORDINARY, Severity.SERIOUS)
        for grade in ("minor", "critical", "major", "minor", "critical"):
            assert send(system, grade=grade).status_code == 200
        assert Ticket.objects.count() == 2

    def test_an_alarm_goes_on_counting_where_it_is_counted_beside_a_worse_one(self, system):
        first = send(system, code="door").json()["alert"]["ticket"]
        send(system, code="entrapment")
        send(system, "cleared", code="door")
        again = send(system, code="door").json()["alert"]
        assert (again["ticket"], again["raise_count"], again["active"]) == (first, 2, True)

    def test_people_are_not_disturbed_by_a_count(self, system):
        send(system)
        before = Ticket.objects.values_list("version", "next_step_at", "level").get()
        for _ in range(5):
            send(system)
        assert Ticket.objects.values_list("version", "next_step_at", "level").get() == before


@pytest.mark.django_db
class TestTheEnd:
    def test_clearing_closes_the_alert_and_not_the_ticket(self, system):
        send(system)
        answer = send(system, "cleared")
        assert answer.status_code == 200
        assert not answer.json()["alert"]["active"]
        assert Ticket.objects.get().state == State.ASSIGNED

    def test_clearing_ends_it_on_each_ticket_that_counts_it(self, system):
        send(system, grade="minor")
        send(system, grade="critical")
        send(system, "cleared")
        assert not DeviceAlert.objects.filter(cleared_at=None).exists()

    def test_a_lowered_false_alarm_counts_the_same_grade_again(self, system):
        """Once it was critical it stays so: who lowered the ticket did not ask for a second one."""
        AlertRule.objects.filter(system_kind="lift").update(severity=Severity.SAFETY)
        send(system, grade="minor")
        send(system, grade="critical")
        Ticket.objects.update(severity=Severity.ORDINARY)
        assert send(system, grade="critical").status_code == 200
        assert Ticket.objects.count() == 1

    def test_clearing_what_was_never_raised_is_no_mistake(self, system):
        answer = send(system, "cleared")
        assert (answer.status_code, answer.json()) == (200, {"alert": None})
        assert not Ticket.objects.exists()

    def test_a_clear_that_is_older_than_the_raise_ends_nothing(self, system):
        send(system)
        early = (database_now() - dt.timedelta(hours=3)).isoformat()
        assert send(system, "cleared", at=early).json() == {"alert": None}
        assert DeviceAlert.objects.get().active

    def test_a_raise_after_the_ticket_ended_makes_a_new_one(self, system):
        send(system)
        lifecycle.withdraw(Ticket.objects.get(), actor=SYSTEM, reason="误报", at=database_now())
        assert send(system).status_code == 201
        assert Ticket.objects.count() == 2
        assert DeviceAlert.objects.count() == 2

    def test_a_raise_after_the_work_was_said_to_be_done_reopens(self, system):
        send(system, system="energy")
        bring_to(State.RESOLVED, Ticket.objects.get(), at=database_now())
        now = database_now().isoformat()
        assert send(system, system="energy", at=now).status_code == 200
        ticket = Ticket.objects.get()
        assert (ticket.state, ticket.cycle) == (State.REOPENED, 2)
        assert DeviceAlert.objects.get().raise_count == 2

    def test_a_raise_from_before_the_work_was_done_is_counted_and_reopens_nothing(self, system):
        """It was on its way while somebody repaired the thing."""
        send(system, system="energy")
        bring_to(State.RESOLVED, Ticket.objects.get(), at=database_now())
        assert send(system, system="energy").status_code == 200
        ticket = Ticket.objects.get()
        assert (ticket.state, ticket.cycle) == (State.RESOLVED, 1)
        assert DeviceAlert.objects.get().raise_count == 2

    def test_a_raise_that_its_own_end_overtook_is_over(self, system):
        began, ended = ((database_now() - n * MINUTE).isoformat() for n in (9, 8))
        send(system, "cleared", at=ended)
        assert send(system, at=began).status_code == 201
        assert not DeviceAlert.objects.get().active

    def test_a_raise_again_that_its_own_end_overtook_is_over(self, system):
        first, over, again, ended = (
            (database_now() - n * MINUTE).isoformat() for n in (9, 8, 7, 6)
        )
        send(system, at=first)
        send(system, "cleared", at=over)
        send(system, "cleared", at=ended)
        send(system, at=again)
        alert = DeviceAlert.objects.get()
        assert (alert.raise_count, alert.active) == (2, False)

    def test_nobody_answers_and_it_goes_up_at_night_too(self, system):
        send(system, code="entrapment")
        ticket = Ticket.objects.get()
        sweep(ticket.received_at + 16 * MINUTE)
        ticket.refresh_from_db()
        assert ticket.level == 1

    def test_old_reports_go_and_the_count_stays(self, system):
        send(system)
        assert alerts.delete_old(database_now() + dt.timedelta(days=91)) == 1
        assert DeviceAlert.objects.get().raise_count == 1


@pytest.mark.django_db
class TestTheList:
    @pytest.mark.parametrize("count", [1, 3])
    def test_shows_what_is_on_in_scope_at_one_price(
        self, system, company, count, client, django_assert_num_queries
    ):
        for number in range(count):
            send(system, device=f"L-{number}")
        client.force_login(company.engineer.holder)
        with django_assert_num_queries(3):  # session with its staff; grants; alerts
            listed = client.get(ALERTS).json()["results"]
        assert len(listed) == count
        client.force_login(company.far_steward.holder)
        assert client.get(ALERTS).json()["results"] == []

    def test_those_that_are_over_when_asked_for(self, system, company, client):
        send(system)
        send(system, "cleared")
        client.force_login(company.engineer.holder)
        assert client.get(ALERTS).json()["results"] == []
        assert len(client.get(ALERTS, {"active": "false"}).json()["results"]) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("threads")
@pytest.mark.parametrize("known", [False, True], ids=["new device", "known device"])
def test_alarms_of_one_device_at_the_same_moment_are_one_ticket(transactional_db, known):
    Company()
    issued = make_machine_key("alerts.report", unit_codes=["X1"])
    if known:
        send(machine_caller(issued), "cleared")
    barrier, codes = threading.Barrier(8), []

    def run(number):
        try:
            caller = machine_caller(issued)
            barrier.wait(timeout=60)
            codes.append(send(caller, code="door" if number % 2 else "light").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] * 7 + [201]
    assert Ticket.objects.count() == 1
    assert sum(DeviceAlert.objects.values_list("raise_count", flat=True)) == 8
