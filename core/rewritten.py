"""Whether a row that was waited for was rewritten meanwhile.

A statement that waits for a row lock goes on with the row as it has become (READ COMMITTED), but
everything else it reads – subqueries, joined tables – it reads as of when it began. So what hangs
on the row may be older than the row. The row says so itself: its `xmin` is then not the one that
the statement sees. So whoever changes what hangs on a row, under its lock, writes the row as well.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

_REWRITTEN: Final = (
    "{table}.xmin <> (SELECT seen.xmin FROM {table} AS seen WHERE seen.{key} = {table}.{key})"
)


class Rewritten(models.Expression):
    """For annotating a query that locks rows of this model: true where it has to be asked again."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(output_field=models.BooleanField())
        self.model = model

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        quote, of = connection.ops.quote_name, self.model._meta
        return _REWRITTEN.format(table=quote(of.db_table), key=quote(str(of.pk.column))), ()
