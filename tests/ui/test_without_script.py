"""With scripts switched off everything that matters still works."""

import pytest

from core import gallery

pytestmark = pytest.mark.browser


@pytest.fixture
def page(make_site):
    site = make_site(390, scripts=False)
    site.add("/", '{% extends "ui/gallery.html" %}', **gallery.sample(), sign_out_url="/out")
    return site.open("/")


def test_menu_opens_and_signs_out(page):
    page.locator("summary").click()

    assert page.get_by_role("button", name="退出登录").is_visible()


def test_display_is_chosen_by_forms_that_post(page):
    form = page.locator("form[data-display]").first

    assert form.get_attribute("method") == "post"
    assert form.get_attribute("action") == "/display/"


def test_photos_are_chosen_in_the_browsers_own_control(page):
    picker = page.locator("#whole_photos")

    assert picker.is_visible()
    assert picker.bounding_box()["width"] > 200


def test_stars_are_chosen_by_the_arrow_keys(page):
    page.locator("#whole_score_0").focus()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")

    assert page.locator("#whole_score_2").is_checked()


def test_nothing_is_offered_that_needs_a_script(page):
    assert page.get_by_role("button", name="快捷键").count() == 0
    assert page.locator("[data-dismiss]:visible").count() == 0
