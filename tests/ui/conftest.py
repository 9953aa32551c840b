"""A browser and a site without a server: pages are rendered here and handed to Chromium."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests import chromium

SITE = "http://desk.test"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


@pytest.fixture(autouse=True)
def _layouts_alone(settings: Any) -> None:
    """Layouts and components with what a test gives them; what the apps add asks the database."""
    [engine] = settings.TEMPLATES
    processors = [f"django.template.context_processors.{name}" for name in ("request", "i18n")]
    options = {**engine["OPTIONS"], "context_processors": processors}
    settings.TEMPLATES = [{**engine, "OPTIONS": options}]
    settings.ROOT_URLCONF = "tests.ui.urls"


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium.launched() as browser:
        yield browser


class Site:
    """Paths and the templates they answer with; what was posted; what the browser complained of."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.templates: dict[str, str] = {}
        self.contexts: dict[str, dict[str, object]] = {}
        self.posted: list[str] = []
        self.complaints: list[str] = []
        self.answer_posts_with_nothing = False
        context.route("**/*", self._answer)
        context.on("console", self._listen)
        context.on("weberror", lambda problem: self.complaints.append(str(problem.error)))

    def add(self, path: str, source: str, **context: object) -> None:
        self.templates[path] = source
        self.contexts[path] = context

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.goto(SITE + path)
        return page

    def _listen(self, message: object) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _answer(self, route: Route) -> None:
        path = unquote(urlparse(route.request.url).path)
        if route.request.method == "POST":
            self.posted.append(path)
            if self.answer_posts_with_nothing:
                route.fulfill(status=204)
                return
        if path.startswith("/static/"):
            self._static(route, path.removeprefix("/static/"))
        else:
            self._page(route, path)

    def _static(self, route: Route, name: str) -> None:
        found = finders.find(name)
        assert found, f"{name} is not among the static files"
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        route.fulfill(body=Path(found).read_bytes(), content_type=kind)

    def _page(self, route: Route, path: str) -> None:
        request = RequestFactory().get(path)
        for pair in route.request.headers.get("cookie", "").split("; "):
            name, _, value = pair.partition("=")
            request.COOKIES[name] = value
        template = engines["django"].from_string(self.templates[path])
        html = template.render(self.contexts[path], request)
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)


@pytest.fixture
def make_site(chrome: Browser) -> Iterator[Callable[..., Site]]:
    contexts: list[BrowserContext] = []

    def make(width: int = 1440, *, scripts: bool = True) -> Site:
        phone = width < 600
        context = chrome.new_context(
            viewport={"width": width, "height": 844 if phone else 900},
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        return Site(context)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()
