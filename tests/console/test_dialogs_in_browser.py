"""The dialog of an opened ticket in a browser: its form comes when it is asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Error, expect

from complaints.services import timeline
from core.actors import Actor
from core.clock import database_now
from tests.console.test_calls_in_browser import chrome  # noqa: F401  # a fixture of the tests here
from tests.factories import Company, make_person, make_ticket

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OPENERS = "a[data-dialog=act]"
#: the last words and what closes the form, faster than a hand
TYPED_AND_LEFT = """([opener, words]) => {
    const field = document.querySelector("#act textarea");
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("act").close();
    document.querySelectorAll(opener)[1].click();
}"""


@pytest.fixture
def company() -> Company:
    return Company()


@pytest.fixture
def ticket(company):
    caller = make_person("周敏", "13812345678", company.dwelling)
    return make_ticket(company, reporter_subject=caller.subject_id, at=database_now())


@pytest.fixture
def page(chrome, live_server, company, client, ticket) -> Iterator:  # noqa: F811  # the fixture
    """The ticket, as the manager opens it."""
    client.force_login(company.manager.holder)
    session = client.cookies["sessionid"].value
    context = chrome.new_context(base_url=live_server.url, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    context.set_default_timeout(30_000)
    opened, complaints = context.new_page(), []
    opened.on("console", lambda said: complaints.append(said.text))
    opened.goto(f"/console/tickets/{ticket.public_id}/")
    yield opened
    context.close()
    # a refusal is an answer, which the browser tells of as well
    assert [said for said in complaints if "status of 4" not in said] == []


def form_of(opener):
    return opener.get_attribute("href").split("?")[0]


def hold(page, opener, **how):
    """What this opener asks for does not come before the test says so."""
    held = []

    def keep(route):
        held.append(route)

    page.route(f"**{form_of(opener)}?*in=dialog*", keep, **how)
    return held


def shows(page, form):
    """The dialog is open and holds this form alone."""
    page.locator(f"#act[open] form[action^='{form}']").wait_for()
    expect(page.locator("#act form.form")).to_have_count(1)


def test_of_two_buttons_pressed_in_turn_the_last_wins(page):
    first, second = page.locator(OPENERS).nth(0), page.locator(OPENERS).nth(1)
    wanted, held = form_of(second), hold(page, first)
    first.click()
    page.keyboard.press("Escape")
    with page.expect_event("requestfailed"):
        second.click()
    shows(page, wanted)
    with contextlib.suppress(Error):  # nobody waits for it any more
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    shows(page, wanted)


def test_the_same_button_pressed_again_opens_its_form(page):
    first = page.locator(OPENERS).first
    hold(page, first, times=1)
    first.click()
    page.keyboard.press("Escape")
    first.click()
    shows(page, form_of(first))


def test_the_last_words_before_another_form_is_opened_are_kept(page):
    first = page.locator(OPENERS).first
    first.click()
    page.locator("#act textarea").wait_for()
    page.evaluate(TYPED_AND_LEFT, [OPENERS, "钥匙在前台"])
    shows(page, form_of(page.locator(OPENERS).nth(1)))
    page.locator("#act .dialog__head button").click()
    first.click()
    expect(page.locator("#act textarea")).to_have_value("钥匙在前台")


def test_a_form_on_a_page_grown_old_is_refused_and_keeps_its_words(page, company, ticket):
    timeline.reply(
        ticket, actor=Actor.staff(company.agent.holder_id), text="今天已经修好了", at=database_now()
    )
    page.locator(f"{OPENERS}[href*='/assign/']").click()
    page.locator("#act textarea").fill("请今天上门")
    page.locator("#act select").select_option(index=1)
    page.locator("#act .form__actions button").click()
    page.get_by_text("此工单刚刚被他人更新").wait_for()
    expect(page.locator("#assign_text")).to_have_value("请今天上门")
    page.get_by_text("今天已经修好了").wait_for()


def test_a_reply_that_is_refused_leaves_the_address_of_the_page(page, ticket):
    page.locator(".composer button.btn--strong").first.click()
    page.locator("#ticket [aria-invalid=true]").first.wait_for()
    assert page.url.split("?")[0].endswith(f"/console/tickets/{ticket.public_id}/")
