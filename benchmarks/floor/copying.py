"""The floor of the import: COPY of the rows that an import wrote, into the same tables under other
keys, table by table in one transaction. It reads no file, checks nothing and decides nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, models, transaction
from psycopg import sql

from complaints.models import TextEntry, Ticket, TicketClock, TicketEvent
from complaints.services.import_storage import (
    CLOCK,
    EVENT,
    HISTORY,
    HISTORY_OWN,
    TEXT,
    TICKET_OWN,
)

#: keys that no sequence reaches; what is taken from copied rows would reach the same ones again
APART = 10**12
_CHUNK = 1 << 20
_TICKET_ID = f"ticket_id + {APART}"
#: the columns that cannot be the same twice
_OWN: Mapping[type[models.Model], Mapping[str, str]] = {
    Ticket: {
        "id": f"id + {APART}",
        "public_id": "gen_random_uuid()",
        "reference": "'copy' || id",
        "source_key": "source_key || '+'",
    },
    Ticket.history.model: {"id": f"id + {APART}", "reference": "'copy' || id"},
    TicketEvent: {"id": f"id + {APART}", "ticket_id": _TICKET_ID},
    TextEntry: {"ticket_id": _TICKET_ID, "event_id": f"event_id + {APART}"},
    TicketClock: {"ticket_id": _TICKET_ID},
}
_COLUMNS: Mapping[type[models.Model], Iterable[str]] = {
    Ticket: (*HISTORY, *TICKET_OWN),
    Ticket.history.model: (*HISTORY, *HISTORY_OWN),
    TicketEvent: EVENT,
    TextEntry: TEXT,
    TicketClock: CLOCK,
}
_TAKE = """
COPY (SELECT {columns} FROM {table} WHERE {key} IN (
    SELECT id FROM complaints_ticket WHERE source = {source} AND source_key LIKE {keys}
) ORDER BY {key}) TO STDOUT
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows of one table as COPY reads them."""

    model: type[models.Model]
    path: Path


def take(folder: Path, source: str, run: str) -> list[Taken]:
    """The rows of the tickets whose keys in the source begin with `run`."""
    found = []
    for model, columns in _COLUMNS.items():
        taken = Taken(model, folder / f"{model._meta.db_table}.copy")
        key = "id" if "ticket_id" not in columns else "ticket_id"
        statement = sql.SQL(_TAKE).format(
            columns=sql.SQL(", ").join(sql.SQL(_OWN[model].get(each, each)) for each in columns),
            table=sql.Identifier(model._meta.db_table),
            key=sql.Identifier(key),
            source=sql.Literal(source),
            keys=sql.Literal(f"{run}-%"),
        )
        with (
            connection.cursor() as cursor,
            cursor.copy(statement) as rows,
            taken.path.open("wb") as file,
        ):
            for chunk in rows:
                file.write(chunk)
        found.append(taken)
    return found


def put(taken: Iterable[Taken]) -> float:
    """Seconds to copy them in, until they are committed."""
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for each in taken:
            statement = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
                table=sql.Identifier(each.model._meta.db_table),
                columns=sql.SQL(", ").join(map(sql.Identifier, _COLUMNS[each.model])),
            )
            with cursor.copy(statement) as rows, each.path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    rows.write(chunk)
    return time.perf_counter() - begun
