"""The import on the hand-written files, and what stands in them by `csv` alone."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection

from complaints.imports import mapping_file
from complaints.models import Ticket
from complaints.services.importing import ImportReport, ImportRequest, import_file
from core.actors import SYSTEM
from tests.real_data import TWINS

AT = dt.datetime(2026, 3, 4, 2, 0, tzinfo=dt.UTC)
NEW_YORK = ZoneInfo("America/New_York")
NYC, MESSAGES = "nyc_constituent_cases", "citizen_messages_with_replies"
NYC_FILE, MESSAGES_FILE = TWINS / "nyc_40.csv", TWINS / "messages_40.csv"


def bring_in(path: Path, mapping: str, lists: Path, **options: object) -> ImportReport:
    request = ImportRequest(path, mapping, lists, **options)  # type: ignore[arg-type]
    return import_file(request, actor=SYSTEM, at=AT, progress=lambda done, total: None)


def ticket(key: str) -> Ticket:
    return Ticket.objects.get(source_key=key)


def counted_by_sql(what: str) -> Counter[tuple[str, int, str, bool]]:
    """Tickets by office, year of opening, `what`, and whether they are open."""
    with connection.cursor() as cursor:
        # Rows of this very transaction have no statistics yet.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            f"""
            SELECT split_part(unit.code, '-', 1), extract(year FROM ticket.received_on)::int,
                   {what}, ticket.ended_at IS NULL
            FROM complaints_ticket AS ticket
            JOIN organisation_unit AS unit ON unit.id = ticket.unit_id
            JOIN complaints_category AS category ON category.id = ticket.category_id
            LEFT JOIN complaints_textentry AS summary
                ON summary.ticket_id = ticket.id AND summary.role = 'summary'
            """
        )
        return Counter(cursor.fetchall())


def counted_by_csv(path: Path, refused: frozenset[str]) -> tuple[Counter, Counter]:
    """The same from the file, with `csv` and `Counter` alone: by kind in the source's words, and
    by category as the mapping's TOML says."""
    kinds = tomllib.loads(mapping_file.find(NYC).read_text(encoding="utf-8"))["kinds"]
    by_kind: Counter[tuple[str, int, str, bool]] = Counter()
    by_category: Counter[tuple[str, int, str, bool]] = Counter()
    for row in first_values(path):
        if row["unique_key"] in refused:
            continue
        kind, detail = row["complaint_type"], row["descriptor"]
        category = kinds["details"].get(kind, {}).get(detail) or kinds["table"].get(kind)
        if isinstance(category, dict):
            category = category["category"]
        if category is None:
            category = "other" if kind in kinds["other"] else "uncategorised"
            assert kind in ("", *kinds["other"], *kinds["uncategorised"])
        place = (row["account"], int(row["opendate"][:4]))
        is_open = not row["closedate"]
        by_kind[*place, " · ".join(filter(None, (kind, detail))), is_open] += 1
        by_category[*place, category, is_open] += 1
    return by_kind, by_category


def first_values(path: Path) -> Iterable[dict[str, str]]:
    """One row for each key: the first value that says something counts."""
    opener = gzip.open if path.suffix == ".gz" else open
    found: dict[str, dict[str, str]] = {}
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if None in row or None in row.values():
                continue
            first = found.setdefault(row["unique_key"], row)
            for column, value in row.items():
                if first[column] in ("", "n/a"):
                    first[column] = value
    return found.values()


UNUSABLE = frozenset(
    {"T023", "T025", "T026", "T027", "T028", "", "T030", "T031", "T032", "T033", "T034"}
)
