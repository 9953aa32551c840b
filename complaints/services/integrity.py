"""Reports about integrity (廉政举报): from somebody who does not say who they are, and the people
whom such a report turns out to name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.enums import (
    Action,
    Channel,
    Entry,
    EventKind,
    Kind,
    Protection,
    Template,
    Visibility,
)
from complaints.models import Ticket, TicketParty
from complaints.services import act, parties
from complaints.services.act import Act
from complaints.services.intake import SUMMARY_FROM_BODY, NewTicket, submit
from core.actors import NOBODY, Actor
from organisation.models import Post, Unit
from organisation.services import posts

CATEGORY: Final = "integrity"
ROLE: Final = "discipline_inspector"


@dataclass(frozen=True, slots=True)
class Report:
    """What is told, about whom in words, and the unit it concerns."""

    unit: Unit
    body: str
    about: str = ""
    draft_id: UUID | None = None


def report_anonymously(report: Report, *, at: datetime) -> Ticket:
    """Take in a report of nobody. Raises InvalidInput, or NotFound for old photos."""
    about, summary = report.about.strip(), report.body.strip().partition("\n")[0]
    told = _("涉及：%(about)s\n\n%(body)s") % {"about": about, "body": report.body}
    new = NewTicket(
        kind=Kind.INTEGRITY,
        category_code=CATEGORY,
        channel=Channel.WEB,
        summary=summary[:SUMMARY_FROM_BODY],
        body=told if about and report.body.strip() else report.body,
        unit=report.unit,
        protection=Protection.ANONYMOUS,
        draft_id=report.draft_id,
    )
    return submit(new, actor=NOBODY, at=at)


@transaction.atomic
def name(
    ticket: Ticket,
    *,
    actor: Actor,
    names: str,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Write down whom the report is about: neither they nor those who could shield them see any of
    it from now on, and a post that any of them has gives it up.

    `names` are full names; where two people have the same one, both are kept away. Raises
    InvalidInput for a name that nobody here has.
    """
    wanted = parties.people_called(names)
    now = act.begin(ticket, Entry.NAME, actor=actor, at=at, version=version)
    kept_away = set(now.ticket.named_ids)
    new = wanted - kept_away
    found = parties.connected(now.ticket, wanted, at=at)
    rows = [
        *parties.named(now.ticket, new),
        *(row for row in found if row.staff_id not in kept_away),
    ]
    TicketParty.objects.bulk_create(rows)
    now.ticket.named_ids = [*kept_away, *(row.staff_id for row in rows)]
    now.event(EventKind.NAMED, Visibility.INTERNAL)
    _leave_the_hands_of(set(now.ticket.named_ids), now)
    return now.save()


def _leave_the_hands_of(people: set[int], now: Act) -> None:
    """Give the ticket on when whoever it names, or shares a post with them, has it."""
    post = now.ticket.post
    if post is None or not people & {post.holder_id, post.stand_in_id}:
        return
    next_post = _next_post(now.ticket, post, people, now.at)
    now.hand_to(next_post)
    state = now.ticket.state
    event = now.event(
        EventKind.ASSIGNED,
        Visibility.INTERNAL,
        action=Action.ASSIGN,
        from_state=state,
        to_state=state,
        post=next_post,
    )
    now.tell_post(event, Template.TICKET_ASSIGNED)


def _next_post(ticket: Ticket, post: Post, people: set[int], at: datetime) -> Post:
    role = ROLE if ticket.kind == Kind.INTEGRITY else post.role.code
    on = posts.local_date(at)
    found = posts.nearest(ticket.unit, role, on=on, without_staff=people)
    return found or posts.duty_queue(at=at, without_staff=people)
