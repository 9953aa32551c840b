from __future__ import annotations

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.urls import reverse

from core.address import client_address
from organisation.models import Staff
from tests.factories import Company, StaffFactory, make_post

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def sign_in(client: Client, username: str, password: str, **headers):
    return client.post(
        reverse("console:sign_in"), {"username": username, "password": password}, **headers
    )


class TestLockout:
    def test_five_wrong_passwords_lock_the_name_out_for_a_while(self, client: Client):
        person = StaffFactory()
        for _ in range(4):
            assert sign_in(client, person.username, "wrong").status_code != 429

        locked = sign_in(client, person.username, "wrong")

        assert locked.status_code == 429
        assert locked["Retry-After"] == "900"
        assert "15 分钟后再试" in locked.content.decode()
        assert sign_in(client, person.username, PASSWORD).status_code == 429

    def test_an_unknown_name_is_locked_out_just_the_same(self, client: Client):
        StaffFactory()
        answers = [sign_in(client, "nobody", "wrong") for _ in range(6)]
        assert [answer.status_code for answer in answers][-2:] == [429, 429]

    def test_another_person_at_the_same_place_still_signs_in(self, client: Client):
        locked, other = StaffFactory(), StaffFactory()
        for _ in range(6):
            sign_in(client, locked.username, "wrong")
        assert sign_in(client, other.username, PASSWORD).status_code == 302

    def test_a_flushed_cache_opens_nothing(self, client: Client):
        from django.core.cache import cache

        person = StaffFactory()
        for _ in range(6):
            sign_in(client, person.username, "wrong")
        cache.clear()
        assert sign_in(client, person.username, PASSWORD).status_code == 429

    def test_no_password_is_kept_of_a_failed_attempt(self, client: Client):
        person = StaffFactory()
        sign_in(client, person.username, "nearly-my-password")
        attempt = AccessAttempt.objects.get()
        assert "nearly-my-password" not in attempt.post_data + attempt.get_data

    def test_who_has_left_does_not_sign_in(self, client: Client):
        person = StaffFactory(is_active=False)
        sign_in(client, person.username, PASSWORD)
        assert "_auth_user_id" not in client.session


class TestTheAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "expected"),
        [
            (0, "203.0.113.9", "10.0.0.1"),
            (0, "", "10.0.0.1"),
            (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
            (2, "198.51.100.7, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
            (2, "203.0.113.9", "10.0.0.1"),
            (1, "", "10.0.0.1"),
        ],
    )
    def test_only_what_our_proxies_wrote_is_believed(self, settings, proxies, forwarded, expected):
        settings.TRUSTED_PROXY_COUNT = proxies
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers=headers)
        assert client_address(request) == expected

    @pytest.mark.parametrize(
        ("written", "counted"),
        [
            ("2001:db8:1:2::1", "2001:db8:1:2::"),
            ("2001:db8:1:2:ffff::9", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
            ("::1", "::"),
            ("::ffff:203.0.113.9", "203.0.113.9"),  # IPv4 at a socket for both
            ("no address", "no address"),
        ],
    )
    def test_of_ipv6_a_household_has_one(self, written, counted):
        assert client_address(RequestFactory().get("/", REMOTE_ADDR=written)) == counted

    def test_a_household_of_ipv6_does_not_escape_the_lockout(self, client: Client):
        person = StaffFactory()
        answers = [
            sign_in(client, person.username, "wrong", REMOTE_ADDR=f"2001:db8:1:2::{n}")
            for n in range(1, 7)
        ]
        assert answers[-1].status_code == 429

    def test_a_made_up_address_does_not_escape_the_lockout(self, client: Client):
        person = StaffFactory()
        answers = [
            sign_in(client, person.username, "wrong", headers={"X-Forwarded-For": f"192.0.2.{n}"})
            for n in range(6)
        ]
        assert answers[-1].status_code == 429


class TestAdmin:
    def test_strangers_are_sent_to_our_sign_in_page(self, client: Client):
        answer = client.get("/admin/organisation/unit/")
        assert answer.status_code == 302
        there = answer["Location"]
        assert there.startswith("/admin/login/")
        assert client.get(there)["Location"] == (
            reverse("console:sign_in") + "?next=/admin/organisation/unit/"
        )

    def test_its_own_form_signs_nobody_in(self, client: Client):
        person = make_administrator()
        answer = client.post("/admin/login/", {"username": person.username, "password": PASSWORD})
        assert answer.status_code == 302
        assert "_auth_user_id" not in client.session

    def test_staff_without_the_permission_are_refused_not_asked_again(self, company, client):
        client.force_login(company.manager.holder)
        assert client.get("/admin/").status_code == 302
        assert client.get("/admin/login/").status_code == 403

    def test_an_administrator_comes_in(self, client: Client):
        client.force_login(make_administrator())
        for model in ("unit", "post", "role", "staff", "workcalendar", "building"):
            assert client.get(f"/admin/organisation/{model}/").status_code == 200, model
            add = client.get(f"/admin/organisation/{model}/add/")
            assert add.status_code == (403 if model == "workcalendar" else 200), model


def make_administrator() -> Staff:
    return make_post("administrator", Company().group).holder


class TestLanguage:
    def test_staff_read_the_language_they_chose_whatever_the_cookie_says(self, company, client):
        person = company.manager.holder
        person.preferred_language = "en"
        person.save()
        client.force_login(person)
        client.cookies["django_language"] = "zh-hans"

        assert client.get(reverse("console:home"))["Content-Language"] == "en"

    def test_others_read_that_of_the_cookie(self, client: Client):
        client.cookies["django_language"] = "en"
        assert client.get(reverse("console:sign_in"))["Content-Language"] == "en"
        client.cookies["django_language"] = "zh-hans"
        assert client.get(reverse("console:sign_in"))["Content-Language"] == "zh-hans"

    def test_switching_is_kept_for_staff(self, company, client: Client):
        person = company.manager.holder
        client.force_login(person)

        client.post(reverse("set_language"), {"language": "en", "next": "/"})

        person.refresh_from_db()
        assert person.preferred_language == "en"

    def test_an_unknown_language_changes_nothing(self, company, client: Client):
        person = company.manager.holder
        client.force_login(person)
        client.post(reverse("set_language"), {"language": "xx", "next": "/"})
        person.refresh_from_db()
        assert person.preferred_language == "zh-hans"

    def test_switching_is_no_link(self, client: Client):
        assert client.get(reverse("set_language")).status_code == 405


def test_no_log_names_the_person_or_the_address(client: Client, caplog):
    person = StaffFactory(username="li.xiaoming")
    with caplog.at_level("DEBUG"):
        for _ in range(6):
            sign_in(client, person.username, "wrong", REMOTE_ADDR="203.0.113.9")
    assert "axes" in caplog.text
    assert "li.xiaoming" not in caplog.text
    assert "203.0.113.9" not in caplog.text
