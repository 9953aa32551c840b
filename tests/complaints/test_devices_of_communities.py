"""One key speaks for many communities, and each numbers its lifts from one."""

import pytest

from complaints.enums import SystemKind
from complaints.models import BuildingDevice, DeviceAlert, Ticket
from tests.complaints.test_alerts import send
from tests.factories import machine_caller, make_machine_key

pytestmark = pytest.mark.django_db

PLACELESS = {"building": "", "place": ""}


@pytest.fixture
def issued(company):
    return make_machine_key("alerts.report")


@pytest.fixture
def system(issued):
    return machine_caller(issued)


def units():
    return sorted(BuildingDevice.objects.values_list("unit__code", flat=True))


def test_lift_one_here_is_not_lift_one_there(system, company):
    """Merged, who is caught in one of them would be a count on the other one's ticket."""
    for unit in ("X1", "X2"):
        answer = send(system, device="1", code="entrapment", unit=unit, **PLACELESS)
        assert answer.status_code == 201
    assert {ticket.unit.code for ticket in Ticket.objects.all()} == {"X1", "X2"}
    assert send(system, "cleared", device="1", code="entrapment", unit="X2").status_code == 200
    assert DeviceAlert.objects.active().get().device.unit == company.community


def test_where_the_community_is_not_said_it_must_be_clear_which_is_meant(system):
    send(system, device="1", unit="X1", **PLACELESS)
    assert send(system, device="1", unit="", **PLACELESS).status_code == 200
    send(system, device="1", unit="X2", **PLACELESS)
    refused = send(system, device="1", unit="", **PLACELESS)
    assert refused.status_code == 400
    assert [each["field"] for each in refused.json()["errors"]] == ["unit"]
    assert "多个小区" in refused.json()["errors"][0]["detail"]


def test_what_people_put_right_stays_however_often_its_system_says_otherwise(system, company):
    send(system, device="1", unit="X2", **PLACELESS)
    BuildingDevice.objects.update(unit=company.community)
    for unit in ("X2", ""):
        assert send(system, device="1", unit=unit, **PLACELESS).status_code == 200
    assert units() == ["X1"]


def written_down(issued, unit, **fields):
    return BuildingDevice.objects.create(
        source=issued.key, device_id="1", system_kind=SystemKind.LIFT, unit=unit, **fields
    )


def test_one_that_was_written_down_before_is_the_one_that_stands_there(system, issued, company):
    known = written_down(issued, company.community)
    send(system, device="1", unit="X1", **PLACELESS)
    known.refresh_from_db()
    assert known.said_unit == company.community
    send(system, device="1", unit="X2", **PLACELESS)
    assert units() == ["X1", "X2"]


def test_a_system_that_writes_codes_of_its_own_is_known_by_its_one_device(system, issued, company):
    written_down(issued, company.community)
    assert send(system, device="1", unit="ABC", **PLACELESS).status_code == 201
    assert units() == ["X1"]


def test_one_that_was_moved_before_its_community_was_kept_stays(system, company):
    send(system, device="1", unit="X2", **PLACELESS)
    BuildingDevice.objects.update(unit=company.community, said_unit=None)
    assert send(system, device="1", unit="X2", **PLACELESS).status_code == 200
    assert units() == ["X1"]
    send(system, device="1", unit="X1", **PLACELESS)
    assert units() == ["X1", "X1"]


def heard_of_before_its_community_was_kept(system, unit="X1"):
    send(system, device="1", code="entrapment", unit=unit, **PLACELESS)
    BuildingDevice.objects.update(said_unit=None)
    return BuildingDevice.objects.get()


def test_one_that_stands_there_comes_before_one_that_was_heard_of_elsewhere(
    system, issued, company
):
    """Claimed for X2, the lift of X1 would send whoever frees people in X2 to X1."""
    heard_of = heard_of_before_its_community_was_kept(system)
    there = written_down(issued, company.other_community)
    answer = send(system, device="1", code="entrapment", unit="X2", **PLACELESS)
    assert answer.status_code == 201
    assert there.alerts.get().ticket.unit == company.other_community
    assert send(system, device="1", code="entrapment", unit="X1", **PLACELESS).status_code == 200
    assert heard_of.alerts.get().raise_count == 2
    assert units() == ["X1", "X2"]


@pytest.mark.parametrize("kept", [False, True])
def test_a_community_out_of_the_keys_reach_claims_nothing_and_is_refused(company, kept):
    """Mistyped, it would keep the right one's "cleared" from the alarm; meant, it is another
    lift."""
    system = machine_caller(make_machine_key("alerts.report", unit_codes=["X1"]))
    device = heard_of_before_its_community_was_kept(system)
    if kept:
        send(system, device="1", code="entrapment", unit="X1", **PLACELESS)
    for event in ("raised", "cleared"):
        refused = send(system, event, device="1", code="entrapment", unit="X3", **PLACELESS)
        assert refused.status_code == 400
        assert [each["field"] for each in refused.json()["errors"]] == ["unit"]
    assert device.alerts.get().active
    cleared = send(system, "cleared", device="1", code="entrapment", unit="X1", **PLACELESS)
    assert cleared.status_code == 200
    assert not device.alerts.get().active
    assert units() == ["X1"]
