"""What the works measure with: turns, memory, indexes, and a process of one's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest

from benchmarks import apart, options, resident
from benchmarks.rounds import in_turn
from benchmarks.statements import noted, plans_without_index
from complaints.models import TextEntry, Ticket
from notifications import registry

SIZE = options.QUICK


def fails(words):
    raise ValueError(words)


def loaded_by_a_sweeper():
    from django.core.checks import run_checks

    from complaints.management.commands.sweeper import Command

    run_checks(tags=Command.requires_system_checks)
    for to_staff in (True, False):
        said = [registry.notices_page(to_staff=to_staff), registry.wishes_page(to_staff=to_staff)]
        assert all(said)
    thing = SimpleNamespace(public_id=uuid4())
    assert all(link(thing) for link in registry._links.values())
    return {"pinyin": "pypinyin" in sys.modules, "pages": "console.urls" in sys.modules}


def test_sides_take_turns_and_the_first_round_is_not_kept():
    asked = []
    few, many = in_turn(
        {"one": lambda: asked.append("one"), "many": lambda: asked.append("many") or 1_000},
        SIZE,
        unit="calls/s",
        asked=2,
    )
    turns = asked[::2]
    assert turns[:4] in (["one", "many", "many", "one"], ["many", "one", "one", "many"])
    assert len(turns) == 2 * (SIZE.rounds + 1)
    assert len(few.rounds) == len(many.rounds) == SIZE.rounds


def test_a_process_has_used_at_its_peak_what_it_uses_now_or_more():
    here = Path("/proc/self")
    assert 0 < resident.now_mib(here) <= resident.peak_mib(here)


def test_a_group_of_processes_is_found():
    assert Path(f"/proc/{os.getpid()}") in resident.of_group(os.getpgid(0))


def test_what_fails_in_a_process_of_its_own_says_why():
    with pytest.raises(apart.Failed, match="no such thing"):
        apart.run(fails, "no such thing", environ=os.environ)


def test_a_sweeper_loads_neither_pages_nor_the_tables_of_pinyin():
    """80 MB of 170 that no batch and no message needs; also one that says where to read more."""
    found = apart.run(loaded_by_a_sweeper, environ=os.environ)
    assert (found["pinyin"], found["pages"]) == (False, False)
    assert found["peak_mib"] > 20


@pytest.mark.django_db
def test_a_question_that_no_index_serves_is_named():
    with noted() as seen:
        list(Ticket.objects.filter(pk=1))
        list(TextEntry.objects.filter(body__contains="水"))
    (found,) = plans_without_index(seen, besides=())
    assert found.startswith("complaints_textentry: SELECT")
    assert plans_without_index(seen, besides=("complaints_textentry",)) == []
