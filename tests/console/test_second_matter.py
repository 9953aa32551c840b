"""Whoever rings up about one thing often tells of another: the call leads to that ticket, too."""

import datetime as dt
import re

import pytest

from complaints.enums import Protection
from complaints.models import Ticket
from core.actors import SYSTEM
from residents.enums import AccountTier
from residents.models import Call
from residents.services import accounts
from tests.console.conftest import Browser
from tests.console.test_calls import NEW, bar, handle_in, ring, told
from tests.factories import machine_caller, make_machine_key, make_person, make_post

pytestmark = pytest.mark.django_db

LINE = "02368001234"
ANOTHER = "同一来电，再登记一张"


@pytest.fixture
def exchange(company):
    return machine_caller(make_machine_key("calls.report"))


@pytest.fixture
def account(company):
    return accounts.create(
        "K1", "重庆数据谷",
        tier=AccountTier.GROUP_STRATEGIC, manager=company.manager,
        communities=[company.community], line_number=LINE, actor=SYSTEM,
    )  # fmt: skip


def record(agent, call, **fields):
    """The page that reads out the number."""
    done = agent.send(NEW, **told(call, **{"home": "", **fields}))
    assert done.status == 302
    return agent.open(done.url)


def take_up(agent, call):
    return agent.send(f"/console/calls/{call.public_id}/take-up/")


def test_it_is_taken_up_again_with_who_it_was_and_is_the_account_s(
    agent, caller, company, exchange, account
):
    call = ring(exchange, company, "answered", called=LINE)
    handle = handle_in(agent.open(f"/console/calls/{call.public_id}/").text)
    page = record(agent, call, caller=handle, home="elsewhere")
    assert ANOTHER in page
    assert bar(agent).status_code == 204

    opened = take_up(agent, call)
    assert opened.status == 302
    form = agent.open(opened.url)
    assert "周敏" in form
    assert str(call.public_id) in form.text
    assert "重庆数据谷" in bar(agent).content.decode()

    again = {"caller": handle_in(form.text), "body": "还有一件：门禁坏了", "home": "elsewhere"}
    record(agent, call, **again)
    assert {ticket.account for ticket in Ticket.objects.all()} == {account}
    assert Ticket.objects.count() == 2
    assert bar(agent).status_code == 204


def test_of_a_report_in_nobodys_name_there_is_nothing_more(agent, company, exchange, account):
    call = ring(exchange, company, "answered", called=LINE)
    nameless = {"category": "staff_conduct", "protection": Protection.ANONYMOUS}
    asked = "place named_staff protection"
    done = agent.send(NEW, **told(call, home="", asked=asked, **nameless))
    assert ANOTHER not in agent.open(done.url)
    assert str(call.public_id) not in done.url
    assert take_up(agent, call).status == 404


def test_who_withholds_their_number_and_says_who_they_are_is_at_hand(company, exchange):
    call = ring(exchange, company, "answered", caller="anonymous")
    person = make_person("周敏", "13812345678", company.dwelling)
    Call.objects.update(settled_at=call.began_at)
    assert not Call.objects.at_hand(call.began_at)
    Call.objects.update(subject=person.subject_id)
    assert list(Call.objects.at_hand(call.began_at)) == [call]


def test_it_is_its_agent_s_alone_and_ends_with_the_day(agent, company, exchange, account):
    call = ring(exchange, company, "answered", called=LINE)
    record(agent, call)
    other = Browser(make_post("hotline_agent", company.group).holder)
    assert take_up(other, call).status == 404
    Call.objects.update(expires_at=call.began_at - dt.timedelta(minutes=1))
    assert take_up(agent, call).status == 404


def test_without_a_call_nothing_is_offered(agent, company):
    page = record(agent, Call())
    assert ANOTHER not in page
    assert not re.search(r"take-up", page.text)


def test_what_is_saved_after_the_call_was_handed_on_is_the_account_s_too(
    agent, company, exchange, account
):
    call = ring(exchange, company, "answered", called=LINE)
    form = opened_of(agent, call)
    other = hand_on(exchange, company, call)

    record(agent, call, **form)

    assert Ticket.objects.get().account == account
    assert bar(Browser(other)).status_code == 200


def test_of_a_call_that_somebody_never_had_their_words_are_not_the_account_s(
    agent, company, exchange, account
):
    """Its id is known to the exchange and to the agent who has it; their proof is another's."""
    call = ring(exchange, company, "answered", called=LINE)
    proof = opened_of(agent, call)
    hand_on(exchange, company, call)
    stranger = Browser(make_post("hotline_agent", company.group).holder)

    record(stranger, call)
    record(stranger, call, **proof)
    record(agent, call, rung="")

    assert set(Ticket.objects.values_list("account", flat=True)) == {None}
    assert Ticket.objects.count() == 3


def opened_of(agent, call):
    """What the form holds beside what is typed."""
    page = agent.open(f"/console/calls/{call.public_id}/").text
    if 'name="rung"' not in page:
        page = agent.send(f"/console/calls/{call.public_id}/person/", step="intake").text
    return {"rung": re.search(r'name="rung" value="([0-9a-f]+)"', page).group(1)}


def hand_on(exchange, company, call):
    other = make_post("hotline_agent", company.group).holder
    ring(exchange, company, "answered", called=LINE, agent=other.username)
    call.refresh_from_db()
    assert call.staff == other
    return other
