"""The simulator rings over the real API: every kind of caller reaches the agent's screen."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core.actors import SYSTEM
from core.models import MachineKey
from residents.enums import AccountTier
from residents.models import Call
from residents.services import accounts, calls
from tests.factories import A_MORNING, Company, make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(transactional_db):
    company = Company()
    person = make_person("张三", "13812345678", company.dwelling)
    make_person("李四", "13987654321", company.dwelling)
    account = accounts.create(
        "K1", "重庆数据谷",
        tier=AccountTier.STANDARD, manager=company.manager, communities=[company.community],
        line_number="02368001234", actor=SYSTEM,
    )  # fmt: skip
    accounts.add_contact(account, person.subject_id, actor=SYSTEM, at=A_MORNING)
    return company


def ring(live_server, *arguments):
    out = StringIO()
    quick = ("--address", live_server.url, "--every", "0", "--ring", "0", "--talk", "0")
    call_command("ring_demo", *quick, *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "people"), [("known", 1), ("shared", 2), ("unknown", 0), ("account", 1)]
)
def test_each_kind_of_caller_rings_answers_and_ends(live_server, company, kind, people):
    username = company.agent.holder.username
    said = ring(live_server, "--agent", username, "--kind", kind, "--count", "1", "--seed", "4")
    assert said == f"1: {kind} → {username}\n1 calls rang.\n"
    call = Call.objects.get()
    assert call.state == "ended"
    found = calls.callers_of(call, actor=company.agent.holder.actor)
    assert len(found) == people or (kind == "shared" and len(found) in (1, 2))
    assert (calls.account_of(call) is not None) == (kind == "account")
    assert MachineKey.objects.get().scopes == ["calls.report"]


def test_a_further_run_is_the_same_exchange(live_server, company):
    username = company.agent.holder.username
    for _ in range(2):
        ring(live_server, "--agent", username, "--count", "1", "--kind", "unknown")
    assert MachineKey.objects.count() == 1
    assert Call.objects.count() == 2


def test_an_agent_who_is_not_there_is_named(live_server, company):
    with pytest.raises(CommandError, match="nobody"):
        ring(live_server, "--agent", "nobody")


def test_a_desk_that_is_down_is_said_in_words(company):
    with pytest.raises(CommandError, match="does not answer"):
        call_command(
            "ring_demo", "--address", "http://127.0.0.1:9", "--agent",
            company.agent.holder.username,
        )  # fmt: skip


def test_the_call_comes_up_on_the_workbench(live_server, company):
    agent = company.agent.holder
    ring(live_server, "--agent", agent.username, "--kind", "known", "--count", "1")
    browser = Client()
    browser.force_login(agent)
    assert "call--ended" in browser.get("/console/calls/bar/").content.decode()
