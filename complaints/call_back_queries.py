"""Questions about call-backs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from complaints.enums import CallState, State
from complaints.querysets import SCOPED_BY
from complaints.scoped import Seen, seen_by
from core.actors import Actor
from core.compiled import Slot
from organisation.querysets import Moment
from organisation.shapes import AnyScope

if TYPE_CHECKING:
    from complaints.models import CallBack  # noqa: F401  # a type argument below

#: who asks residents back, and who asks key accounts
CALL_BACK: Final = "callbacks.make"
ACCOUNT_CALL_BACK: Final = "callbacks.account"
#: all that `callable_for` asks of a scope
CALLED_BY: Final = (*SCOPED_BY, CALL_BACK, ACCOUNT_CALL_BACK)


class CallBackQuerySet(models.QuerySet["CallBack"]):
    def visible_to(self, actor: Actor) -> Self:
        """Those of visible tickets."""
        from complaints.models import Ticket

        return self.filter(ticket__in=Ticket.objects.visible_to(actor).values("pk"))

    def within(self, scopes: Mapping[str, AnyScope], staff_id: int | Slot | None) -> Self:
        from complaints.models import Ticket

        return self.filter(ticket__in=Ticket.objects.within(scopes, staff_id).values("pk"))

    def open(self) -> Self:
        return self.filter(state=CallState.OPEN)

    def with_wishes(self) -> Self:
        """With `do_not_call`: who reported it wants no calls, so they are asked in another way."""
        from complaints.models import TicketReporter

        refusing = TicketReporter.objects.filter(
            ticket=OuterRef("ticket"), subject__person__do_not_call=True
        )
        return self.annotate(do_not_call=Exists(refusing))

    def callable_by(self, actor: Actor, at: Moment) -> Self:
        """Open ones that the actor may make: in their area, and about nothing they handled. A key
        account is called back by its region."""
        return self.callable_for(seen_by(actor), actor.staff_id, at)

    def callable_for(self, seen: Seen, staff_id: int | Slot | None, at: Moment) -> Self:
        from complaints.models import Ticket

        unit = "ticket__unit"
        ordinary = seen.where(CALL_BACK, unit) & Q(ticket__account__isnull=True)
        accounts = seen.where(ACCOUNT_CALL_BACK, unit) & Q(ticket__account__isnull=False)
        handled_not = Ticket.objects.not_handled_by(staff_id, at)
        rows: Self = seen(self).open().filter(ordinary | accounts)
        return rows.filter(ticket__state=State.CALL_BACK, ticket__in=handled_not.values("pk"))
