"""Long columns of values as PostgreSQL array literals, for statements that read `unnest`.

The driver examines every element of a list on its own; for tens of thousands of numbers, moments
and codes that takes longer than the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

Value = int | bool | str | Decimal | datetime | UUID | None

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:")


def literal(values: Iterable[Value]) -> str:
    """`{1,NULL,3}`. To be passed as a parameter and cast in the statement: `%s::bigint[]`.

    The values are of one type, None apart.
    """
    column = list(values)
    write = _writer(next((value for value in column if value is not None), None))
    return "{" + ",".join(["NULL" if each is None else write(each) for each in column]) + "}"


def literals(rows: Iterable[Sequence[Value]]) -> list[str]:
    """One literal for each column of the rows."""
    return [literal(column) for column in zip(*rows, strict=True)]


def _writer(sample: Value) -> Callable[[Any], str]:
    if isinstance(sample, str):
        return _quoted
    if isinstance(sample, datetime):
        return datetime.isoformat
    return str


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    """Quoted unless it is a code; an empty text and the word NULL are always quoted."""
    if text and _PLAIN.issuperset(text) and text.upper() != "NULL":
        return str.__str__(text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
