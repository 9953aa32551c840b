"""Both databases as they were before the first test, after one that commits.

Django would truncate every table and the reference data would be loaded again: some seven hundred
statements, and new files for each table and index. A test leaves some dozen rows in some dozen
tables: they are deleted as the owner, past the triggers that refuse it, and what was shipped comes
back from where it was kept. Where a test left thousands, truncating is quicker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

#: rows in one table from which deleting costs more than new files for all of them
MANY = 2_000

_TABLES = """
    SELECT c.relname, EXISTS (
        SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND c.relname NOT IN ('django_migrations', 'django_content_type')
    ORDER BY c.relname
"""
# only those that a column owns: what TRUNCATE ... RESTART IDENTITY begins anew
_SEQUENCES = """
    SELECT s.sequencename, s.last_value FROM pg_sequences s
    JOIN pg_depend d ON d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass
    AND d.deptype IN ('a', 'i') WHERE s.schemaname = 'public'
"""


@dataclass(frozen=True)
class Kept:
    """A database with nothing in it but what is shipped."""

    guarded: dict[str, bool]
    shipped: dict[str, bytes]
    sequences: dict[str, int | None]


_kept: dict[str, Kept] = {}


def keep() -> None:
    """To be called when the reference data stand and no test has run."""
    for alias in settings.DATABASES:
        with owner_connection(alias) as connection:
            guarded = dict(connection.execute(_TABLES).fetchall())
            shipped = {table: _read(connection, table) for table in _filled(connection, guarded)}
            sequences = dict(connection.execute(_SEQUENCES).fetchall())
        _kept[alias] = Kept(guarded, shipped, sequences)


def empty(case: TransactionTestCase) -> None:
    """In place of Django's flush."""
    for alias, kept in _kept.items():
        connections[alias].close()
        with owner_connection(alias) as connection:
            _put_back(connection, kept)


def owner_connection(alias: str) -> psycopg.Connection[Any]:
    config = connections[alias].settings_dict
    owner = settings.OWNER_DATABASES[alias]
    return psycopg.connect(
        host=config["HOST"],
        port=config["PORT"],
        dbname=config["NAME"],
        user=owner["USER"],
        password=owner["PASSWORD"],
    )


def _put_back(connection: psycopg.Connection[Any], kept: Kept) -> None:
    filled = _filled(connection, kept.guarded)
    many = max(filled.values(), default=0) >= MANY
    touched = kept.guarded if many else {*filled, *kept.shipped}
    guards = [table for table in touched if kept.guarded[table]]
    _each(connection, "ALTER TABLE {} DISABLE TRIGGER USER", guards)
    if many:
        every = sql.SQL(", ").join(map(sql.Identifier, kept.guarded))
        connection.execute(sql.SQL("TRUNCATE {}").format(every))
    else:
        _each(connection, "DELETE FROM {}", filled)
    for table, rows in kept.shipped.items():
        _write(connection, table, rows)
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _each(connection, "ALTER TABLE {} ENABLE TRIGGER USER", guards)
    for name, value in connection.execute(_SEQUENCES).fetchall():
        if value != (before := kept.sequences[name]):
            connection.execute("SELECT setval(%s, %s, %s)", (name, before or 1, before is not None))


def _filled(connection: psycopg.Connection[Any], tables: dict[str, bool]) -> dict[str, int]:
    """How many rows the tables have that have any, as far as it matters."""
    count = "SELECT {name}, count(*) FROM (SELECT FROM {table} LIMIT {many}) AS rows_of_it"
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL(count).format(name=table, table=sql.Identifier(table), many=MANY)
        for table in tables
    )
    return {table: rows for table, rows in connection.execute(asked).fetchall() if rows}


def _each(connection: psycopg.Connection[Any], statement: str, tables: Any) -> None:
    """In one journey."""
    if tables:
        every = (sql.SQL(statement).format(sql.Identifier(table)) for table in tables)
        connection.execute(sql.SQL("; ").join(every))


def _read(connection: psycopg.Connection[Any], table: str) -> bytes:
    copy = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(copy) as rows:
        return b"".join(bytes(part) for part in rows)


def _write(connection: psycopg.Connection[Any], table: str, rows: bytes) -> None:
    copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with connection.cursor() as cursor, cursor.copy(copy) as target:
        target.write(rows)
