"""The queue as it opens, newest first: the list that is asked for most.

Making its SQL takes Django longer than PostgreSQL takes to answer, so it is made once for each
shape of scope. The scope itself is read for every request, and whoever loses one asks another
question.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, cast

from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, Field

from complaints.models import Ticket
from complaints.querysets import LOOK
from core import paging
from core.actors import Actor
from core.compiled import Compiled, Slot
from core.paging import CursorInvalid, Cut, Page
from organisation import access, shapes
from organisation.shapes import Shape

ORDER: Final = ("-received_at", "-id")
#: questions kept by a process: shapes of scopes, times the sizes and directions of pages
KEPT: Final = 256


def page(actor: Actor, *, size: int, cursor: str | None) -> Page[Any]:
    """Of `Ticket.objects.visible_to(actor).for_rows()`. Raises CursorInvalid."""
    cut, values = paging.cut_at(cursor, order=ORDER, size=size)
    scopes = access.scopes(actor, LOOK) if actor.staff_id is not None else {}
    if not any(scopes.values()):
        return cut.page(list(cut.of(Ticket.objects.visible_to(actor).for_rows(), values)))
    known = {**_known(cut.columns, values), **shapes.places(scopes)}
    return cut.page(_question(shapes.of(scopes), cut)(staff=actor.staff_id, **known))


def _known(columns: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    try:
        return {
            name: _column(name).to_python(value)
            for name, value in zip(columns, values, strict=False)
        }
    except (TypeError, ValueError, ValidationError):  # a number for a moment, or the reverse
        raise CursorInvalid from None


@lru_cache(maxsize=KEPT)
def _question(scopes: tuple[Shape, ...], cut: Cut) -> Compiled[Ticket]:
    """What `visible_to` asks for staff of scopes of these shapes."""
    within = {shape.name: shape for shape in scopes}
    before = [Slot(name, _column(name)) for name in cut.columns]
    staff = Slot("staff", BigIntegerField())
    return Compiled(lambda: cut.of(Ticket.objects.within(within, staff).for_rows(), before))


def _column(name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", Ticket._meta.get_field(name))
