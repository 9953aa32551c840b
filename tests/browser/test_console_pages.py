"""Staff pages in a browser: the keyboard alone, a narrow phone, and what a closed tab leaves."""

from __future__ import annotations

import re
import time

import pytest

from demo import accounts
from tests import page_faults
from tests.browser.conftest import shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("desk")]

PHONE = 390
PAGES = (
    ("agent", "/console/workbench/"),
    ("agent", "/console/workbench/new/"),
    ("agent", "/console/notices/"),
    ("steward", "/console/work/"),
    ("manager", "/console/escalated/"),
    ("quality", "/console/rounds/"),
    ("quality", "/console/rounds/plan/"),
    ("privacy", "/console/privacy/"),
    ("manager", "/console/alerts/"),
    ("manager", "/console/callbacks/"),
    ("manager", "/console/groups/"),
    ("manager", "/console/corrective/"),
    ("manager", "/console/environment/"),
    ("manager", "/console/suppliers/"),
    ("region", "/console/accounts/"),
    ("general", "/console/accounts/quarters/2026-3/"),
    ("agent", "/console/callbacks/"),
    ("steward", "/console/corrective/"),
    ("manager", "/console/notices/preferences/"),
    ("procurement", "/console/suppliers/"),
    ("procurement", "/console/suppliers/new/"),
    ("procurement", "/console/suppliers/S-001/"),
    ("admin", "/console/settings/"),
    ("admin", "/console/settings/routing/"),
    ("admin", "/console/settings/routing/new/"),
    ("admin", "/console/settings/routing/try/"),
    ("admin", "/console/settings/calendar/"),
    ("admin", "/console/settings/calendar/announce/"),
    ("admin", "/console/messages/"),
    ("admin", "/console/messages/endpoints/"),
    ("admin", "/console/messages/endpoints/new/"),
    ("admin", "/console/messages/texts/"),
    ("admin", "/console/messages/texts/ticket_escalated/post/zh-hans/"),
)
#: who sends what from which page, and the field that is not right
REFUSED = (
    ("agent", "/console/workbench/new/", {"room": "101"}, "body"),
    ("agent", "/console/workbench/people/", {"phone": "12"}, "name"),
    ("privacy", "/console/privacy/new/", {"phone": "12"}, "phone"),
    ("quality", "/console/rounds/plan/", {"cut_off_at": "2020-01-01T00:00:01"}, "cut_off_at"),
    ("procurement", "/console/suppliers/new/", {"code": "S-900"}, "name"),
    ("admin", "/console/settings/calendar/announce/", {"lines": "元旦"}, "source"),
)


