"""Of which key account a matter is, put right by people: who speaks for several does not always say
for which at once, and a place may be in the contracts of two (docs/adr/0148)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.enums import EventKind, Measure, Template, TextRole, Visibility
from complaints.models import Ticket, TicketEvent
from complaints.reasons import COUNTED_AFRESH
from complaints.services import act, extensions, grading, routing, texts
from complaints.services.act import Act
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition
from organisation.models import Post
from residents.models import KeyAccount
from residents.services import accounts


@transaction.atomic
def correct(
    ticket: Ticket,
    *,
    actor: Actor,
    account: KeyAccount,
    at: datetime,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """Say of which key account it is, where it was another's. Its history keeps both.

    Where that account's policy is another, it counts from the start. What the manager of the
    account before has goes on to this one's, who hears of it in any case. It is never made
    nobody's: the quarter's figure must have no hole. Raises InvalidTransition for a matter of none,
    InvalidInput for the account that it has, or for one whose contract does not reach there.
    """
    body = texts.clean(note, TextRole.NOTE, field="note", required=False)
    keys = act.keys_for(ticket, body)
    now = act.begin(ticket, Measure.ACCOUNT, actor=actor, at=at, version=version, keys=keys)
    before = now.ticket.account
    if before is None:
        raise InvalidTransition
    _check(account, now)
    now.ticket.account = account
    facts = grading.facts_of(now.ticket)
    route = routing.route(facts, now.catalogue, at=now.at, named_staff=now.ticket.named_ids)
    afresh = now.ticket.policy is None or now.ticket.policy.code != route.terms.policy.code
    event = now.event(
        EventKind.OF_ACCOUNT, Visibility.INTERNAL, reason_code=COUNTED_AFRESH if afresh else ""
    )
    if afresh:
        grading.count_by(now, route.terms)
        extensions.let_lapse(now, event)
    now.note(body)
    if now.ticket.post_id == before.manager_id and before.manager_id != route.post_id:
        now.give_to(Post.objects.get(pk=route.post_id))
    _tell_manager(now, account, event)
    return now.save()


def _check(account: KeyAccount, now: Act) -> None:
    if account.pk == now.ticket.account_id:
        raise InvalidInput(fields={"account": [_("已经是这个大客户的事项。")]})
    accounts.require_reach(account, now.ticket.unit)


def _tell_manager(now: Act, account: KeyAccount, event: TicketEvent) -> None:
    """Whoever looks after the account and does not have the matter."""
    ticket = now.ticket
    manager = routing.manager_to_tell(
        ticket.post_id, account.manager_id, ticket.unit, at=now.at, without=ticket.named_ids
    )
    if manager is not None:
        now.tell(event, Template.TICKET_OF_ACCOUNT, [manager.pk])
