from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connections

from core.database_roles import as_owner
from privacy.vault.services import keys, subjects

AT = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
NAME = "residents.person.name_sealed"
PHONE = "residents.contactpoint.sealed"


@pytest.fixture
def subject(db: None) -> UUID:
    return new_subject()


def new_subject() -> UUID:
    return subjects.create_subject(keys.create_subject_key(), at=AT).pk


@contextmanager
def past_the_triggers(alias: str, *tables: str) -> Iterator[Callable[..., object]]:
    """What somebody with the owner's password could do, or a restored backup brings back."""
    with as_owner(), connections[alias].cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor.execute
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def rows_with(needle: str) -> list[str]:
    """Tables of both databases in which a row, written as text, contains the needle."""
    found = []
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{needle}%"]
                )
                if cursor.fetchone()[0]:
                    found.append(f"{alias}.{table}")
    return found