class Keys:
    """A keyboard that counts what is pressed; letters of what is typed count too."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, *names):
        for name in names:
            self.page.keyboard.press(name)
            self.pressed += 1

    def type(self, words):
        self.page.keyboard.type(words)
        self.pressed += len(words)


def focus(page):
    return page.evaluate("document.activeElement.id")


def open_intake(page, number=accounts.RESIDENT_PHONE):
    keys = Keys(page)
    keys.press("/")
    keys.type(number)
    keys.press("Enter")
    page.wait_for_selector("#intake_body:focus, .choice:focus")
    if focus(page) != "intake_body":
        keys.press("Enter")
        page.wait_for_selector("#intake_body:focus")
    return keys


def test_a_call_is_logged_by_keyboard_alone_in_few_presses(people):
    page = people.staff("agent")
    keys = open_intake(page)
    keys.type("电梯困人了，里面有老人")
    page.wait_for_selector("#intake_category option[value=lifts]:checked", state="attached")
    keys.press("Control+Enter")
    page.wait_for_selector(".reference--hero")
    assert keys.pressed < 40
    assert page.locator("[name=q]").input_value() == ""  # no number stays on the screen
    shoot(page, "agent-number")
    keys.press("o")
    page.wait_for_selector(".ticket-head")
    assert page.locator(".ticket-head").get_by_text("电梯", exact=True).count() == 1


def test_a_placeholder_is_inserted_at_the_cursor(people):
    page = people.staff("admin")
    page.goto("/console/messages/texts/ticket_escalated/post/zh-hans/")
    page.fill("#id_email_subject", "前后")
    page.locator("#id_email_subject").press("ArrowLeft")
    page.click("[data-insert='{单号}'][data-insert-into=id_email_subject]")
    assert page.input_value("#id_email_subject") == "前{单号}后"
    assert focus(page) == "id_email_subject"


def test_what_is_typed_survives_a_closed_tab_and_belongs_to_its_caller(people):
    page = people.staff("agent")
    open_intake(page)
    page.keyboard.type("垃圾没人清，说到一半就断线了")
    page.wait_for_timeout(600)
    page.goto("/console/workbench/new/")
    assert page.locator("#intake_body").input_value() == ""
    page.goto("/console/workbench/")
    open_intake(page)
    assert page.locator("#intake_body").input_value() == "垃圾没人清，说到一半就断线了"
    page.keyboard.press("End")
    page.keyboard.type("，又打来了")
    page.wait_for_selector("#intake_category option[value=cleaning]:checked", state="attached")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".reference--hero")
    page.goto("/console/workbench/")
    open_intake(page)
    assert page.locator("#intake_body").input_value() == ""


def test_one_walks_the_list_and_writes_without_the_mouse(people):
    page = people.staff("agent")
    page.goto("/console/workbench/?show=all")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ticket-head")
    current = page.locator(".row.is-current .row__link").inner_text()
    assert page.locator(".ticket-head__title").inner_text() == current
    page.keyboard.press("i")
    assert focus(page) == "note_text"
    page.keyboard.type("钥匙在前台")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".entry--internal:has-text('钥匙在前台')")
    assert page.locator("#note_text").input_value() == ""
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys-help").is_visible()


def test_a_stale_window_keeps_its_words(people):
    first, second = people.staff("steward"), people.staff("steward")
    first.goto("/console/workbench/?show=all")
    first.locator(".row__link").first.click()
    first.wait_for_selector(".ticket-head")
    second.goto(first.url)
    second.fill("#reply_text", "我先答复了")
    second.press("#reply_text", "Control+Enter")
    second.wait_for_selector(".entry--public:has-text('我先答复了')")
    first.fill("#reply_text", "打了很久的一段话")
    first.press("#reply_text", "Control+Enter")
    first.wait_for_selector("text=此工单刚刚被他人更新")
    assert first.locator("#reply_text").input_value() == "打了很久的一段话"
    assert first.locator(".entry--public:has-text('我先答复了')").count() == 1
    first.press("#reply_text", "Control+Enter")
    first.wait_for_selector(".entry--public:has-text('打了很久的一段话')")


def test_cases_are_scored_with_one_two_and_three(people):
    manager = people.staff("quality")
    manager.goto("/console/rounds/plan/")
    manager.wait_for_selector("#round-sizes .figure__value")
    manager.select_option("#plan_quarter", index=2)
    manager.select_option("#plan_margin_permille", "100")
    soon = manager.evaluate("new Date(Date.now() + 8 * 3600e3 + 12e3).toISOString().slice(0, 19)")
    manager.fill("#plan_cut_off_at", soon)
    manager.get_by_role("button", name="封存种子并计划").click()
    manager.wait_for_selector("text=等待截止")
    deadline = time.monotonic() + 60
    while not manager.get_by_role("button", name="冻结名单").count():
        assert time.monotonic() < deadline
        manager.wait_for_timeout(1000)
        manager.reload()
    manager.get_by_role("button", name="冻结名单").click()
    manager.get_by_role("button", name="抽样", exact=True).click()
    manager.wait_for_selector("progress")
    here = manager.url

    inspector = people.staff("inspector")
    inspector.goto(here)
    inspector.keyboard.press("n")
    inspector.wait_for_selector("form[data-scoring]")
    for key in "1121131":
        inspector.keyboard.press(key)
    chosen = inspector.locator("form[data-scoring] input:checked")
    assert chosen.evaluate_all("all => all.map((one) => one.value)") == [
        "yes", "yes", "no", "yes", "yes", "not_applicable", "yes"
    ]  # fmt: skip
    shoot(inspector, "inspector-scores")
    before = inspector.url
    inspector.keyboard.press("Enter")
    inspector.wait_for_url(lambda url: url != before)
    manager.reload()
    assert re.match(r"1 / \d+", manager.locator(".progress__said .num").inner_text())
    manager.goto(f"{here}report/")
    assert manager.get_by_text("进度报告").count()
    shoot(manager, "quality-report")

    _score_the_rest(inspector, f"{here}cases/next/")
    manager.goto(here)
    manager.get_by_role("button", name="出报告").click()
    manager.wait_for_url(lambda url: url.endswith("/report/"))
    assert manager.get_by_text("进度报告").count() == 0
    assert manager.get_by_role("heading", name=re.compile("抽检报告")).count()
    shoot(manager, "quality-report-final")


def _score_the_rest(inspector, following):
    """By the forms of the pages, without drawing each: two hundred cases are read in a minute."""
    while True:
        page = inspector.request.get(following)
        if "data-scoring" not in page.text():
            return
        form = page.text().partition("data-scoring")[2].partition("</form>")[0]
        said = dict.fromkeys(re.findall(r'name="(\w+)" value="yes"', form), "yes")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form).group(1)
        answer = inspector.request.post(
            page.url, form={**said, "csrfmiddlewaretoken": token}, headers={"Referer": page.url}
        )
        assert answer.ok, answer.status


@pytest.mark.parametrize("width", [1440, PHONE])
def test_pages_are_accessible_and_fit(people, width):
    found, windows = [], {}
    for who, address in PAGES:
        if who not in windows:
            windows[who] = people.staff(who, width=width)
        page = windows[who]
        page.goto(address)
        page.wait_for_load_state("networkidle")
        faults = page_faults.of(page)
        if width == PHONE:
            faults += page_faults.when_narrow(page)
            faults += page_faults.in_the_dark(page)
            faults += page_faults.menus_off_screen(page)
        found += [f"{address}: {fault}" for fault in faults]
        shoot(page, f"{address.strip('/').replace('/', '-')}-{width}")
    assert not found, "\n".join(found)


def test_what_is_refused_is_said_beside_its_field(people):
    found, windows = [], {}
    for who, address, typed, name in REFUSED:
        if who not in windows:
            windows[who] = people.staff(who, width=PHONE)
        page = windows[who]
        page.goto(address)
        form = page.locator("main form").filter(has=page.locator(f"[name={name}]")).first
        for field, words in typed.items():
            form.locator(f"[name={field}]").fill(words)
        form.locator(".form__actions button").first.click()
        form.locator(".field__error").first.wait_for()
        faults = [*page_faults.of_refusal(form, name, typed), *page_faults.of(page)]
        found += [f"{address}: {fault}" for fault in faults]
    assert not found, "\n".join(found)


def test_who_came_from_a_list_of_work_is_back_in_it(people):
    page = people.staff("steward", width=PHONE)
    page.goto("/console/workbench/?show=all")
    ticket = page.locator(".row__link").first.get_attribute("href").partition("?")[0]
    page.goto(f"{ticket}note/?from=work")
    page.wait_for_function("document.activeElement.id === 'note_text'")
    page.keyboard.type("钥匙在前台")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/console/work/")
    assert page.locator("nav.tabs").is_visible()
