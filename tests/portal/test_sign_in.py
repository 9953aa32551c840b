"""In by a code, with the same words for known and unknown numbers; out again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from residents.models import DeviceToken, SignInCode
from tests.portal.conftest import PHONE, client_of, code_in
from tests.reading import says

pytestmark = pytest.mark.django_db

SIGN_IN, CODE = reverse("portal:sign_in"), reverse("portal:code")


def _ask(client, phone=PHONE, **more):
    return client.post(SIGN_IN, {"phone": phone, **more})


def test_a_resident_signs_in_with_the_code_they_were_sent(client, person, codes):
    assert _ask(client)["Location"] == CODE
    response = client.post(CODE, {"code": code_in(codes)})
    assert response["Location"] == "/"
    assert "报修" in client.get("/").content.decode()


def test_the_cookie_is_for_this_site_and_out_of_reach_of_scripts(client, person, codes, settings):
    settings.SESSION_COOKIE_SECURE = True
    _ask(client)
    cookie = client.post(CODE, {"code": code_in(codes)}).cookies["desk_device"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == settings.DEVICE_TOKEN_DAYS * 24 * 3600
    assert DeviceToken.objects.get().token_sha256 != cookie.value.encode()


def test_somebody_unknown_sees_the_same_pages_and_gets_no_code(client, person, codes):
    known, stranger = Client(), Client()
    _ask(known)
    _ask(stranger, "13999998888")
    pages = [each.get(CODE).content.decode() for each in (known, stranger)]
    assert "138****5678" in pages[0]
    assert "139****8888" in pages[1]
    assert len(codes) == 1
    assert SignInCode.objects.count() == 2
    refused = stranger.post(CODE, {"code": code_in(codes)})
    assert refused.status_code == 422
    assert "验证码不正确或已失效" in refused.content.decode()


def test_the_number_stands_in_no_address_and_in_no_readable_cookie(client, person, codes):
    response = _ask(client, "138 1234 5678")
    assert not says(response["Location"], "138")
    assert "13812345678" not in response.cookies["desk_code"].value
    assert "desk_device" not in response.cookies


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "请填写“"), ("123", "电话号码位数不足"), ("not a number", "电话号码")],
)
def test_what_is_no_number_is_said_beside_the_field(client, db, typed, words):
    response = _ask(client, typed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert f'value="{typed}"' in response.content.decode() or not typed


def test_a_wrong_code_may_be_typed_three_times(client, person, codes):
    _ask(client)
    right = code_in(codes)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(3):
        assert client.post(CODE, {"code": wrong}).status_code == 422
    assert client.post(CODE, {"code": right}).status_code == 422
    assert not DeviceToken.objects.exists()


def test_another_code_is_not_sent_within_a_minute(client, person, codes):
    _ask(client)
    response = client.post(CODE, {"again": "1"})
    assert response.status_code == 429
    assert "秒后可以重发" in response.content.decode()
    assert len(codes) == 1


def test_another_code_is_sent_after_a_minute(client, person, codes, monkeypatch):
    from datetime import timedelta

    from portal import pending

    monkeypatch.setattr(pending, "AGAIN_AFTER", timedelta(0))
    _ask(client)
    assert client.post(CODE, {"again": "1"})["Location"] == CODE
    assert len(codes) == 2
    assert client.post(CODE, {"code": code_in(codes)}).status_code == 302


def test_the_limit_of_the_number_is_said_in_words(client, person, codes, settings):
    settings.CODE_PER_NUMBER_PER_HOUR = 1
    _ask(client)
    response = _ask(client)
    assert response.status_code == 429
    assert "之后可以再试" in response.content.decode()
    assert len(codes) == 1


def test_a_code_cannot_be_typed_before_one_was_asked_for(client, db):
    assert client.get(CODE)["Location"] == SIGN_IN
    client.cookies["desk_code"] = "forged"
    assert client.get(CODE)["Location"] == SIGN_IN


def test_one_is_led_on_to_the_page_that_was_wanted(client, person, codes):
    sent = client.get("/tickets/?show=ended")["Location"]
    page = client.get(sent).content.decode()
    assert 'value="/tickets/?show=ended"' in page
    on = _ask(client, next="/tickets/?show=ended")["Location"]
    response = client.post(on, {"code": code_in(codes)})
    assert response["Location"] == "/tickets/?show=ended"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "javascript:1", "nowhere", "portal:home"],
)
def test_nobody_is_led_to_another_site(client, person, codes, elsewhere):
    _ask(client, next=elsewhere)
    response = client.post(CODE, {"code": code_in(codes), "next": elsewhere})
    assert response["Location"] == "/"


def test_who_is_signed_in_needs_no_code(resident):
    for wanted in ("", "?next=nowhere", "?next=portal:sign_out", "?next=//evil.example"):
        assert resident.get(SIGN_IN + wanted)["Location"] == "/"


def test_signing_out_ends_the_token_and_takes_the_cookie(person):
    client = client_of(person)
    response = client.post(reverse("portal:sign_out"))
    assert response["Location"] == "/"
    assert response.cookies["desk_device"].value == ""
    assert DeviceToken.objects.get().revoked_at is not None


def test_signing_out_is_no_link(resident):
    assert resident.get(reverse("portal:sign_out")).status_code == 405


def test_a_form_from_elsewhere_is_refused(person):
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_of(person).cookies
    assert client.post(reverse("portal:sign_out")).status_code == 403
    assert DeviceToken.objects.get().revoked_at is None


def test_the_demo_says_where_its_codes_are_shown(client, db, settings):
    from jinke_desk.env import Mode

    assert "/demo/messages/" not in client.get(SIGN_IN).content.decode()
    settings.MODE = Mode.DEMO
    assert "/demo/messages/" in client.get(SIGN_IN).content.decode()
