"""What is wrong with a page for those who read it: what axe finds, in the light and in the dark,
what sticks out of the screen, and what a refusal leaves unsaid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

AXE = next((Path(__file__).parent / "ui/vendor").glob("axe-core@*/axe.min.js")).read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: the narrowest screen that has to do without scrolling sideways (WCAG 1.4.10)
NARROWEST = 320

MENUS = """() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  for (const menu of document.querySelectorAll("details.menu")) {
    menu.open = true;
    const { left, right } = menu.querySelector(".menu__list").getBoundingClientRect();
    if (left < 0 || right > width) found.push(menu.innerText.trim().slice(0, 60));
    menu.open = false;
  }
  return found;
}"""

REFUSAL = """(form, name) => {
  const field = form.querySelector(`[name="${name}"]`);
  const box = field.closest("fieldset.field, .field");
  const told = box.querySelector(".field__error");
  if (!told?.innerText.trim()) return [`nothing is said beside ${name}`];
  const tied = [field, box].map((each) => each.getAttribute("aria-describedby") ?? "");
  const here = document.activeElement;
  const led = here === field || (here.matches(".form-errors") && form.contains(here));
  return [
    ...(tied.join(" ").split(" ").includes(told.id) ? [] : [`${name} is not tied to its error`]),
    ...(led ? [] : [`the reader is not led to ${name}`]),
  ];
}"""


def of(page: Page) -> list[str]:
    """Everything, at the width and in the colours that the page has now."""
    return [*_axe(page, RULES), *sideways(page)]


def in_the_dark(page: Page) -> list[str]:
    """Whether words stay readable; all else is as it is in the light."""
    page.emulate_media(color_scheme="dark")
    found = _axe(page, ["color-contrast"], kind="rule")
    page.emulate_media(color_scheme="light")
    return [f"dark: {fault}" for fault in found]


def when_narrow(page: Page) -> list[str]:
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": NARROWEST, "height": before["height"]})
    found = sideways(page)
    page.set_viewport_size(before)
    return found


def sideways(page: Page) -> list[str]:
    """A telephone reports a wider window when a page is too wide: the width of the root stays."""
    wide, width = page.evaluate(
        "(({scrollWidth, clientWidth}) => [scrollWidth, clientWidth])(document.documentElement)"
    )
    return [f"{wide} px wide on a screen of {width}"] if wide > width else []


def menus_off_screen(page: Page) -> list[str]:
    """Menus open beside their button, wherever that stands in its line."""
    lists: list[str] = page.evaluate(MENUS)
    return [f"off the screen: {menu}" for menu in lists]


def of_refusal(form: Locator, name: str, typed: dict[str, str]) -> list[str]:
    """What a form that was sent does wrong in saying that one field is not right."""
    found: list[str] = form.evaluate(REFUSAL, name)
    kept = {field: form.locator(f"[name={field}]").input_value() for field in typed}
    return found + ([] if kept == typed else [f"typed {typed}, kept {kept}"])


def _axe(page: Page, only: list[str], *, kind: str = "tag") -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE + "; 0")
    result: dict[str, Any] = page.evaluate(
        "only => axe.run(document, {runOnly: only})", {"type": kind, "values": only}
    )
    assert result["passes"], "axe looked at nothing"
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in result["violations"]
        for node in each["nodes"]
    ]
