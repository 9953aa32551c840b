"""A ticket that was told over the telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from complaints.enums import Protection
from complaints.models import Ticket
from complaints.services import intake
from complaints.services.intake import Beside, NewTicket
from core.actors import Actor
from residents.models import Call
from residents.services import calls


@transaction.atomic
def submit(
    new: NewTicket,
    call: Call,
    *,
    actor: Actor,
    at: datetime,
    beside: Beside = intake.nothing_beside,
) -> Ticket:
    """The line that was called says of which key account it is, and the call is dealt with once
    the ticket is there. Raises what `intake.submit` raises."""
    if (account := calls.account_of(call)) is not None:
        new = replace(new, account=account)
    ticket = intake.submit(new, actor=actor, at=at, beside=beside)
    call.subject_id = new.reporter_subject
    calls.settle(call, at=at, nameless=new.protection == Protection.ANONYMOUS)
    return ticket
