"""Whatever can be done about a ticket can be done by API and on a page, and leaves an entry.

`docs/doors.md` says the same in words, for what is asked as well as for what is done.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from complaints.api.actions import WIRING
from complaints.enums import Action, Decision, Entry, Measure, Remedy, Tie
from complaints.rights import OFFERED, STAFF_NEEDS
from complaints.services.act import EVENT_OF
from console.acts import ACTS
from portal.acts import BY_VERB
from tests.house.test_routes import ROUTES

DOORS = Path(__file__).parents[2] / "docs" / "doors.md"
VERBS = [*Action, *Entry, *Decision, *Measure, *Tie, *Remedy]
#: verbs with an address of their own: what they change is no ticket, or is one of its links
BY_ADDRESS = {
    Tie.UNLINK: ("ticket-link", "console:unlink"),
    Remedy.HAND_OVER: ("corrective-action-step", "console:corrective_step"),
    Remedy.COMPLETE: ("corrective-action-step", "console:corrective_step"),
    Remedy.VERIFY: ("corrective-action-step", "console:corrective_step"),
    Remedy.RETURN: ("corrective-action-step", "console:corrective_step"),
}
#: what recording a call does by itself
INSIDE = {Action.CONFIRM: Measure.RECORD_CALL}
NAMES = {name for name, _address in ROUTES}


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in INSIDE])
def test_it_has_a_door_in_the_api_and_on_a_page(verb):
    if verb in BY_ADDRESS:
        assert set(BY_ADDRESS[verb]) <= NAMES
    else:
        assert verb in WIRING
        assert verb in ACTS or verb in BY_VERB


def test_what_pages_call_is_what_the_api_calls():
    for code, act in ACTS.items():
        service = getattr(act.perform, "func", act.perform)
        assert WIRING[code].service == service, code
    for verb, act in BY_VERB.items():
        assert WIRING[verb].service == act.service, verb


def test_what_is_offered_can_be_done():
    assert {verb for verb in OFFERED if verb not in INSIDE} <= set(WIRING)


def test_everybody_of_staff_needs_a_right_but_the_reporter_s_own_word():
    without = {verb for verb in VERBS if verb not in STAFF_NEEDS}
    assert without == {Entry.RATE, Action.CONFIRM}


def test_each_action_leaves_its_entry():
    assert set(EVENT_OF) == set(Action)


def test_the_table_names_every_verb_and_only_addresses_that_are_there():
    text = DOORS.read_text("utf-8")
    missing = [verb.value for verb in VERBS if f"`{verb.value}`" not in text]
    assert missing == []
    resolve = get_resolver().resolve
    for address in re.findall(r"`(?:GET |POST |PUT |DELETE )?(/api/v1/[^`]*)`", text):
        filled = address
        for name, value in (("{id}", "00000000-0000-0000-0000-000000000001"), ("{n}", "1")):
            filled = filled.replace(name, value)
        resolve(re.sub(r"\{\w+\}", "x", filled))
