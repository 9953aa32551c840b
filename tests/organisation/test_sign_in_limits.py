"""Passwords that fail: one address with many names, one name from many addresses, and the call
centre behind one address that goes on working."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.models import LimitWindow
from core.pages import known_computer
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
OFFICE, ELSEWHERE = "203.0.113.9", "198.51.100.7"
WAIT = "从没有登录过的电脑登录，失败次数过多"


def sign_in(client, name, password=PASSWORD, address=OFFICE):
    values = {"username": name, "password": password}
    return client.post(reverse("console:sign_in"), values, REMOTE_ADDR=address)


def leave(client):
    """Out by the button, which leaves the other cookies where they are."""
    client.post(reverse("console:sign_out"))


@pytest.fixture(autouse=True)
def limits(settings):
    settings.SIGN_IN_FAILURES_PER_ADDRESS_PER_HOUR = 3
    settings.SIGN_IN_FAILURES_PER_NAME_PER_HOUR = 2


@pytest.fixture
def tried_out():
    """An address from which too many names were tried."""
    for n in range(3):
        assert sign_in(Client(), f"name{n}", "wrong").status_code == 200


def test_an_address_that_tries_many_names_waits_with_words_and_keeps_what_was_typed(tried_out):
    answer = sign_in(Client(), "name-after", "wrong")
    page = answer.content.decode()
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "之后可以再试" in page
    assert WAIT in page
    assert 'value="name-after"' in page


def test_the_right_password_opens_nothing_there_either_nor_does_a_flushed_cache(tried_out):
    cache.clear()
    client = Client()
    assert sign_in(client, StaffFactory().username).status_code == 429
    assert "_auth_user_id" not in client.session


def test_other_addresses_are_not_concerned(tried_out):
    assert sign_in(Client(), StaffFactory().username, address=ELSEWHERE).status_code == 302


def test_a_name_that_is_tried_from_many_addresses_waits(client):
    person = StaffFactory()
    for n in range(2):
        assert sign_in(Client(), person.username, "wrong", f"192.0.2.{n}").status_code == 200
    answer = sign_in(Client(), f" {person.username.upper()}", "wrong", "192.0.2.9")
    assert answer.status_code == 429


def test_an_unknown_name_is_answered_just_the_same():
    answers = [sign_in(Client(), "nobody", "wrong", f"192.0.2.{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_whoever_has_signed_in_on_a_computer_goes_on_there(client):
    person, colleague = StaffFactory(), StaffFactory()
    desk = Client()
    sign_in(desk, person.username)
    leave(desk)
    sign_in(desk, colleague.username)  # the next shift at the same desk
    for n in range(4):
        sign_in(Client(), f"name{n}", "wrong")
        sign_in(Client(), person.username, "wrong", ELSEWHERE)
    assert sign_in(Client(), person.username).status_code == 429
    leave(desk)
    assert sign_in(desk, person.username).status_code == 302
    leave(desk)
    assert sign_in(desk, colleague.username).status_code == 302


def test_a_known_computer_lets_nobody_in_by_itself_and_is_known_for_its_names_alone():
    person, other = StaffFactory(), StaffFactory()
    desk = Client()
    sign_in(desk, person.username)
    leave(desk)
    assert sign_in(desk, person.username, "wrong").status_code == 200
    for _ in range(2):
        sign_in(desk, other.username, "wrong")
    assert sign_in(desk, other.username).status_code == 429


def test_a_known_computer_may_not_try_for_ever(monkeypatch):
    monkeypatch.setattr("organisation.services.sign_in_limits.PER_COMPUTER", 1)
    person, desk = StaffFactory(), Client()
    sign_in(desk, person.username)
    leave(desk)
    answers = [sign_in(desk, person.username, "wrong", f"192.0.2.{n}") for n in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]


def test_a_cookie_that_we_did_not_write_is_no_known_computer():
    person = StaffFactory()
    forged = Client()
    sign_in(forged, person.username)
    leave(forged)
    forged.cookies[known_computer.COOKIE] = forged.cookies[known_computer.COOKIE].value[:-1] + "~"
    answers = [sign_in(forged, person.username, "wrong", f"192.0.2.{n}") for n in range(3)]
    assert answers[-1].status_code == 429


def test_only_failures_count():
    for _ in range(5):
        assert sign_in(Client(), StaffFactory().username).status_code == 302
    assert {window.hits for window in LimitWindow.objects.all()} == {0}


def test_what_is_kept_names_nobody():
    person = StaffFactory(username="li.xiaoming")
    client = Client()
    cookie = sign_in(client, person.username).cookies[known_computer.COOKIE]
    sign_in(Client(), person.username, "wrong")
    assert "xiaoming" not in cookie.value
    assert cookie["httponly"]
    kept = b"".join(bytes(window.bucket) for window in LimitWindow.objects.all())
    assert b"xiaoming" not in kept
    assert OFFICE.encode() not in kept
