"""Keyset pages: page 1,000 costs what page 1 costs, and rows that arrive shift nothing.

A cursor is opaque to its holder but no secret: it names the values of the ordering at the last row.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext_lazy as _

from core.clock import is_plausible
from core.errors import InvalidInput

#: a model, or a named row of `values_list`
Row = TypeVar("Row")
MOST = 100
#: a text of the ordering, told from a day or a moment
TEXT = "="
LONGEST_TEXT = 255


class CursorInvalid(InvalidInput):
    code = "cursor_invalid"
    message = _("翻页位置无效，请从第一页重新开始。")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    next_cursor: str | None
    previous_cursor: str | None

    def answer(self, results: object) -> dict[str, object]:
        """The body of every list of the API: the rows as shown, and how to go on."""
        return {"results": results, "next": self.next_cursor, "previous": self.previous_cursor}


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a list by `order`: `size` rows from its beginning or `beyond` a row, in the order
    or `backwards`, and one row more, which says whether the list goes on."""

    order: tuple[str, ...]
    size: int
    beyond: bool = False
    backwards: bool = False

    @property
    def columns(self) -> list[str]:
        return [name.lstrip("-") for name in self.order]

    def of(self, rows: QuerySet[Any, Row], values: Sequence[Any]) -> QuerySet[Any, Row]:
        """The question for the piece; `values` are those of the columns at the row before it.
        Raises CursorInvalid where they are none."""
        steps = [_turned(name) for name in self.order] if self.backwards else self.order
        found = rows.order_by(*steps)
        if self.beyond:
            try:
                found = found.filter(_beyond(rows, steps, values))
            # a number for a moment, a moment for a number, or a text for either
            except (TypeError, ValueError, ValidationError):
                raise CursorInvalid from None
        return found[: self.size + 1]

    def page(self, found: Sequence[Row]) -> Page[Row]:
        """The answer to the question as a page, with the ways to the next and the previous."""
        more, chunk = len(found) > self.size, list(found[: self.size])
        if self.backwards:
            chunk.reverse()
        onwards = chunk and (more or self.backwards)
        before = chunk and (more if self.backwards else self.beyond)
        return Page(
            rows=chunk,
            next_cursor=_cursor(chunk[-1], self.columns, back=False) if onwards else None,
            previous_cursor=_cursor(chunk[0], self.columns, back=True) if before else None,
        )


def cut_at(cursor: str | None, *, order: Sequence[str], size: int) -> tuple[Cut, Sequence[Any]]:
    """The piece of a list that a reader asks for, and the values it begins beyond.

    No column of the order may be null, and the last must be unique. Raises CursorInvalid.
    """
    size = max(1, min(size, MOST))
    if not cursor:
        return Cut(tuple(order), size), ()
    backwards, values = _read(cursor, len(order))
    return Cut(tuple(order), size, beyond=True, backwards=backwards), values


def page(
    rows: QuerySet[Any, Row], *, order: Sequence[str], size: int = 50, cursor: str | None = None
) -> Page[Row]:
    """One page of `rows` by `order`, e.g. ("-received_at", "-id"). Raises CursorInvalid."""
    cut, values = cut_at(cursor, order=order, size=size)
    return cut.page(list(cut.of(rows, values)))


def page_of(
    rows: Sequence[Row], *, order: Sequence[str], size: int = 50, cursor: str | None = None
) -> Page[Row]:
    """As `page`, of rows that are in memory and lie in this order. Raises CursorInvalid."""
    cut, values = cut_at(cursor, order=order, size=size)
    found = list(reversed(rows)) if cut.backwards else list(rows)
    if cut.beyond:
        steps = [_turned(name) for name in order] if cut.backwards else order
        try:
            found = [row for row in found if _lies_beyond(row, steps, values)]
        except TypeError:
            raise CursorInvalid from None
    return cut.page(found[: cut.size + 1])


def _lies_beyond(row: object, order: Sequence[str], values: Sequence[Any]) -> bool:
    for name, value in zip(order, values, strict=True):
        here = getattr(row, name.lstrip("-"))
        if here != value:
            before: bool = here < value
            return before if name.startswith("-") else not before
    return False


def page_or_first(
    rows: QuerySet[Any, Row], *, order: Sequence[str], size: int, cursor: str | None
) -> Page[Row]:
    """As `page`; an old or broken position is the first page."""
    try:
        return page(rows, order=order, size=size, cursor=cursor or None)
    except CursorInvalid:
        return page(rows, order=order, size=size)


class _Beyond(Func):
    """A row of columns compared with a row of values: one place in an index, from which PostgreSQL
    reads on. Written out with OR it reads every row of the first value and throws some away."""

    output_field = BooleanField()

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, list[Any]]:
        parts = [compiler.compile(each) for each in self.get_source_expressions()]
        texts, middle = [sql for sql, _ in parts], len(parts) // 2
        columns, values = ", ".join(texts[:middle]), ", ".join(texts[middle:])
        than = self.extra["than"]
        return f"({columns}) {than} ({values})", [value for _, of in parts for value in of]


def _beyond(rows: QuerySet[Any, Any], order: Sequence[str], values: Sequence[Any]) -> Q | _Beyond:
    """Rows after `values`."""
    directions = {name.startswith("-") for name in order}
    if len(directions) > 1:
        return _written_out(order, values)
    columns = [name.lstrip("-") for name in order]
    known = [_known(rows, name, value) for name, value in zip(columns, values, strict=False)]
    return _Beyond(*map(F, columns), *known, than="<" if directions == {True} else ">")


def _known(rows: QuerySet[Any, Any], column: str, value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        return value
    field = rows.query.chain().resolve_ref(column).output_field
    return Value(field.get_prep_value(value), output_field=field)


def _written_out(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Of columns in different directions; the first is compared alone too, so that its index
    serves."""
    condition = Q()
    for place in reversed(range(len(order))):
        name = order[place].lstrip("-")
        verb = "lt" if order[place].startswith("-") else "gt"
        here = Q(**{f"{name}__{verb}": values[place]})
        condition = here | (Q(**{name: values[place]}) & condition) if condition else here
    first = order[0].lstrip("-")
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": values[0]}) & condition


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _cursor(row: object, columns: Sequence[str], *, back: bool) -> str:
    values = [getattr(row, name) for name in columns]
    plain = [_plain(value) for value in values]
    text = json.dumps([int(back), *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return TEXT + value
    return value.isoformat() if isinstance(value, date) else value


def _read(cursor: str, columns: int) -> tuple[bool, list[Any]]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        back, *values = json.loads(base64.urlsafe_b64decode(padded))
        values = [_value(value) for value in values]
    except (ValueError, TypeError, RecursionError):
        raise CursorInvalid from None
    if back not in (0, 1) or len(values) != columns:
        raise CursorInvalid
    return bool(back), values


def _value(value: Any) -> Any:
    """A text, a day, a moment, or a number; anything else cannot have come from us."""
    if isinstance(value, str):
        if value.startswith(TEXT):
            return _text(value.removeprefix(TEXT))
        if len(value) == len("2026-03-04"):
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or not is_plausible(moment):
            raise ValueError
        return moment
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise ValueError


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT or not value.isprintable():
        raise ValueError
    return value
