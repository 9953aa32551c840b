"""What alarms mean and where devices stand, in the settings."""

from __future__ import annotations

import pytest
from django.test import Client

from complaints.models import AlertRule, BuildingDevice, Category
from organisation.models import Building
from tests.factories import make_alert, make_post

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
