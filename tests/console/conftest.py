"""Signed-in staff and a ticket to look at."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from notifications.services import subscriptions
from organisation.models import Dwelling
from residents.services import code_carrier
from tests.complaints.conftest import act, bring_to  # noqa: F401  # used by the tests here
from tests.factories import A_MORNING, make_person, make_post, make_ticket
from tests.notifications.conftest import receiver  # noqa: F401  # a fixture of the tests here
from tests.quality.conftest import quarter  # noqa: F401  # a fixture of the tests here


class Browser(Client):
    """A client of one person; `page` is the text of the last answer."""

    def __init__(self, staff=None):
        super().__init__()
        if staff is not None:
            self.force_login(staff)

    def open(self, path, **data):
        return Page(self.get(path, data))

    def send(self, path, **data):
        return Page(self.post(path, data))


class Page:
    def __init__(self, response):
        self.response = response
        self.status = response.status_code
        self.url = response.headers.get("Location", "")
        self.text = "" if response.streaming else response.content.decode()

    def __contains__(self, words):
        return words in self.text

    def __getattr__(self, name):
        return getattr(self.response, name)


@pytest.fixture
def signed_in():
    return Browser


@pytest.fixture
def agent(company):
    return Browser(company.agent.holder)


@pytest.fixture
def steward(company):
    return Browser(company.steward.holder)


@pytest.fixture
def manager(company):
    return Browser(company.manager.holder)


@pytest.fixture
def people(company):
    """Who else may sign in, by the role they hold in the group."""
    names = (
        "hotline_supervisor discipline_inspector quality_manager inspector privacy_officer"
        " privacy_approver administrator"
    )
    return SimpleNamespace(
        **{name: make_post(name, company.group).holder for name in names.split()}
    )


@pytest.fixture
def caller(company):
    return make_person("周敏", "13812345678", company.dwelling)


@pytest.fixture
def ticket(company, caller):
    return make_ticket(company, reporter_subject=caller.subject_id, at=A_MORNING)


@pytest.fixture
def administrator(people):
    return Browser(people.administrator)


@pytest.fixture(autouse=True)
def _fresh_subscriptions():
    """What a process remembers of endpoints does not outlive the test that made them."""
    subscriptions.forget()
    yield
    subscriptions.forget()


@pytest.fixture
def homes(company):
    return [
        Dwelling.objects.create(building=company.building, room=f"1-{number}")
        for number in range(201, 205)
    ]


@pytest.fixture
def officer(people):
    return Browser(people.privacy_officer)


@pytest.fixture
def approver(people):
    return Browser(people.privacy_approver)


@pytest.fixture
def codes(monkeypatch):
    """The telephone: what was sent to which number."""
    sent = []
    monkeypatch.setattr(code_carrier, "send_soon", lambda number, text: sent.append((number, text)))
    return sent
