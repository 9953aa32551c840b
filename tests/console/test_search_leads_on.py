"""After a search the keyboard is in what was found; nobody is told to do what they may not."""

import pytest

from tests.console.conftest import Browser

pytestmark = pytest.mark.django_db
BENCH = "/console/workbench/"


def test_the_first_of_what_was_found_has_the_focus(agent, ticket):
    words = ticket.texts.get(role="body").body[:2]
    assert "data-key-item data-focus" in agent.open(BENCH, show="all", q=words)


def test_a_list_that_nobody_looked_for_leaves_it_where_it_is(agent, ticket):
    page = agent.open(BENCH, show="all")
    assert "data-key-item" in page
    assert "data-focus" not in page.text.split('id="queue"')[1].split('id="ticket"')[0]


def test_who_may_not_look_callers_up_is_not_told_to(agent, company):
    assert "输入来电号码" in agent.open(BENCH)
    assert "输入来电号码" not in Browser(company.engineer.holder).open(BENCH)
