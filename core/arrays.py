"""Long columns of values as PostgreSQL array literals, for statements that read `unnest`.

The driver examines every element of a list on its own; for tens of thousands of numbers, moments
and codes that takes longer than the statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

Value = int | bool | str | Decimal | datetime | None

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:")


def literal(values: Iterable[Value]) -> str:
    """`{1,NULL,3}`. To be passed as a parameter and cast in the statement: `%s::bigint[]`."""
    return "{" + ",".join([_element(value) for value in values]) + "}"


def literals(rows: Iterable[Sequence[Value]]) -> list[str]:
    """One literal for each column of the rows."""
    return [literal(column) for column in zip(*rows, strict=True)]


def _element(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _quoted(text: str) -> str:
    """Quoted unless it is a code; an empty text and the word NULL are always quoted."""
    if text and _PLAIN.issuperset(text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
