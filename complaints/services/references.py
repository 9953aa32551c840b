"""The numbers of tickets: drawn from a sequence, so that gaps are allowed and two never meet."""

from __future__ import annotations

from typing import Final

from django.db import connection

from core import reference

#: to be read together with other numbers (`core.batch.Batch.reserve`)
NEXT: Final = "nextval('complaints_reference_seq')"


def draw(count: int = 1) -> list[str]:
    """So many references that nobody has had."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NEXT} FROM generate_series(1, %s)", [count])  # noqa: S608
        return [reference.make(row[0]) for row in cursor.fetchall()]
