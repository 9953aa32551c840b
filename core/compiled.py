"""Queries of the hot paths, compiled once per process.

Turning a query into SQL takes Django several times as long as PostgreSQL takes to answer it: 2 ms
against 0.2 for the post that gets a new ticket. Here the SQL is kept, with places for the values of
each call, and the question stays where it is asked: a queryset, its rules written once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Lookup, Model, QuerySet, TextChoices
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=Model)

_BESIDE = "SELECT one.*, other.* FROM ({one}) AS one LEFT JOIN ({other}) AS other ON true LIMIT 1"


class Slot(Expression):
    """The place of a value, by the name under which each call gives it."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return "%s", (self,)

    def bind(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection, prepared=False)


class AnyOf(Lookup):
    """Whether a column is one of a slot's values; `__in` would need to know how many."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_values, *right_values)


class _Objects(NamedTuple):
    """How a row becomes an object with those that came along, which a queryset finds out anew each
    time it is read."""

    model: type[Model]
    database: str
    columns: slice
    names: list[str]
    related: list[Any]
    annotated: dict[str, int]

    @classmethod
    def of(cls, rows: QuerySet[Any], compiler: SQLCompiler) -> _Objects | None:
        """None for a queryset that does more with a row."""
        more = rows._prefetch_related_lookups or rows._known_related_objects  # type: ignore[attr-defined]
        if rows._iterable_class is not ModelIterable or more:
            return None
        info: Any = compiler.klass_info
        columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        return cls(
            model=info["model"],
            database=rows.db,
            columns=columns,
            names=[column.target.attname for column, *_ in compiler.select[columns]],
            # stubs are of a later Django
            related=get_related_populators(info, compiler.select, rows.db),  # type: ignore[call-arg]
            annotated=compiler.annotation_col_map or {},
        )

    @property
    def key(self) -> int:
        """Where in a row its primary key stands."""
        return self.columns.start + self.names.index(self.model._meta.pk.attname)

    def read(self, row: Any) -> Model:
        found = self.model.from_db(self.database, self.names, row[self.columns])
        for each in self.related:
            each.populate(row, found)
        for name, place in self.annotated.items():
            setattr(found, name, row[place])
        return found


class _Kept(NamedTuple):
    rows: QuerySet[Any]
    compiler: SQLCompiler
    sql: str
    places: Sequence[Any]
    converters: Any
    objects: _Objects | None

    @property
    def are_tuples(self) -> bool:
        return self.rows._iterable_class is ValuesListIterable

    def bound(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
        return [
            place.bind(values, connection) if isinstance(place, Slot) else place
            for place in self.places
        ]


def with_choices(sql: str, places: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """The SQL with the choices that the code names (`State.CLOSED`) written out. They are always
    the same, and PostgreSQL keeps a plan for all values only where it estimates no more than for
    these values; with choices it cannot see, it planned the page of a community anew each time."""
    first, *others = sql.split("%s")
    written, kept = [first], []
    for place, after in zip(places, others, strict=True):
        if isinstance(place, TextChoices):
            written += [f"'{place.value}'", after]
        else:
            written += ["%s", after]
            kept.append(place)
    return "".join(written), kept


class Compiled(Generic[Row]):
    """A queryset with slots. `build` is called once, when the query is first asked; everything in
    it that is no slot is fixed from then on."""

    def __init__(self, build: Callable[[], QuerySet[Row, Any]]) -> None:
        self._build = build

    def __call__(self, **values: Any) -> list[Any]:
        """The rows, as the queryset would give them."""
        if self._kept.are_tuples:
            return self._tuples(values)
        if (objects := self._kept.objects) is not None:
            return [objects.read(row) for row in self._tuples(values)]
        return list(self._with_values(values))

    def first(self, **values: Any) -> Any:
        """The first row or None. The queryset says itself that it wants no more."""
        return next(iter(self(**values)), None)

    def asked(self, **values: Any) -> tuple[str, list[Any]]:
        """The SQL and what goes into its places, for a part of another statement of the same
        database."""
        kept = self._kept
        return kept.sql, kept.bound(values, connections[kept.rows.db])

    def first_beside(
        self, sql: str, parameters: Sequence[Any], **values: Any
    ) -> tuple[tuple[Any, ...], Any]:
        """The one row of another statement of the same database, and `first` of this query, in one
        question. For queries that want no more than one row, and whose rows become objects and
        nothing more."""
        kept = self._kept
        if kept.objects is None or kept.converters:
            raise TypeError(f"{kept.rows.model} is not read from bare rows.")
        bound = kept.bound(values, connections[kept.rows.db])
        with connections[kept.rows.db].cursor() as cursor:
            cursor.execute(_BESIDE.format(one=sql, other=kept.sql), [*parameters, *bound])
            row = cursor.fetchone()
        width = len(row) - len(kept.compiler.select)
        one, other = row[:width], row[width:]
        found = other[kept.objects.key] is not None
        return one, kept.objects.read(other) if found else None

    @cached_property
    def _kept(self) -> _Kept:
        rows = self._build()
        compiler = rows.query.get_compiler(using=rows.db)
        sql, places = with_choices(*compiler.as_sql())
        selected = [column for column, *_ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(selected)
        return _Kept(rows, compiler, sql, places, converters, _Objects.of(rows, compiler))

    def _tuples(self, values: dict[str, Any]) -> list[Any]:
        """The bare rows, which need nothing of the queryset but its SQL."""
        kept = self._kept
        connection = connections[kept.rows.db]
        with connection.cursor() as cursor:
            cursor.execute(kept.sql, kept.bound(values, connection))
            rows = cursor.fetchall()
        if not kept.converters:
            return rows
        return [tuple(row) for row in kept.compiler.apply_converters(rows, kept.converters)]

    def _with_values(self, values: dict[str, Any]) -> QuerySet[Row, Any]:
        """The queryset again, unread, with a compiler that has nothing left to do."""
        kept = self._kept
        compiler, query = copy(kept.compiler), copy(kept.rows.query)
        compiler.connection = connections[kept.rows.db]
        bound: Any = kept.bound(values, compiler.connection)
        compiler.as_sql = lambda *_, **__: (kept.sql, bound)  # type: ignore[method-assign]
        compiler.get_converters = lambda *_: kept.converters  # type: ignore[method-assign]
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        fresh = type(kept.rows)(kept.rows.model, query, kept.rows.db)
        for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
            setattr(fresh, name, getattr(kept.rows, name))
        return fresh
