"""Drafts in this browser: whose they are, and what is typed while a form is under way."""

import pytest

from tests.ui.test_scripts_in_browser import CONSOLE, END, _page

pytestmark = pytest.mark.browser


# --- drafts

DRAFT = """<form method="post" data-draft="intake:1">
<textarea name="body" aria-label="b"></textarea><input name="kind" type="radio" value="a"
aria-label="a"><input name="kind" type="radio" value="b" aria-label="b"><input type="password"
name="secret" aria-label="s"><input type="tel" name="phone" aria-label="p"><input name="note"
data-draft-skip aria-label="n">{% idempotency_key %}</form>"""


def _fill_and_leave(site):
    page = _page(site, DRAFT)
    page.locator("[name=body]").fill("电梯停在 7 楼")
    page.locator("[value=b]").check()
    page.locator("[name=secret]").fill("geheim")
    page.locator("[name=phone]").fill("13800001234")
    page.locator("[name=note]").fill("不留")
    key = page.locator("[name=idempotency_key]").input_value()
    page.close(run_before_unload=True)
    return key


def test_draft_survives_a_closed_tab_and_keeps_its_key(site):
    key = _fill_and_leave(site)

    page = site.open("/")

    assert page.locator("[name=body]").input_value() == "电梯停在 7 楼"
    assert page.locator("[value=b]").is_checked()
    assert page.locator("[name=idempotency_key]").input_value() == key


def test_draft_never_holds_secrets_or_numbers(site):
    _fill_and_leave(site)

    page = site.open("/")
    kept = page.evaluate("JSON.stringify(localStorage)")

    assert "电梯" in kept
    assert [word for word in ("geheim", "13800001234", "不留") if word in kept] == []
    assert page.locator("[name=secret]").input_value() == ""


def test_draft_is_forgotten_when_what_it_held_has_arrived(site):
    _fill_and_leave(site)
    site.add("/done", CONSOLE + '{% draft_done "intake:1" %}' + END)

    page = site.open("/done")

    assert page.evaluate("Object.keys(localStorage)") == []


def test_draft_ends_after_twelve_hours(site):
    _fill_and_leave(site)
    page = site.open("/")
    page.evaluate("""() => {
        const draft = JSON.parse(localStorage["desk-draft:intake:1"]);
        draft.at -= 12 * 3600 * 1000 + 1;
        localStorage["desk-draft:intake:1"] = JSON.stringify(draft);
    }""")

    page.reload()

    assert page.locator("[name=body]").input_value() == ""
    assert page.evaluate("Object.keys(localStorage)") == []


def test_signing_out_forgets_every_draft(site):
    _fill_and_leave(site)
    site.add("/out", CONSOLE + END, sign_out_url="/out", viewer={"name": "陈晓"})
    page = site.open("/out")

    page.locator("summary").click()
    page.get_by_role("button", name="退出登录").click()

    assert page.evaluate("Object.keys(localStorage)") == []
    assert site.posted == ["/out"]


def test_a_draft_does_not_overwrite_a_form_that_came_back_with_errors(site):
    _fill_and_leave(site)
    site.add("/wrong", CONSOLE + DRAFT.replace("<textarea", '<textarea aria-invalid="true"') + END)

    page = site.open("/wrong")

    assert page.locator("[name=body]").input_value() == ""


DESK = "[name=body]"


def _typed(site, words="电梯停在 7 楼", *, owner="p:one"):
    site.add("/", CONSOLE + DRAFT + END, draft_owner=owner)
    page = site.open("/")
    page.locator(DESK).fill(words)
    page.close(run_before_unload=True)


def _stores(page):
    """How many drafts the device keeps, and how many this tab."""
    return page.evaluate("""[localStorage, sessionStorage].map((store) =>
        Object.keys(store).filter((key) => key.startsWith("desk-draft:")).length)""")


def _as(site, path, owner):
    site.add(path, CONSOLE + DRAFT + END, draft_owner=owner)
    return site.open(path)


def test_somebody_else_who_signs_in_finds_no_draft_and_leaves_none(site):
    _typed(site)

    page = _as(site, "/other", "p:two")

    assert page.locator(DESK).input_value() == ""
    assert _stores(page) == [0, 0]


def test_where_nobody_is_signed_in_a_draft_goes_with_its_tab(site):
    _typed(site)

    door = _as(site, "/sign-in", "p:")
    assert door.locator(DESK).input_value() == ""
    assert _stores(door) == [0, 1]

    elsewhere = _as(site, "/again", "p:one")
    assert elsewhere.locator(DESK).input_value() == ""

    door.goto("http://desk.test/again")
    assert door.locator(DESK).input_value() == "电梯停在 7 楼"


def test_staff_and_a_resident_on_one_device_keep_their_own(site):
    _typed(site)

    staff = _as(site, "/console", "s:one")
    assert staff.locator(DESK).input_value() == ""

    back = _as(site, "/back", "p:one")
    assert back.locator(DESK).input_value() == "电梯停在 7 楼"


def test_signing_out_forgets_what_is_being_typed_on_that_very_page(site):
    site.add("/", CONSOLE + DRAFT + END, sign_out_url="/out", viewer={"name": "陈晓"})
    site.add("/out", CONSOLE + END)
    page = site.open("/")
    page.locator(DESK).fill("电梯停在 7 楼")
    page.wait_for_timeout(400)

    page.locator("summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/out")

    assert _stores(page) == [0, 0]


# --- typing on while a form is under way

REFUSED = """<form id="f" method="post" action="/slow" data-draft="slow" {how}><textarea name="body"
aria-label="b" {wrong}>{said}</textarea><button>送</button>{{% idempotency_key %}}</form>"""


#: what a hand does on the keys half a second after it has sent the form
TYPE_ON = """(words) => document.addEventListener("submit", () => setTimeout(() => {
    const field = document.querySelector("[name=body]");
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    console.info("typed");
}, 500), { once: true })"""


def _slow(site, how, said="原来的话", then=""):
    """A page whose form is answered when the test says so; `then` is typed meanwhile."""
    wrong = 'aria-invalid="true"'
    site.add("/", CONSOLE + REFUSED.format(how=how, wrong="", said="") + END, draft_owner="s:1")
    answer = CONSOLE + REFUSED.format(how=how, wrong=wrong, said=said) + END
    site.add("/slow", answer, draft_owner="s:1")
    page, held, said_by_page = site.open("/"), [], []
    page.on("console", lambda message: said_by_page.append(message.text))

    def hold(route):
        held.append(route)

    page.route("**/slow", hold)
    page.locator(DESK).fill("原来的话")
    if then:
        page.evaluate(TYPE_ON, then)
    page.locator("button", has_text="送").click(no_wait_after=True)
    for _ in range(1_200):
        if held and (not then or "typed" in said_by_page):
            break
        page.wait_for_timeout(50)
    return page, held


@pytest.mark.parametrize(
    "how", ["", 'hx-post="/slow" hx-target="#f" hx-select="#f" hx-swap="outerHTML"']
)
def test_what_is_typed_while_a_form_is_under_way_is_there_when_it_is_refused(site, how):
    page, held = _slow(site, how, then="原来的话，还有后来的话")

    site._page(held[0], "/slow")

    page.locator("[aria-invalid=true]").wait_for()
    assert page.locator(DESK).input_value() == "原来的话，还有后来的话"


def test_a_refused_form_in_which_nothing_more_was_typed_is_the_answers(site):
    page, held = _slow(site, "", said="服务器说的")

    site._page(held[0], "/slow")

    page.locator("[aria-invalid=true]").wait_for()
    assert page.locator(DESK).input_value() == "服务器说的"
