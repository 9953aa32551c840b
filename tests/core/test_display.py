"""Theme and letter size are kept in cookies and nowhere else."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from core import display


def _post(data, **headers):
    return display.set_display(RequestFactory().post("/display/", data, headers=headers))


def test_choice_is_kept_and_the_page_comes_back():
    response = _post({"theme": "dark", "next": "/tickets/?page=2"})

    assert response["Location"] == "/tickets/?page=2"
    assert response.cookies["desk_theme"].value == "dark"
    assert "desk_type" not in response.cookies


@pytest.mark.parametrize("value", ["", "blue", '"><script>', "DARK"])
def test_unknown_choice_is_not_kept(value):
    assert _post({"theme": value}).cookies == {}


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "", "x:y"])
def test_the_way_back_never_leaves_the_desk(target):
    assert _post({"theme": "dark", "next": target})["Location"] == "/"


def test_without_a_named_page_the_way_back_is_where_it_was_pressed():
    response = _post({"type": "large"}, referer="http://testserver/mine/")

    assert response["Location"] == "http://testserver/mine/"


def test_reading_a_page_changes_nothing():
    assert display.set_display(RequestFactory().get("/display/")).status_code == 405


@pytest.mark.parametrize(
    ("cookies", "attributes"),
    [
        ({}, ""),
        ({"desk_theme": "dark"}, ' data-theme="dark"'),
        ({"desk_theme": "auto", "desk_type": "large"}, ' data-type="large"'),
        ({"desk_theme": '"><script>'}, ""),
    ],
)
def test_page_carries_the_choice(cookies, attributes):
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)

    html = Template("{% load display %}{% display_attributes %}").render(
        Context({"request": request})
    )

    assert html == attributes
