"""Renew the pictures of the README from a running demo, in Chinese, small enough to load at once.

.venv/bin/python scripts/screenshots.py http://127.0.0.1:8000
"""

from __future__ import annotations

import io
import re
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

HERE: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from jinke_desk.launcher.browser import find_chromium  # noqa: E402

FOLDER: Final = HERE / "docs" / "screenshots"
DESK: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
MOST_BYTES: Final = 250_000
RESIDENT: Final = "resident"
#: as `make run` prints it
TELEPHONE: Final = "13800001234"


class Shot(NamedTuple):
    """`then` are patterns of the links to follow from the page, one after the other."""

    name: str
    who: str
    path: str
    size: dict[str, int] = DESK
    then: tuple[str, ...] = ()


SHOTS: Final = (
    Shot("workbench", "agent", "/console/workbench/", then=("电梯困人",)),
    Shot("ticket", "region", "/console/escalated/", then=("小区主供电电缆",)),
    Shot("escalated", "general", "/console/escalated/"),
    Shot("report", "quality", "/console/rounds/", then=("^报告$",)),
    Shot("privacy", "approver", "/console/privacy/", then=("已拟方案",)),
    Shot("phone-work", "engineer", "/console/work/", PHONE),
    Shot("phone-escalated", "manager", "/console/escalated/", PHONE),
    Shot("phone-portal", RESIDENT, "/", PHONE),
    Shot("phone-ticket", RESIDENT, "/tickets/", PHONE, ("灌木",)),
)


def main(address: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        for shot in SHOTS:
            with _page(browser, address, shot) as page:
                _keep(shot.name, page.screenshot())
        browser.close()


@contextmanager
def _page(browser: Browser, address: str, shot: Shot) -> Iterator[Page]:
    context = browser.new_context(viewport=shot.size, locale="zh-CN", base_url=address)
    page = context.new_page()
    (_as_resident if shot.who == RESIDENT else _as_staff)(page, shot.who)
    page.goto(shot.path)
    for text in shot.then:
        _link(page, re.compile(text)).click()
        page.wait_for_load_state("networkidle")
    yield page
    context.close()


def _link(page: Page, text: re.Pattern[str]) -> Locator:
    """That of the first row that says so, else the first that says so itself."""
    rows = page.locator("main .row", has_text=text).locator(".row__link")
    return rows.first if rows.count() else page.locator("main a", has_text=text).first


def _as_staff(page: Page, who: str) -> None:
    page.goto(f"/console/sign-in/?as={who}")
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def _as_resident(page: Page, who: str) -> None:
    page.goto("/sign-in/")
    page.fill("[name=phone]", TELEPHONE)
    page.press("[name=phone]", "Enter")
    page.wait_for_url("**/sign-in/code/**")
    page.fill("[name=code]", _code(page))
    page.press("[name=code]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def _code(page: Page) -> str:
    """The newest code that the demo would have sent."""
    origin = re.match(r"https?://[^/]+", page.url)
    with urllib.request.urlopen(f"{origin[0] if origin else ''}/demo/messages/") as answer:  # noqa: S310
        found = re.search(r"验证码是 (\d{6})", answer.read().decode())
    if found is None:
        raise LookupError("no code was sent")
    return found[1]


def _keep(name: str, png: bytes) -> None:
    """With a palette: text stays sharp at a third of the size."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    path = FOLDER / f"{name}.png"
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    sys.stdout.write(f"{path.name}: {size // 1000} kB\n")
    if size > MOST_BYTES:
        raise ValueError(f"{name} is too large")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
