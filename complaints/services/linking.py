"""Tickets that belong together without being one: related, caused by, duplicate of.

A link is no secret channel: it is shown, and may be made or taken away, where both ends are in
reach. Both timelines say so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from complaints.enums import EventKind, Relation, TextRole, Tie, Visibility
from complaints.models import Ticket, TicketEvent, TicketLink
from complaints.services import act, texts
from core.actors import Actor, ActorKind
from core.errors import InvalidInput, NotFound
from core.transactions import atomic

#: what people say by hand; a merge is an act of its own
SAID: Final = (Relation.RELATES_TO, Relation.CAUSED_BY, Relation.DUPLICATE_OF)


@atomic
def link(
    ticket: Ticket,
    *,
    other: Ticket,
    relation: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    note: str = "",
) -> Ticket:
    """Say how the ticket stands to `other`; `note` says why to colleagues.

    Raises NotAllowed unless the actor may at both ends, StaleVersion, or InvalidInput for a
    relation that is not offered, the ticket itself, or a link that stands already.
    """
    body = texts.clean(note, TextRole.NOTE, field="note", required=False)
    if relation not in SAID:
        raise InvalidInput(fields={"relation": [_("请选择列出的选项。")]})
    if ticket.pk == other.pk:
        raise InvalidInput(fields={"other": [_("工单不能关联自己。")]})
    event = _both(
        Tie.LINK, EventKind.LINKED, ticket, other, relation, actor=actor, at=at, version=version,
        note=body,
    )  # fmt: skip
    standing = TicketLink.objects.standing().filter(source=ticket.pk, relation=relation)
    if standing.filter(target=other.pk).exists():
        raise InvalidInput(fields={"other": [_("这两张工单已经这样关联了。")]})
    TicketLink.objects.create(
        source_id=ticket.pk, target_id=other.pk, relation=relation, made_in=event
    )
    return event.ticket


@atomic
def unlink(
    ticket: Ticket, *, link_id: int, actor: Actor, at: datetime, version: int | None = None
) -> Ticket:
    """Take a link of this ticket away, from either end; both timelines keep the trace.

    Raises NotFound for a link that the actor cannot see, that ended, or that is a merge.
    """
    found = (
        TicketLink.objects.visible_to(actor)
        .standing()
        .of(ticket.pk)
        .filter(pk=link_id, relation__in=SAID)
        .select_related("source", "target")
        .first()
    )
    if found is None:
        raise NotFound
    other = found.target if found.source_id == ticket.pk else found.source
    event = _both(
        Tie.UNLINK, EventKind.UNLINKED, ticket, other, found.relation,
        actor=actor, at=at, version=version,
    )  # fmt: skip
    ended = TicketLink.objects.standing().filter(pk=found.pk).update(ended_in=event.pk)
    if not ended:
        raise NotFound
    return event.ticket


def shown(ticket: Ticket, actor: Actor) -> list[TicketLink]:
    """What stands between the ticket and others that the actor may know of. Residents see none:
    their own tickets tell them what concerns them."""
    if actor.kind is ActorKind.REPORTER:
        return []
    rows = TicketLink.objects.visible_to(actor).standing().of(ticket.pk)
    return list(rows.select_related("source", "target", "made_in__staff").order_by("pk"))


def _both(
    verb: Tie,
    kind: EventKind,
    ticket: Ticket,
    other: Ticket,
    relation: str,
    *,
    actor: Actor,
    at: datetime,
    version: int | None,
    note: str = "",
) -> TicketEvent:
    """Lock both in one order, check both, and leave the event on each; returns the first one's."""
    keys = act.keys_for(ticket, note)
    act.lock_together(ticket.pk, other.pk)
    here = act.begin(ticket, verb, actor=actor, at=at, version=version, keys=keys)
    there = act.begin(other, verb, actor=actor, at=at)
    event = here.event(kind, Visibility.INTERNAL, other=there.ticket, reason_code=relation)
    here.note(note)
    there.event(kind, Visibility.INTERNAL, other=here.ticket, reason_code=f"{relation}:here")
    there.save()
    here.save()
    return event
