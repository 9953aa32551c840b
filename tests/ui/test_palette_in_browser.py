"""Ctrl and K: what a page can do and go to, by a part of its name."""

import pytest
from playwright.sync_api import expect

from tests.page_faults import of as faults_of
from tests.ui.test_scripts_in_browser import _page

pytestmark = pytest.mark.browser

ACTS = """<p class="chips"><a href="#open">未解决 <span class="num">5</span></a></p>
<a href="#new" data-key="n">新建工单<kbd>N</kbd></a>
<header class="ticket-head"><p class="row-actions"><a href="#back">退回</a></p></header>
<article><p class="row-actions"><a href="#one">确认收到</a></p></article>
<details class="menu"><summary>更多</summary><div class="menu__list">
<a href="#urge">催单</a><a href="#link">关联工单</a></div></details>
<textarea aria-label="t"></textarea>"""


@pytest.fixture
def page(site):
    return _page(site, ACTS)


def names(page):
    return page.locator("#palette [role=option]").all_inner_texts()


def test_lists_what_stands_on_the_page_in_menus_too(page):
    page.keyboard.press("Control+k")
    # what is done here comes first, with the key that does it
    assert names(page)[:2] == ["退回", "新建工单\nN"]
    assert {"未解决", "催单", "关联工单"} <= set(names(page))
    assert "确认收到" not in names(page)  # of which row, one could not tell
    assert faults_of(page) == []


def test_a_part_of_the_name_and_enter_press_it_while_one_writes(page):
    page.locator("textarea").press("Control+k")
    page.keyboard.type("工单")
    expect(page.locator("#palette [role=option]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/#link")
    expect(page.locator("#palette")).to_be_hidden()


def test_what_is_not_there_is_said(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("没有的")
    expect(page.locator("#palette [role=status] [data-nothing]")).to_be_visible()
    box = page.locator("#palette [role=combobox]")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Backspace")
    expect(page.locator("#palette [data-nothing]")).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_the_menu_of_the_account_opens_it_for_who_does_not_know_the_key(page):
    page.locator(".viewer").click()
    page.locator("[data-dialog=palette]").click()
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    expect(page.locator("#palette input")).to_be_focused()


def test_the_chosen_row_is_seen_in_colours_of_the_reader(page):
    page.emulate_media(forced_colors="active")
    page.keyboard.press("Control+k")
    chosen = page.locator("#palette [aria-selected=true]")
    assert chosen.evaluate("row => getComputedStyle(row).outlineStyle") == "solid"
    other = page.locator("#palette [aria-selected=false]").first
    assert other.evaluate("row => getComputedStyle(row).outlineStyle") == "none"
