"""A Chromium of one test module. Playwright's loop runs in the thread of the tests: another cannot
start beside it, and Django refuses to ask the database there, so it ends with its module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from jinke_desk.launcher import browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.find_chromium(), args=ARGUMENTS
        )
        yield chromium
        chromium.close()
