"""Every page opens for whom it is, and for nobody else."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

PAGES = ("home", "tickets", "privacy", "seen", "correct", "delete", "account", "notices", "policy")


@pytest.mark.parametrize("page", PAGES)
def test_a_resident_opens_every_page(resident, page):
    response = resident.get(reverse(f"portal:{page}"))
    assert response.status_code == 200


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("home", "policy")])
def test_a_stranger_is_sent_to_the_sign_in_page_and_back(client, page):
    response = client.get(reverse(f"portal:{page}"))
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=%2F")


def test_a_stranger_is_welcomed_and_may_read_the_policy(client):
    welcome = client.get("/").content.decode()
    assert 'href="/sign-in/"' in welcome
    assert 'href="/policy/"' in welcome
    assert "住户服务隐私政策" in client.get("/policy/").content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_script_or_style_in_it_and_no_cache_keeps_one(resident, page):
    response = resident.get(reverse(f"portal:{page}"))
    html = response.content.decode()
    assert "style=" not in html
    assert "<script>" not in html
    assert "onclick" not in html
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    if page != "policy":
        assert "no-store" in response["Cache-Control"]


def test_a_cookie_that_is_worth_nothing_any_more_is_taken_away(client):
    client.cookies["desk_device"] = "gone"
    response = client.get(reverse("portal:tickets"))
    assert response.status_code == 302
    assert response.cookies["desk_device"].value == ""


def test_the_tabs_stand_on_pages_of_who_is_signed_in_alone(client, resident):
    assert "tabbar" in resident.get("/").content.decode()
    assert "tabbar" not in client.get("/policy/").content.decode()
