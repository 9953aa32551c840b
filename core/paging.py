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

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

Row = TypeVar("Row", bound=Model)
MOST = 100


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


def page(
    rows: QuerySet[Row], *, order: Sequence[str], size: int = 50, cursor: str | None = None
) -> Page[Row]:
    """One page of `rows` by `order`, e.g. ("-received_at", "-id"); the last must be unique.

    No column of the order may be null. Raises CursorInvalid.
    """
    size = max(1, min(size, MOST))
    backwards, values = _read(cursor, len(order)) if cursor else (False, None)
    steps = [_turned(name) for name in order] if backwards else list(order)
    found = rows.order_by(*steps)
    if values is not None:
        try:
            found = found.filter(_beyond(steps, values))
        except (TypeError, ValueError):  # a number for a moment, or a moment for a number
            raise CursorInvalid from None
    chunk = list(found[: size + 1])
    more, chunk = len(chunk) > size, chunk[:size]
    if backwards:
        chunk.reverse()
    return Page(
        rows=chunk,
        next_cursor=_cursor(chunk[-1], order, back=False)
        if chunk and (more or backwards)
        else None,
        previous_cursor=_cursor(chunk[0], order, back=True)
        if chunk and (more if backwards else values is not None)
        else None,
    )


def page_or_first(
    rows: QuerySet[Row], *, order: Sequence[str], size: int, cursor: str | None
) -> Page[Row]:
    """As `page`; an old or broken position is the first page."""
    try:
        return page(rows, order=order, size=size, cursor=cursor or None)
    except CursorInvalid:
        return page(rows, order=order, size=size)


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows after `values`; the first column is compared alone too, so that its index serves."""
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


def _cursor(row: Model, order: Sequence[str], *, back: bool) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    plain = [v.isoformat() if isinstance(v, date) else v for v in values]
    text = json.dumps([int(back), *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


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
    """A day, a moment, or a number; anything else cannot have come from us."""
    if isinstance(value, str):
        if len(value) == len("2026-03-04"):
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise ValueError
