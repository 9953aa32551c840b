"""Rows of several tables, written in one statement.

An act on a ticket leaves rows in seven tables. One round trip for each would make the database's
answer time the desk's; here they become one INSERT with the others in front of it (`WITH`), which
PostgreSQL runs as a whole. Foreign keys are checked at commit, so their order is free.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain, starmap
from typing import Any, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.db.models.sql import InsertQuery

ModelClass = type[models.Model]
Field: TypeAlias = "models.Field[Any, Any]"
Row = TypeVar("Row", bound=models.Model)

# How many are wanted stands in the statement: PostgreSQL takes a count it cannot see for a
# thousand, and would plan anew each time to look at it. A few are drawn one by one, without a scan.
_NUMBERS = "ARRAY(SELECT {one} FROM generate_series(1, {count:d}))"
FEW = 10


# What is sent as text, which PostgreSQL reads as the type of the column, but for fields that store
# it in a form of their own. The driver would look at each value, and name the smallest type that
# holds a number: one statement would be as many, each planned anew, as there are mixtures of small
# and large ids.
_PLAIN = frozenset({str, int, bool, datetime, UUID})
_ENCODED = (models.JSONField, models.BinaryField, ArrayField)
# Fields that find their value by looking at the row, and those that look at the clock first.
_READING = {field.pre_save for field in (models.Field, models.DateField, models.DateTimeField)}


_NAMED = re.compile(r"%\((\w+)\)s")


class Batch:
    """Collects unsaved rows until `write`. One batch belongs to one transaction.

    Rows that others point at are given with `number`, which sets their primary key at once; the
    database numbers the rest as it writes them, and those objects never learn their key.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[ModelClass, bool], list[models.Model]] = defaultdict(list)
        self._keys: dict[ModelClass, deque[int]] = defaultdict(deque)
        self._parts: list[tuple[str, list[Any]]] = []

    def reserve(
        self,
        counts: Mapping[ModelClass, int],
        *,
        also: Sequence[str] = (),
        parameters: Sequence[Any] = (),
    ) -> tuple[Any, ...]:
        """Draw primary keys ahead, in one statement; those not used stay gaps.

        `also` are SQL expressions to be read on the same way, with `parameters` in their places;
        their values are returned.
        """
        columns = ", ".join([*starmap(_numbers, counts.items()), *also])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns}", parameters)  # constants of the code
            row = cursor.fetchone()
        for model, keys in zip(counts, row, strict=False):
            self._keys[model].extend(keys)
        values: tuple[Any, ...] = row[len(counts) :]
        return values

    def left(self, model: ModelClass) -> int:
        """How many reserved keys of the model are still unused."""
        return len(self._keys[model])

    def number(self, row: Row) -> Row:
        """Add a row and give it its primary key now, drawing one when none is left."""
        model = type(row)
        if not self._keys[model]:
            self.reserve({model: 1})
        row.pk = self._keys[model].popleft()
        self._rows[model, True].append(row)
        return row

    def add(self, *rows: models.Model) -> None:
        for row in rows:
            self._rows[type(row), False].append(row)

    def with_parts(self, parts: str, values: Mapping[str, Any]) -> None:
        """Have named parts of a `WITH` run with the rows, such as what follows from them in tables
        of another app. They see the database as it was before the rows."""
        sql, names = _positional(parts)
        self._parts.append((sql, [values[name] for name in names]))

    def write(self) -> None:
        """Insert everything collected. Raises IntegrityError, then nothing is written."""
        inserts = [_insert(model, rows, numbered) for (model, numbered), rows in self._rows.items()]
        if not inserts:
            return
        *before, (last, last_values) = inserts
        named = [(f"batch_{place} AS ({sql})", vs) for place, (sql, vs) in enumerate(before)]
        named += self._parts
        statement = f"WITH {', '.join(sql for sql, _ in named)} {last}" if named else last
        with connection.cursor() as cursor:
            cursor.execute(statement, [*chain.from_iterable(vs for _, vs in named), *last_values])
        self._mark_written()

    def _mark_written(self) -> None:
        for rows in self._rows.values():
            for row in rows:
                row._state.adding, row._state.db = False, connection.alias
        self._rows.clear()
        self._parts.clear()


