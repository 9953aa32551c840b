"""One ticket, read for what is done with it. Each question is a queryset of `complaints.querysets`,
compiled once: every act and page begins with one, and it takes longer to compile than to answer.

Nothing here asks who may know of the ticket; `visible_to` has said so before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField

from complaints.pressure_queries import LIVE_STATES
from core.compiled import Compiled, Slot

if TYPE_CHECKING:
    from complaints.models import Ticket


def acting_on(pk: int) -> Ticket:
    """Raises DoesNotExist."""
    return _one(_acted_on, pk)


def locked(pk: int) -> Ticket:
    """Until the transaction ends. Raises DoesNotExist."""
    return _one(_locked, pk)


def opened(pk: int) -> Ticket:
    """With `clocks`, and `live_clocks` among them, the first due first. Raises DoesNotExist."""
    ticket = _one(_opened, pk)
    live = [clock for clock in ticket.clocks.all() if clock.state in LIVE_STATES]
    ticket.live_clocks = live
    return ticket


def _one(question: Compiled[Ticket], pk: int) -> Ticket:
    found: Ticket | None = question.first(pk=pk)
    if found is None:
        raise _tickets().model.DoesNotExist
    return found


def _tickets() -> Any:
    from complaints.models import Ticket

    return Ticket.objects.filter(pk=Slot("pk", BigIntegerField()))


_acted_on: Compiled[Ticket] = Compiled(lambda: _tickets().for_acting())
_locked: Compiled[Ticket] = Compiled(
    lambda: _tickets().for_acting().select_for_update(of=("self",))
)
_opened: Compiled[Ticket] = Compiled(lambda: _tickets().for_page())
