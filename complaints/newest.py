"""The queue as it opens, newest first: the list that is asked for most.

Making its SQL takes Django longer than PostgreSQL takes to answer, so it is made once for each
scope. The scope itself is read for every request, and whoever loses one asks another question.
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
from organisation import access
from organisation.access import Scope

ORDER: Final = ("-received_at", "-id")
#: questions kept by a process: scopes of staff, times the sizes and directions of pages
KEPT: Final = 256


def page(actor: Actor, *, size: int, cursor: str | None) -> Page[Any]:
    """Of `Ticket.objects.visible_to(actor).for_rows()`. Raises CursorInvalid."""
    cut, values = paging.cut_at(cursor, order=ORDER, size=size)
    scopes = access.scopes(actor, LOOK) if actor.staff_id is not None else {}
    if not any(scopes.values()):
        return cut.page(list(cut.of(Ticket.objects.visible_to(actor).for_rows(), values)))
    question = _question(tuple(scopes.items()), cut)
    return cut.page(question(staff=actor.staff_id, **_known(cut.columns, values)))


def _known(columns: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    try:
        return {
            name: _column(name).to_python(value)
            for name, value in zip(columns, values, strict=False)
        }
    except (TypeError, ValueError, ValidationError):  # a number for a moment, or the reverse
        raise CursorInvalid from None


@lru_cache(maxsize=KEPT)
def _question(scopes: tuple[tuple[str, Scope], ...], cut: Cut) -> Compiled[Ticket]:
    """What `visible_to` asks for staff of these scopes."""
    before = [Slot(name, _column(name)) for name in cut.columns]
    staff = Slot("staff", BigIntegerField())
    return Compiled(lambda: cut.of(Ticket.objects.within(dict(scopes), staff).for_rows(), before))


def _column(name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", Ticket._meta.get_field(name))
