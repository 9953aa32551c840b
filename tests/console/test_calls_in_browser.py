"""A call in a browser: it comes up without a reload, takes nothing away, and survives the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from core.clock import database_now
from jinke_desk.launcher import browser as chromium
from residents.models import Call
from residents.services import calls
from tests.factories import Company, machine_caller, make_machine_key, make_person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NUMBER = "13812345678"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Between two steps of the browser the test asks the database, never at once."""
    path = chromium.find_chromium()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.fixture
def company() -> Company:
    found = Company()
    make_person("周敏", NUMBER, found.dwelling)
    return found


@pytest.fixture
def window(chrome, live_server, company, client):
    contexts = []
    client.force_login(company.agent.holder)
    session = client.cookies["sessionid"].value

    def opened():
        context = chrome.new_context(
            base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="zh-CN"
        )
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def ring(company, state="ringing", caller=NUMBER, call_id="c-1"):
    body = {
        "call_id": call_id,
        "state": state,
        "caller": caller,
        "called": "4000000000",
        "agent": company.agent.holder.username,
        "at": database_now().isoformat(),
    }
    exchange = machine_caller(ring.key)
    assert exchange.post("/api/v1/calls/", body).status_code in (200, 201)


@pytest.fixture(autouse=True)
def key(company):
    ring.key = make_machine_key("calls.report")


def kept(words):
    found = Call.objects.first()
    return found is not None and words in str(_typed(found))


def _typed(call):
    from residents.services import call_drafts

    return call_drafts.typed_so_far(call)


def wait_until(page, condition):
    for _ in range(600):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come about")


def test_a_call_comes_up_without_a_reload_and_takes_nothing_away(window, company):
    page = window()
    page.goto("/console/workbench/new/")
    page.locator("#intake_body").fill("正在写别的事")
    ring(company)
    page.locator(".call", has_text="周敏").wait_for()
    assert page.locator("#intake_body").input_value() == "正在写别的事"
    assert page.evaluate("document.activeElement.id") == "intake_body"
    page.keyboard.type("，还在写")
    ring(company, "answered")
    page.locator(".call--answered").wait_for()
    assert page.locator("#intake_body").input_value() == "正在写别的事，还在写"
    assert page.evaluate("document.activeElement.id") == "intake_body"


def test_what_is_typed_survives_a_killed_page_and_another_browser_goes_on(window, company):
    page = window()
    page.goto("/console/workbench/")
    ring(company, "answered")
    page.locator(".call", has_text="周敏").wait_for()
    page.keyboard.press("a")
    page.wait_for_selector("#intake_body:focus")
    page.keyboard.type("电梯困人了，里面有老人")
    page.locator("#intake_severity").select_option("serious")
    wait_until(page, lambda: kept("有老人") and kept("serious"))
    page.context.close()  # no farewell: the browser is gone

    page = window()
    page.goto("/console/workbench/")
    page.get_by_role("link", name="继续填写草稿").click()
    page.wait_for_selector("#intake_body")
    assert page.locator("#intake_body").input_value() == "电梯困人了，里面有老人"
    assert page.locator("#intake_severity").input_value() == "serious"
    assert page.get_by_text("周敏").count()
    page.wait_for_selector("#intake_category option[value=lifts]:checked", state="attached")
    page.locator("#intake_body").press("Control+Enter")
    page.locator(".reference--hero").wait_for()
    call = Call.objects.get()
    assert (call.draft_sealed, call.settled_at is not None) == (None, True)


def test_the_last_words_are_kept_when_the_window_is_closed_at_once(window, company):
    ring(company, "answered")
    page = window()
    page.goto(f"/console/calls/{Call.objects.get().public_id}/")
    page.locator("#intake_body").fill("刚打完就关")
    page.goto("about:blank")
    wait_until(page, lambda: kept("刚打完就关"))


def test_an_unknown_caller_is_written_down_with_their_number(window, company):
    page = window()
    page.goto("/console/workbench/")
    ring(company, caller="13900001111")
    page.locator(".call", has_text="139****1111").wait_for()
    page.keyboard.press("a")
    page.get_by_label("姓名").fill("新来的")
    wait_until(page, lambda: kept("新来的"))
    page.reload()
    page.goto(f"/console/calls/{Call.objects.get().public_id}/")
    assert page.get_by_label("姓名").input_value() == "新来的"
    page.get_by_role("button", name="登记并受理").click()
    page.wait_for_selector("#intake_body")
    from core.actors import SYSTEM

    assert calls.callers_of(Call.objects.get(), actor=SYSTEM)[0].name == "新来的"


def test_what_a_caller_says_of_themselves_leaves_the_words_and_the_cursor(window, company):
    page = window()
    page.goto("/console/workbench/")
    page.fill("[name=q]", NUMBER)
    page.press("[name=q]", "Enter")
    page.fill("#intake_body", "水龙头滴水")
    page.click("[name=wanted][value=no]")
    page.wait_for_selector("[name=wanted][value=yes]")
    page.wait_for_selector("#intake_body:focus")
    page.keyboard.type("，很急")
    assert page.input_value("#intake_body") == "水龙头滴水，很急"
