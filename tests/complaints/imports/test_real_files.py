"""The real data sets through the mappings, counted a second time without them."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from complaints.imports import mapping_file
from complaints.imports.merge import Absorbed
from complaints.imports.normalise import ImportedTicket
from complaints.imports.outcomes import Reader, Tally
from complaints.imports.reading import open_table
from tests.real_data import MESSAGES, NYC, real_file

pytestmark = pytest.mark.real_data


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_all_cases_of_new_york_come_in() -> None:
    path = real_file(NYC)
    first = {}
    for row in rows(path):
        kept = first.setdefault(row["unique_key"], row)
        for column, value in row.items():
            kept[column] = kept[column] or value
    expected = Counter(
        (row["account"], row["opendate"][:4], row["complaint_type"], not row["closedate"])
        for row in first.values()
    )
    tally, found, communities = Tally(), Counter(), set()
    with open_table(path) as table:
        reader = Reader(table, mapping_file.load("nyc_constituent_cases"), date(2026, 1, 1))
        for outcome in reader.outcomes():
            tally.count(outcome)
            if isinstance(outcome, ImportedTicket):
                office, year = outcome.unit[0].code, str(outcome.received.on.year)
                found[office, year, outcome.source_kind, outcome.is_open] += 1
                communities.add(tuple(unit.code for unit in outcome.unit))
    assert found == expected
    assert (tally.read, tally.imported, tally.merged, tally.refused) == (341_299, 341_194, 105, 0)
    # as the data's own description says: 11 repeats name another zip
    assert tally.conflicts == 11
    assert len({path for path in communities if len(path) == 1}) == 51
    assert len({kind for _, _, kind, _ in found}) == 60


def test_all_messages_come_in_with_their_replies() -> None:
    path = real_file(MESSAGES)
    with open_table(path) as table:
        reader = Reader(table, mapping_file.load("citizen_messages_with_replies"), date(2026, 1, 1))
        found = list(reader.outcomes())
    assert not [o for o in found if isinstance(o, Absorbed)]
    tickets = [o for o in found if isinstance(o, ImportedTicket)]
    assert len(tickets) == len(found) == 2_816
    written = {row["message_id"]: row for row in rows(path)}
    for ticket in tickets:
        row = written[ticket.key]
        assert ticket.answered is not None
        assert ticket.received.at is not None
        assert ticket.received.at.isoformat() == row["created_at"]
        assert ticket.answered.at is not None
        assert ticket.answered.at.isoformat() == row["replied_at"]
        assert (ticket.body, ticket.reply) == (row["body"].strip(), row["reply"].strip())
