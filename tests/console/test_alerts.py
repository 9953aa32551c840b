"""Alarms of devices on the pages: what is on, in scope, and what a device said."""

from __future__ import annotations

import pytest

from complaints.models import DeviceAlert, Ticket
from tests.complaints.test_alerts import send
from tests.console.conftest import Browser
from tests.factories import machine_caller, make_machine_key

pytestmark = pytest.mark.django_db

PAGE = "/console/alerts/"


@pytest.fixture
def system(company):
    return machine_caller(make_machine_key("alerts.report", unit_codes=["X1"]))


def test_the_list_shows_what_is_on_with_its_ticket(manager, system):
    assert "现在没有设备在告警" in manager.open(PAGE)
    send(system)
    send(system)
    page = manager.open(PAGE)
    alert = DeviceAlert.objects.get()
    for words in ("L-3", "door", "1 栋 3 号梯", str(alert.ticket.public_id)):
        assert words in page
    assert "L-3" not in manager.open(PAGE, system="fire")
    assert "L-3" in manager.open(PAGE, system="lift")
    send(system, "cleared")
    assert "L-3" not in manager.open(PAGE)


def test_an_address_that_makes_no_sense_is_the_whole_list(manager, system):
    send(system)
    assert "L-3" in manager.open(PAGE, system="spaceship", after="nonsense")


def test_nobody_sees_the_devices_of_others(company, system):
    send(system)
    assert "L-3" not in Browser(company.far_steward.holder).open(PAGE)
    assert Browser(company.far_steward.holder).get(PAGE).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_row_as_for_three(
    manager, system, count, django_assert_num_queries
):
    for number in range(count):
        send(system, device=f"L-{number}")
    manager.open(PAGE)
    with django_assert_num_queries(4):
        assert manager.open(PAGE).text.count("<tr>") == count + 1


def test_the_ticket_shows_its_device_and_what_it_said(manager, system):
    send(system)
    send(system)
    send(system, "cleared")
    page = manager.open(f"/console/tickets/{Ticket.objects.get().public_id}/")
    for words in ("设备告警", "L-3", "2 次", "已解除", "告警记录", "设备告警已解除"):
        assert words in page
