"""What senior staff do with a matter that has come up to them: say that it has arrived, take it
over, or send it back with an order. None touches a clock: the resident was promised a time, not a
handler."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy

from complaints import policies
from complaints.enums import Decision, EventKind, State, Template, TextRole, Visibility
from complaints.models import CoOwnership, Ticket, TicketEvent
from complaints.services import act, texts
from complaints.services.act import Act
from core.actors import Actor
from core.errors import InvalidTransition, NotAllowed
from organisation.models import Post
from organisation.querysets import paths_above, served_path
from organisation.services.posts import local_date

#: events that give a ticket to a handler, or to the dispatcher as nobody's; taking over is by
#: somebody above
GIVEN: Final = (EventKind.ASSIGNED, EventKind.RETURNED, EventKind.GIVEN_BACK)


class NobodyToGiveBackTo(InvalidTransition):
    code = "nobody_to_give_back_to"
    message = gettext_lazy("原岗位已撤销、空缺或需回避，请改派其他岗位。")


@transaction.atomic
def acknowledge(
    ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Ticket:
    """Say that the escalation has arrived; `note` says to colleagues what happens next.

    Once for each escalation to a post of the actor's. Raises NotAllowed where none of them is
    waited for, StaleVersion or InvalidTransition.
    """
    body = texts.clean(note, TextRole.NOTE, field="note", required=False)
    now = act.begin(
        ticket,
        Decision.ACKNOWLEDGE,
        actor=actor,
        at=at,
        version=version,
        keys=act.keys_for(ticket, body),
    )
    for post in _told_posts(now):
        event = now.event(EventKind.ACKNOWLEDGED, Visibility.INTERNAL, post=post)
        if post.pk != now.ticket.post_id:
            now.tell_post(event, Template.TICKET_ACKNOWLEDGED)
    now.note(body)
    return now.save()


@transaction.atomic
def take_over(
    ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Ticket:
    """Make it one's own post's work; `note` says why to colleagues.

    Of several posts it goes to the one that was told of the matter last, else to the nearest.
    Whoever had it hears. What waited to be dispatched is assigned by that. Raises NotAllowed,
    StaleVersion or InvalidTransition.
    """
    body = texts.clean(note, TextRole.NOTE, field="note", required=False)
    now = act.begin(
        ticket,
        Decision.TAKE_OVER,
        actor=actor,
        at=at,
        version=version,
        keys=act.keys_for(ticket, body),
    )
    post = _deciding_post(now)
    event = now.event(
        EventKind.TAKEN_OVER, Visibility.INTERNAL, post=post, **_out_of_the_inbox(now.ticket)
    )
    if body:
        now.say(event, TextRole.NOTE, body)
    now.tell_post(event, Template.TICKET_TAKEN_OVER)
    now.hand_to(post)
    return now.save()


@transaction.atomic
def give_back(
    ticket: Ticket, *, actor: Actor, order: str, at: datetime, version: int | None = None
) -> Ticket:
    """Send it back to whoever handles it, with an order that they and colleagues can read.

    Posts of the actor's that answered for it beside the handler do so no longer.
    Raises NobodyToGiveBackTo when that post is gone, vacant or concerned, InvalidInput without an
    order, and what `take_over` raises.
    """
    body = texts.clean(order, TextRole.NOTE, field="order")
    now = act.begin(
        ticket,
        Decision.GIVE_BACK,
        actor=actor,
        at=at,
        version=version,
        keys=act.keys_for(ticket, body),
    )
    post = _handling_post(now)
    now.hand_to(post)
    event = now.event(EventKind.GIVEN_BACK, Visibility.INTERNAL, post=post)
    now.say(event, TextRole.NOTE, body)
    now.tell_post(event, Template.TICKET_GIVEN_BACK)
    back = now.save()
    mine = Post.objects.acted_by(actor.staff_id or 0, at).values("pk")
    CoOwnership.objects.filter(
        ticket=back, cycle=back.cycle, ended_in__isnull=True, post__in=mine
    ).update(ended_in=event.pk)
    return back


def _out_of_the_inbox(ticket: Ticket) -> dict[str, Any]:
    """Columns of the event that takes over what nobody had been given yet."""
    if ticket.state != State.RECEIVED:
        return {}
    ticket.state = State.ASSIGNED
    return {"from_state": State.RECEIVED, "to_state": State.ASSIGNED}


def _told_posts(now: Act) -> list[Post]:
    """Posts of the actor's that an escalation of this cycle went to."""
    told = now.ticket.events.filter(
        kind=EventKind.ESCALATED, cycle=now.ticket.cycle, level__gte=1, post__isnull=False
    )
    mine = Post.objects.acted_by(now.actor.staff_id or 0, now.at)
    posts = list(mine.filter(pk__in=told.values("post_id")).order_by("pk"))
    if not posts:
        raise NotAllowed
    return posts


def _deciding_post(now: Act) -> Post:
    """The actor's post that may decide here: the one told last comes first."""
    needed = policies.permission_for(Decision.TAKE_OVER, now.ticket)
    mine = (
        Post.objects.acted_by(now.actor.staff_id or 0, now.at)
        .valid_on(local_date(now.at))
        .not_touching(now.ticket.named_ids)
        .filter(role__permissions__contains=[needed])
        .annotate(serves=served_path())
        .filter(serves__in=paths_above(now.ticket.unit.path))
        .exclude(pk=now.ticket.post_id or 0)
        .order_by("-serves", "pk")
    )
    told = now.ticket.events.filter(kind=EventKind.ESCALATED, cycle=now.ticket.cycle)
    last = told.filter(post__in=mine).order_by("-occurred_at", "-id").first()
    post = mine.filter(pk=last.post_id or 0).first() if last is not None else mine.first()
    if post is None:
        raise NotAllowed
    return post


def _handling_post(now: Act) -> Post:
    """The post that the ticket was given to last, whatever was taken over since."""
    given: TicketEvent | None = (
        now.ticket.events.filter(kind__in=GIVEN, post__isnull=False)
        .order_by("-occurred_at", "-id")
        .first()
    )
    post_id = given.post_id if given is not None else now.ticket.post_id
    post = (
        Post.objects.valid_on(local_date(now.at))
        .filled()
        .not_touching(now.ticket.named_ids)
        .filter(pk=post_id or 0)
        .with_people()
        .first()
    )
    if post is None:
        raise NobodyToGiveBackTo
    return post