@cache
def _numbers(model: ModelClass, count: int) -> str:
    """An array of so many keys of the model."""
    one = f"nextval({_sequence(model)})"
    if count > FEW:
        return _NUMBERS.format(one=one, count=count)
    return f"ARRAY[{', '.join([one] * count)}]::bigint[]"


@cache
def _sequence(model: ModelClass) -> str:
    """As a literal. Looked up by the table, once a process: neither its name nor its kind is ours
    to assume."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_literal(pg_get_serial_sequence(%s, %s))",
            [_quoted_table(model), model._meta.pk.column],
        )
        row = cursor.fetchone()
    name: str = row[0]
    return name


@cache
def _positional(sql: str) -> tuple[str, list[str]]:
    """With the places of a statement in order instead of by name."""
    return _NAMED.sub("%s", sql), _NAMED.findall(sql)


class _Column(NamedTuple):
    """How a row's value comes into a statement."""

    field: Field
    name: str
    #: whether it stands in the row as it is
    stands: bool
    #: whether its text says all of it
    plain: bool


def _insert(model: ModelClass, rows: list[models.Model], numbered: bool) -> tuple[str, list[Any]]:
    """As InsertQuery would write it, without taking the query apart and together for every row."""
    wrapper = connections[connection.alias]
    columns, into = _columns(model, numbered)
    lines: list[str] = []
    parameters: list[Any] = []
    for row in rows:
        if row._state.fields_cache:
            row._prepare_related_fields_for_save("write")  # type: ignore[attr-defined]
        known = row.__dict__
        places = []
        for field, name, stands, plain in columns:
            value = known[name] if stands else field.pre_save(row, True)
            if value is None:
                places.append("NULL")
            elif plain and type(value) in _PLAIN:
                places.append("%s")
                parameters.append(value if type(value) is str else str(value))
            else:
                place, values = _place(field, value, wrapper)
                places.append(place)
                parameters += values
        lines.append(f"({', '.join(places)})")
    return f"{into} VALUES {', '.join(lines)}", parameters


@cache
def _columns(model: ModelClass, numbered: bool) -> tuple[list[_Column], str]:
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated and (numbered or not isinstance(field, models.AutoField))
    ]
    columns = [
        _Column(field, field.attname, _stands(field), not isinstance(field, _ENCODED))
        for field in fields
    ]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    return columns, f"INSERT INTO {_quoted_table(model)} ({names})"


def _stands(field: Field) -> bool:
    """Whether the field has no way of its own to find its value, such as the present moment."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return False
    return getattr(field.pre_save, "__func__", None) in _READING


def _place(field: Field, value: Any, wrapper: BaseDatabaseWrapper) -> tuple[str, Sequence[Any]]:
    """The placeholder of a value and what goes there; SQL expressions stand for themselves."""
    if isinstance(value, Now):
        return "STATEMENT_TIMESTAMP()", ()
    if isinstance(value, models.TextChoices):  # the code's own word: no caller's value is one
        return f"'{value.value}'", ()
    if hasattr(value, "resolve_expression"):
        compiler = InsertQuery(field.model).get_compiler(connection=wrapper)
        resolved = value.resolve_expression(compiler.query, allow_joins=False, for_save=True)
        return compiler.compile(resolved)
    value = field.get_db_prep_save(value, wrapper)
    if hasattr(field, "get_placeholder"):
        return field.get_placeholder(value, None, wrapper), (value,)
    return "%s", (value,)


@cache
def _quoted_table(model: ModelClass) -> str:
    return connection.ops.quote_name(model._meta.db_table)
