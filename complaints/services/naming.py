"""Whom a complaint or an integrity report turns out to be about, found out after it was taken in:
from then on they neither handle it nor see it nor who spoke (docs/adr/0113)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from complaints.enums import Entry, EventKind, Kind, Protection, State, Visibility
from complaints.models import Ticket, TicketParty, TicketReporter
from complaints.querysets import GATED
from complaints.services import act, callers, parties
from complaints.services.act import Act
from complaints.services.routing import FALLBACK_ROLE
from core.actors import SYSTEM, Actor
from organisation.models import Post
from organisation.services import posts

#: who has integrity reports
INSPECTOR: Final = "discipline_inspector"


@transaction.atomic
def name(
    ticket: Ticket,
    *,
    actor: Actor,
    names: str,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Write down whom the matter is about. A post that any of them has gives it up, and whoever
    reported is protected; from a report of integrity those who could shield them are kept as well.

    `names` are full names; where two people have the same one, both are kept away. What was merged
    into the ticket is about them too. Raises InvalidInput for a name that nobody here has.
    """
    wanted = parties.people_called(names)
    now = act.begin(ticket, Entry.NAME, actor=actor, at=at, version=version)
    now.ticket.named_ids = _write(now, wanted)
    now.event(EventKind.NAMED, Visibility.INTERNAL)
    leave_hands(now)
    return now.save()


def heed(now: Act, said: str) -> bool:
    """What a resident says later names as what they said first does: of conduct whoever works
    there, of integrity whoever could read it. Returns whether anybody is new.

    Before anybody is told of the words. `leave_hands` follows once the promises are those that the
    words lead to.
    """
    ticket = now.ticket
    found = parties.in_words(said, ticket.kind, ticket.category.code, ticket.unit, at=now.at)
    wanted = found - set(ticket.named_ids)
    if not wanted:
        return False
    ticket.named_ids = _write(now, wanted)
    now.event(EventKind.NAMED, Visibility.INTERNAL, by=SYSTEM)
    return True


def _write(now: Act, wanted: set[int]) -> list[int]:
    """All whom the ticket keeps away from now on."""
    ticket = now.ticket
    rows = parties.named(ticket, wanted)
    if ticket.kind == Kind.INTEGRITY:
        rows += parties.connected(ticket, wanted, at=now.at)
    known = set(ticket.named_ids)
    rows = [row for row in rows if row.staff_id not in known]
    beside = [
        TicketParty(ticket_id=pk, staff_id=row.staff_id, role=row.role)
        for pk in ticket.merged_ids
        for row in rows
    ]
    TicketParty.objects.bulk_create([*rows, *beside], ignore_conflicts=True)
    TicketReporter.objects.filter(
        ticket__in=[ticket.pk, *ticket.merged_ids], protection=Protection.NONE
    ).update(protection=Protection.PROTECTED)
    return [*known, *(row.staff_id for row in rows)]


def leave_hands(now: Act) -> None:
    """Give the ticket on when whoever it names, or shares a post with them, has it, and so its
    call-back; the ticket too when its post has ended or it has none, and nobody would take up what
    begins anew."""
    if _has_to_leave(now):
        now.give_to(_next_post(now))
    callers.leave_named(now)


def _has_to_leave(now: Act) -> bool:
    """What an import brought and begins anew here was in nobody's hand."""
    post, people = now.ticket.post, set(now.ticket.named_ids)
    if post is None:
        return now.ticket.state == State.REOPENED
    return bool(people & {post.holder_id, post.stand_in_id}) or posts.has_ended(post, at=now.at)


def _next_post(now: Act) -> Post:
    """As routing finds it, without them."""
    ticket, people = now.ticket, now.ticket.named_ids
    if ticket.kind == Kind.INTEGRITY:
        roles = [INSPECTOR]
    else:
        role = ticket.post.role.code if ticket.post else now.catalogue.role_of(ticket.category)
        roles = [*([role] if role else []), *([] if ticket.kind in GATED else [FALLBACK_ROLE])]
    for role in roles:
        if found := posts.nearest(ticket.unit, role, at=now.at, without_staff=people):
            return found
    return posts.duty_queue(at=now.at, without_staff=people)
