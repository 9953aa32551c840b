"""Who asks whether a matter is solved: a post that had no part in it and that nobody named has."""

from __future__ import annotations

from typing import Final

from complaints.enums import Action, EventKind, State, Template, Visibility
from complaints.models import CallBack
from complaints.services.act import Act
from core.actors import SYSTEM
from organisation.models import Post
from organisation.services import posts

#: whose task it is, the first that is there and had no part in it; at last the duty queue
CALLERS: Final = ("hotline_agent", "hotline_supervisor", "region_service_head")
ACCOUNT_CALLERS: Final = ("region_service_head", "region_general_manager")


def choose(now: Act) -> Post:
    """Whose task it is: nobody whom the ticket names, nor anybody who had a part in it."""
    ticket = now.ticket
    holder = ticket.post
    concerned: set[int | None] = {*ticket.named_ids, *ticket.handler_ids}
    if holder is not None:
        concerned |= {holder.holder_id, holder.stand_in_id}
    if now.verb == Action.RESOLVE:
        concerned.add(now.actor.staff_id)
    kept_out = {person for person in concerned if person is not None}
    roles = ACCOUNT_CALLERS if ticket.account_id is not None else CALLERS
    for role in (*roles, posts.DUTY_OFFICER):
        if post := posts.nearest(ticket.unit, role, at=now.at, without_staff=kept_out):
            return post
    return posts.duty_queue(at=now.at, without_staff=ticket.named_ids)


def leave_named(now: Act) -> None:
    """Give an open call-back on when whoever the ticket names, or shares a post with them, has it.
    It is due when it was."""
    if now.ticket.state != State.CALL_BACK:
        return
    open_ones = CallBack.objects.open().filter(ticket=now.ticket, cycle=now.ticket.cycle)
    task = open_ones.select_related("post").first()
    named = set(now.ticket.named_ids)
    if task is None or not named & {task.post.holder_id, task.post.stand_in_id}:
        return
    task.post = choose(now)
    task.save(update_fields=["post"])
    event = now.event(EventKind.CALL_BACK, Visibility.INTERNAL, by=SYSTEM, post=task.post)
    now.tell(event, Template.TICKET_CALL_BACK, [task.post.pk])
