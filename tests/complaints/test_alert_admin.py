"""What alarms mean and where devices stand, in the settings."""

from __future__ import annotations

import pytest
from django.test import Client

from complaints.models import AlertRule, BuildingDevice, Category
from organisation.models import Building
from tests.complaints.test_alerts import send
from tests.factories import machine_caller, make_alert, make_machine_key, make_post

pytestmark = pytest.mark.django_db

RULES, DEVICES = "/admin/complaints/alertrule/", "/admin/complaints/buildingdevice/"


@pytest.fixture
def admin(company):
    client = Client()
    client.force_login(make_post("administrator", company.group).holder)
    return client


def test_a_rule_of_ones_own_decides_at_once(company, admin):
    values = {
        "system_kind": "lift",
        "alarm_code": "overload",
        "name": "超载",
        "name_en": "Overload",
        "category": Category.objects.get(code="lifts").pk,
        "severity": "ordinary",
        "window_minutes": 60,
    }
    assert admin.post(f"{RULES}add/", values).status_code == 302
    assert make_alert(company, alarm_code="overload").ticket.severity == "ordinary"
    assert AlertRule.objects.get(alarm_code="overload").window_minutes == 60


def test_a_device_is_put_right_and_a_strange_building_is_refused(company, admin):
    device = make_alert(company).device
    there = f"{DEVICES}{device.pk}/change/"
    elsewhere = Building.objects.create(unit=company.other_community, name="2 栋")
    values = {
        "source": device.source_id,
        "device_id": device.device_id,
        "system_kind": "lift",
        "unit": device.unit_id,
        "building": elsewhere.pk,
        "place": "西侧",
    }
    refused = admin.post(there, values)
    assert refused.context["adminform"].form.errors.keys() == {"building"}
    values["building"] = company.building.pk
    assert admin.post(there, values).status_code == 302
    assert BuildingDevice.objects.get().place == "西侧"


def test_a_regions_administrator_sees_their_devices_alone(company):
    make_alert(company)
    far = Client()
    far.force_login(make_post("administrator", company.other_region).holder)
    assert "L-3" not in far.get(DEVICES).content.decode()
    near = Client()
    near.force_login(make_post("administrator", company.region).holder)
    assert "L-3" in near.get(DEVICES).content.decode()
    assert near.get(f"{RULES}add/").status_code == 403


@pytest.fixture
def issued(company):
    return make_machine_key("alerts.report")


def lift(issued, unit, number="1", **fields):
    return {
        "source": issued.key.pk,
        "device_id": number,
        "system_kind": "lift",
        "unit": unit.pk,
        "building": "",
        "place": "",
        **fields,
    }


def add(admin, values):
    return admin.post(f"{DEVICES}add/", values)


def change(admin, device, values):
    return admin.post(f"{DEVICES}{device.pk}/change/", values)


def refused(answer):
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors.keys() == {"device_id"}
    return True


def heard_of(issued, unit, number="1"):
    send(machine_caller(issued), device=number, unit=unit.code, building="", place="")
    return BuildingDevice.objects.get(device_id=number, said_unit=unit)


def test_a_device_is_added_once(admin, issued, company):
    assert add(admin, lift(issued, company.community)).status_code == 302
    assert refused(add(admin, lift(issued, company.community)))
    assert add(admin, lift(issued, company.other_community)).status_code == 302
    assert add(admin, lift(issued, company.community, system_kind="fire")).status_code == 302
    other = make_machine_key("alerts.report")
    assert add(admin, lift(other, company.community)).status_code == 302
    assert BuildingDevice.objects.count() == 4


@pytest.mark.parametrize("moved", [False, True])
def test_one_that_its_system_wrote_down_is_not_added_again(admin, issued, company, moved):
    """Of two it would have to say which one cries, and who was told to name the community once
    does not."""
    device = heard_of(issued, company.community)
    if moved:
        BuildingDevice.objects.filter(pk=device.pk).update(unit=company.other_community)
        assert refused(add(admin, lift(issued, company.other_community)))
    assert refused(add(admin, lift(issued, company.community)))
    assert send(machine_caller(issued), device="1", unit="", building="").status_code == 200


@pytest.mark.parametrize("first_by_its_system", [False, True])
@pytest.mark.parametrize("second_by_its_system", [False, True])
def test_a_number_is_not_corrected_to_one_that_is_there(
    admin, issued, company, first_by_its_system, second_by_its_system
):
    for number, by_its_system in (("1", first_by_its_system), ("2", second_by_its_system)):
        if by_its_system:
            heard_of(issued, company.community, number)
        else:
            add(admin, lift(issued, company.community, number))
    second = BuildingDevice.objects.get(device_id="2")
    assert refused(change(admin, second, lift(issued, company.community, "1")))
    assert change(admin, second, lift(issued, company.community, "3")).status_code == 302


def test_a_number_is_not_corrected_to_one_that_was_moved_away(admin, issued, company):
    """Both are known as of the community which their system named."""
    for number in ("1", "2"):
        heard_of(issued, company.community, number)
    BuildingDevice.objects.update(unit=company.other_community)
    BuildingDevice.objects.filter(device_id="1").update(unit=company.community)
    second = BuildingDevice.objects.get(device_id="2")
    assert refused(change(admin, second, lift(issued, company.other_community, "1")))


def test_a_device_moves_to_where_another_one_of_its_number_is_known(admin, issued, company):
    """It stays the one that its system names with the other community."""
    heard_of(issued, company.community)
    moving = heard_of(issued, company.other_community)
    assert change(admin, moving, lift(issued, company.community)).status_code == 302
    moving.refresh_from_db()
    assert (moving.unit, moving.said_unit) == (company.community, company.other_community)


def test_one_that_no_alarm_has_placed_does_not_move_beside_another_such_one(admin, issued, company):
    for unit in (company.community, company.other_community):
        add(admin, lift(issued, unit))
    moving = BuildingDevice.objects.get(unit=company.other_community)
    assert refused(change(admin, moving, lift(issued, company.community)))


def test_what_was_written_down_twice_before_can_still_be_put_right(admin, issued, company):
    device = heard_of(issued, company.community)
    twin = BuildingDevice.objects.create(
        source=issued.key, device_id="1", system_kind="lift", unit=company.community
    )
    for each in (device, twin):
        values = lift(issued, company.community, place="西侧")
        assert change(admin, each, values).status_code == 302
    assert change(admin, twin, lift(issued, company.community, "X-1")).status_code == 302
