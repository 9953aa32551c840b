"""The kind of a matter follows the caller's words until the agent chooses it: whoever takes a
leaking pipe in does not have to say that it is to be repaired."""

import re

import pytest

from tests.console.calling import NEEDS, look_up, told

pytestmark = pytest.mark.django_db


def chosen(page):
    found = re.search(r'name="kind" value="(\w+)"[^>]*checked', page.text)
    return found.group(1) if found else ""


def typed(agent, **fields):
    return told(look_up(agent), **{"category": "", "body": "水管漏水了", **fields})


def test_a_leak_is_a_repair(agent, caller):
    page = agent.send(NEEDS, **typed(agent))
    assert 'id="intake-kind" hx-swap-oob="true"' in page
    assert chosen(page) == "repair"
    assert 'name="suggested_kind" value="repair"' in page


def test_it_goes_on_following(agent, caller):
    page = agent.send(
        NEEDS, **typed(agent, kind="repair", suggested_kind="repair", body="报修三次没人来")
    )
    assert chosen(page) == "complaint"


def test_what_the_agent_chose_stays(agent, caller):
    page = agent.send(NEEDS, **typed(agent, kind="inquiry"))
    assert 'id="intake-kind"' not in page
    back = agent.send(NEEDS, **typed(agent, kind="complaint", suggested_kind="repair"))
    assert 'id="intake-kind"' not in back


def test_what_is_chosen_already_is_not_drawn_again(agent, caller):
    page = agent.send(NEEDS, **typed(agent, body="楼上太吵"))
    assert 'id="intake-kind"' not in page


def test_what_changed_above_the_cursor_is_said(agent, caller):
    said = r'role="status">([^<]*)</p>'
    page = agent.send(NEEDS, **typed(agent))
    assert "类型已按描述改为“报修”" in re.findall(said, page.text)
    # the sentence comes and goes in a place that stays, else no reader speaks it
    page = agent.send(NEEDS, **typed(agent, kind="inquiry"))
    assert "" in re.findall(said, page.text)
