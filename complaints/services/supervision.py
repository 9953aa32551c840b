"""Supervision (督办): a manager keeps an eye on a ticket. It touches no clock and no handler; the
ticket stands out in every list, and the manager's post hears what goes up and what is solved."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy

from complaints import policies
from complaints.enums import EventKind, Measure, Template, TextRole, Visibility
from complaints.models import Supervision, Ticket, TicketEvent
from complaints.services import act, texts
from complaints.services.act import Act
from core.actors import Actor
from core.errors import InvalidTransition, NotAllowed
from organisation import access
from organisation.models import Post
from organisation.querysets import paths_above, served_path
from organisation.services.posts import local_date


class SupervisedAlready(InvalidTransition):
    code = "supervised_already"
    message = gettext_lazy("您已在督办本工单。")


class NotSupervised(InvalidTransition):
    code = "not_supervised"
    message = gettext_lazy("本工单没有被督办。")


@transaction.atomic
def supervise(
    ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Ticket:
    """Watch it from the nearest of one's posts that may; `note` tells the handler what is wanted.

    Raises SupervisedAlready.
    """
    body = texts.clean(note, TextRole.NOTE, field="note", required=False)
    now = act.begin(
        ticket,
        Measure.SUPERVISE,
        actor=actor,
        at=at,
        version=version,
        keys=act.keys_for(ticket, body),
    )
    if actor.staff_id is None:
        raise NotAllowed
    if actor.staff_id in now.ticket.supervisor_ids:
        raise SupervisedAlready
    post = _watching_post(now)
    event = now.event(EventKind.SUPERVISED, Visibility.INTERNAL, post=post)
    if body:
        now.say(event, TextRole.NOTE, body)
    now.batch.add(
        Supervision(ticket=now.ticket, post=post, staff_id=actor.staff_id, started_at=now.at)
    )
    now.tell_post(event, Template.TICKET_SUPERVISED)
    return now.save()


@transaction.atomic
def end(ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None) -> Ticket:
    """End one's own supervision and those of posts in one's area. Raises NotSupervised."""
    now = act.begin(ticket, Measure.END_SUPERVISION, actor=actor, at=at, version=version)
    needed = policies.permission_for(Measure.END_SUPERVISION, now.ticket)
    scope = access.scope(actor, needed)
    live = _live(now.ticket)
    mine = [each.pk for each in live.select_related("post__unit") if scope.covers(each.post.unit)]
    if not mine:
        raise NotSupervised
    live.filter(pk__in=mine).update(ended_at=now.at)
    now.event(EventKind.RELEASED, Visibility.INTERNAL)
    return now.save()


def tell(now: Act, event: TicketEvent, template: Template) -> None:
    """Whoever watches the ticket hears of the event, unless it names them by now or their post has
    ended."""
    if now.ticket.supervisor_ids:
        watching = Post.objects.filter(supervisions__in=_live(now.ticket))
        here = watching.valid_on(local_date(now.at))
        posts = here.not_touching(now.ticket.named_ids).distinct()
        now.tell(event, template, list(posts.order_by("pk").values_list("pk", flat=True)))


def follow(now: Act, main: Act) -> None:
    """What becomes part of another ticket is watched there: else whoever dispatches could end what
    somebody above them keeps an eye on. Where a post has no say over the main ticket's place, it
    hears of the merge and no more."""
    known = set(main.ticket.supervisor_ids)
    serving = (
        _live(now.ticket)
        .annotate(serves=served_path("post__unit__"))
        .filter(serves__in=paths_above(main.ticket.unit.path))
        .exclude(staff__in=known)
    )
    main.batch.add(
        *(
            Supervision(
                ticket=main.ticket,
                post_id=each.post_id,
                staff_id=each.staff_id,
                started_at=main.at,
            )
            for each in serving.order_by("pk")
        )
    )


def _live(ticket: Ticket) -> models.QuerySet[Supervision]:
    return Supervision.objects.filter(ticket=ticket, ended_at__isnull=True)


def _watching_post(now: Act) -> Post:
    needed = policies.permission_for(Measure.SUPERVISE, now.ticket)
    mine = (
        Post.objects.acted_by(now.actor.staff_id or 0, now.at)
        .valid_on(local_date(now.at))
        .filter(role__permissions__contains=[needed])
        .annotate(serves=served_path())
        .filter(serves__in=paths_above(now.ticket.unit.path))
    )
    post = mine.order_by("-serves", "pk").first()
    if post is None:
        raise NotAllowed
    return post
