"""Exchanges write numbers in ways of their own, and still the call rings for the right person."""

import pytest

from residents.models import Call
from tests.factories import StaffFactory, machine_caller, make_machine_key, make_person, make_post
from tests.residents.test_calls import ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange(company):
    return machine_caller(make_machine_key("calls.report"))


@pytest.mark.parametrize("named", ["023-63000001", "02363000001", "(023) 6300 0001"])
def test_a_work_telephone_is_its_digits(exchange, company, named):
    staff = StaffFactory(work_phone="023-63000001")
    desk = make_post("hotline_agent", company.group, staff).holder
    assert ring(exchange, named).json()["agent"] == desk.username


def test_a_user_name_is_one_person_s_whoever_has_it_for_a_telephone(exchange, company):
    """However many they are, and whichever of them the database finds first."""
    for _ in range(4):
        make_post("hotline_agent", company.group, StaffFactory(work_phone="80-01"))
    desk = make_post("hotline_agent", company.group, StaffFactory(username="8001")).holder
    assert ring(exchange, "8001").json()["agent"] == desk.username


def test_one_telephone_is_nobody_s_where_two_have_it(exchange, company):
    for phone in ("80-01", "8001"):
        make_post("hotline_agent", company.group, StaffFactory(work_phone=phone))
    assert ring(exchange, "8001").status_code == 400


@pytest.mark.parametrize("named", ["agent7", "--", "+"])
def test_what_is_no_number_is_nobody_s_telephone(exchange, company, named):
    make_post("hotline_agent", company.group, StaffFactory(work_phone="7"))
    make_post("hotline_agent", company.group, StaffFactory(work_phone=""))
    assert ring(exchange, named).status_code == 400


def test_a_sip_address_is_the_number_in_it(exchange, company):
    make_person("周敏", "13812345678", company.dwelling)
    desk = company.agent.holder
    for call_id, caller in (("plain", "13812345678"), ("sip", "sip:13812345678@10.0.0.1")):
        assert ring(exchange, desk.username, call_id=call_id, caller=caller).status_code == 201
    plain, sip = Call.objects.order_by("pk")
    assert plain.number_index == sip.number_index is not None
