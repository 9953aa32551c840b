"""Residents with a telephone and a browser, without the network between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urljoin

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from core.actors import Actor
from core.clock import database_now
from portal import door
from residents.services import code_carrier, devices
from tests import chromium
from tests.factories import Company, make_person, make_post, make_ticket

PHONE = "13812345678"


@pytest.fixture
def codes(monkeypatch):
    """What was sent to which number, at once."""
    sent = []
    monkeypatch.setattr(code_carrier, "send_soon", lambda number, text: sent.append((number, text)))
    return sent


def code_in(sent):
    return re.search(r"\d{6}", sent[-1][1]).group()


def client_of(person):
    """A browser that is signed in."""
    client = Client()
    client.cookies[door.COOKIE] = devices.issue(person.subject_id, at=database_now()).token
    return client


@pytest.fixture
def person(company):
    return make_person("张三丰", PHONE, company.dwelling)


@pytest.fixture
def actor(person):
    return Actor.reporter(person.subject_id)


@pytest.fixture
def resident(person):
    return client_of(person)


@pytest.fixture
def neighbour(company):
    """Somebody else of the same home."""
    return client_of(make_person("李四", "13900001111", company.dwelling))


@pytest.fixture
def my_ticket(company, person, actor):
    """An hour old or less: pages ask the database what time it is."""
    return make_ticket(company, reporter_subject=person.subject_id, actor=actor, at=database_now())


@pytest.fixture
def office(company):
    """Those who answer privacy requests."""
    return SimpleNamespace(
        officer=Actor.staff(make_post("privacy_officer", company.group).holder_id),
        approver=Actor.staff(make_post("privacy_approver", company.group).holder_id),
    )


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """These tests ask the database between two steps of the browser, never at once."""
    with pytest.MonkeyPatch.context() as patch, chromium.launched() as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def open_browser(chrome, live_server):
    contexts: list[BrowserContext] = []

    def opened(width=390, *, scripts=True, **options):
        phone = width < 600
        context = chrome.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 844 if phone else 900},
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=scripts,
            locale="zh-CN",
            **options,
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def at_home():
    company = Company()
    return company, make_person("张三丰", PHONE, company.dwelling)


def sign_in_by_cookie(context, person):
    """For the whole site: a cookie set for the address of a page is sent below that page alone."""
    token = devices.issue(person.subject_id, at=database_now()).token
    root = urljoin(context.pages[0].url, "/")
    context.add_cookies([{"name": door.COOKIE, "value": token, "url": root}])
