"""How many there are, as far as anybody wants to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from core.compiled import with_choices

#: beyond this a list is "many": counting on would cost more than the number tells
MOST: Final = 99


#: rows to be counted, or the SQL that selects them, not more than are counted, with its values
Counted: TypeAlias = QuerySet[Any] | Callable[[], tuple[str, list[Any]]]


def counts_of(rows: Mapping[str, Counted], *, most: int = MOST) -> dict[str, int]:
    """The size of each in one statement; `most + 1` stands for "more than `most`"."""
    pieces: dict[str, str] = {}
    values: list[Any] = []
    for name, counted in rows.items():
        try:
            sql, parameters = _asked(counted, most)
        except EmptyResultSet:
            continue
        pieces[name] = f"(SELECT count(*) FROM ({sql}) counted)"  # noqa: S608  # the ORM's SQL
        values += parameters
    return {**dict.fromkeys(rows, 0), **_read(pieces, values)}


def to_count(rows: QuerySet[Any, Any], most: int = MOST) -> QuerySet[Any, Any]:
    return rows.order_by().values("pk")[: most + 1]


def _asked(counted: Counted, most: int) -> tuple[str, Any]:
    if isinstance(counted, QuerySet):
        return with_choices(*to_count(counted, most).query.sql_with_params())
    return counted()


def said(count: int, *, most: int = MOST) -> str:
    """12, or 99+ where counting stopped."""
    return f"{most}+" if count > most else str(count)


def _read(pieces: Mapping[str, str], values: list[Any]) -> dict[str, int]:
    if not pieces:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(pieces.values())}", values)
        return dict(zip(pieces, cursor.fetchone(), strict=True))
