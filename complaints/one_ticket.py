"""One ticket, read for what is done with it. Each question is a queryset of `complaints.querysets`,
compiled once: every act and page begins with one, and it takes longer to compile than to answer.

Nothing here asks who may know of the ticket; `visible_to` has said so before.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, DateTimeField

from core.compiled import Compiled, Slot
from core.rewritten import Rewritten

if TYPE_CHECKING:
    from complaints.models import Ticket


def acting_on(pk: int) -> Ticket:
    """Raises DoesNotExist."""
    return _one(_acted_on, pk)


def locked(pk: int, at: datetime) -> Ticket:
    """Until the transaction ends; who stood in for somebody as of `at`. Raises DoesNotExist.

    Who had to wait gets the row as it is by then, but all that is read beside it (who handled it,
    what is asked for, its post) as it was when the waiting began: that is read once more.
    """
    found: Ticket | None = _locked.first(pk=pk, at=at)
    return _one(_locked, pk, at=at) if found is None or found.has_moved_on else found


def for_page(pk: int) -> Ticket:
    """Raises DoesNotExist."""
    return _one(_for_page, pk)


def _one(question: Compiled[Ticket], pk: int, **values: Any) -> Ticket:
    found: Ticket | None = question.first(pk=pk, **values)
    if found is None:
        raise _tickets().model.DoesNotExist
    return found


def _tickets() -> Any:
    from complaints.models import Ticket

    return Ticket.objects.filter(pk=Slot("pk", BigIntegerField()))


def _locking() -> Any:
    rows = _tickets().for_acting(Slot("at", DateTimeField()))
    return rows.annotate(has_moved_on=Rewritten(rows.model)).select_for_update(of=("self",))


_acted_on: Compiled[Ticket] = Compiled(lambda: _tickets().for_acting())
_locked: Compiled[Ticket] = Compiled(_locking)
_for_page: Compiled[Ticket] = Compiled(lambda: _tickets().for_page())
