"""More time (延期): the handler asks with a reason, somebody else who may grants or refuses.

Only the promise to resolve is moved, and only through `clocks`. It is longer by at most as much as
it was long, and only so often in a cycle.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import policies
from complaints.clock_math import Duration
from complaints.enums import (
    ClockKind,
    ClockState,
    EventKind,
    ExtensionState,
    Measure,
    Template,
    TextRole,
    Visibility,
)
from complaints.models import Extension, Ticket, TicketClock, TicketEvent
from complaints.querysets import view_permission
from complaints.reasons import ExtensionReason
from complaints.services import act, catalogue, clocks, texts
from complaints.services.act import Act
from complaints.spans import MOST_EXTENSIONS
from core.actors import Actor
from core.business_time import Basis
from core.errors import InvalidInput, InvalidTransition
from organisation.models import Post
from organisation.querysets import PostQuerySet, paths_above, served_path
from organisation.services import posts
from organisation.services.posts import DutyQueueEmpty


class NothingToExtend(InvalidTransition):
    code = "nothing_to_extend"
    message = gettext_lazy("没有可延长的解决时限。")


class AskedTooLate(InvalidTransition):
    """A promise that is broken already is not lengthened."""

    code = "asked_too_late"
    message = gettext_lazy("解决时限已过，不能再申请延期。")


class AskedAlready(InvalidTransition):
    code = "asked_already"
    message = gettext_lazy("已有一份延期申请等待审批。")


class ExtendedTooOften(InvalidTransition):
    code = "extended_too_often"


class NobodyToGrant(InvalidTransition):
    """A request that nobody could decide about would be one that nobody reads."""

    code = "nobody_to_grant"
    message = gettext_lazy("没有其他人可以审批延期，请先联系管理员任命。")


class NothingAsked(InvalidTransition):
    code = "nothing_asked"
    message = gettext_lazy("没有等待审批的延期申请。")


@transaction.atomic
def ask(
    ticket: Ticket,
    *,
    actor: Actor,
    minutes: int,
    reason_code: str,
    note: str,
    at: datetime,
    version: int | None = None,
) -> Ticket:
    """Ask for so many more minutes of the basis in which the promise counts; the nearest post that
    may decide is told, and the duty queue where there is none.

    Raises InvalidInput for an unknown reason or too long a time; NothingToExtend, AskedTooLate,
    AskedAlready, ExtendedTooOften or NobodyToGrant.
    """
    if reason_code not in ExtensionReason.values:
        raise InvalidInput(fields={"reason_code": [_("请选择列出的选项。")]})
    body = texts.clean(note, TextRole.NOTE, field="note")
    now = act.begin(
        ticket,
        Measure.ASK_EXTENSION,
        actor=actor,
        at=at,
        version=version,
        keys=act.keys_for(ticket, body),
    )
    clock = _resolve_clock(now)
    _check_request(now, clock, minutes)
    event = now.event(EventKind.EXTEND_ASKED, Visibility.INTERNAL, clock=clock)
    now.say(event, TextRole.NOTE, body)
    now.batch.add(
        Extension(
            ticket=now.ticket,
            clock=clock,
            reason_code=reason_code,
            minutes=minutes,
            basis=_duration(now, clock).basis,
            asked=event,
            asked_by_id=actor.staff_id,
        )
    )
    now.tell(event, Template.TICKET_EXTEND_ASKED, [_approver(now).pk])
    return now.save()


@transaction.atomic
def grant(
    ticket: Ticket, *, actor: Actor, at: datetime, version: int | None = None, note: str = ""
) -> Ticket:
    """Lengthen the promise; handler and resident hear of it. Raises NothingAsked."""
    body = texts.clean(note, TextRole.NOTE, field="note", required=False)
    now = act.begin(
        ticket, Measure.GRANT_EXTENSION, actor=actor, at=at, version=version,
        keys=act.keys_for(ticket, body),
    )  # fmt: skip
    asked = _asked(now)
    clock = _resolve_clock(now)
    now.extend_clock(clock, asked.minutes, Basis(asked.basis))
    event = now.event(EventKind.EXTENDED, clock=clock)
    now.note(body)
    asked.due_at = clock.due_at
    _decide(now, asked, ExtensionState.GRANTED, event.pk)
    now.tell_post(event, Template.TICKET_EXTENDED)
    now.tell_reporter(event, Template.TICKET_EXTENDED)
    return now.save()


@transaction.atomic
def refuse(
    ticket: Ticket, *, actor: Actor, note: str, at: datetime, version: int | None = None
) -> Ticket:
    """The promise stays; the handler reads why. Raises NothingAsked."""
    body = texts.clean(note, TextRole.NOTE, field="note")
    now = act.begin(
        ticket,
        Measure.REFUSE_EXTENSION,
        actor=actor,
        at=at,
        version=version,
        keys=act.keys_for(ticket, body),
    )
    asked = _asked(now)
    event = now.event(EventKind.NOT_EXTENDED, Visibility.INTERNAL, clock=asked.clock)
    now.say(event, TextRole.NOTE, body)
    _decide(now, asked, ExtensionState.REFUSED, event.pk)
    now.tell_post(event, Template.TICKET_NOT_EXTENDED)
    return now.save()


def let_lapse(now: Act, event: TicketEvent) -> None:
    """Part of what counts the promise afresh: what was asked for on top of another one is not
    granted on top of this. Whoever still needs time asks again."""
    if now.ticket.open_extension_id is not None:
        asked = Extension.objects.filter(pk=now.ticket.open_extension_id)
        asked.update(state=ExtensionState.REFUSED, decided=event.pk)


def longest(ticket: Ticket) -> Duration | None:
    """The most by which a ticket read `for_list` may be extended at once; None for nothing."""
    clocks: list[TicketClock] = ticket.live_clocks
    clock = next((clock for clock in clocks if clock.kind == ClockKind.RESOLVE), None)
    if clock is None:
        return None
    return catalogue.seen_with(ticket).terms_by_id[clock.policy_id].durations[clock.kind]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `due_at` is the promise now and `would_be_due_at` the one after a grant
    at the moment the ticket was read; None while the clock stands still."""

    asked: Extension
    due_at: datetime | None
    would_be_due_at: datetime | None


def wish(ticket: Ticket) -> Wish | None:
    """What waits for a decision on a ticket read `for_page`: one statement, and nothing changes."""
    asked = (
        Extension.objects.filter(ticket=ticket, state=ExtensionState.ASKED)
        .select_related("asked_by")
        .first()
    )
    if asked is None:
        return None
    live: list[TicketClock] = ticket.live_clocks
    clock = next((one for one in live if one.pk == asked.clock_id), None)
    if clock is None:
        return None
    longer = clocks.extend(
        copy(clock),
        asked.minutes,
        Basis(asked.basis),
        at=ticket.read_at,
        catalogue=catalogue.seen_with(ticket),
    )
    if longer.state == ClockState.PAUSED:
        return Wish(asked, None, None)
    return Wish(asked, clock.due_at, longer.due_at)


def _resolve_clock(now: Act) -> TicketClock:
    found = next((clock for clock in now.clocks if clock.kind == ClockKind.RESOLVE), None)
    if found is None:
        raise NothingToExtend
    return found


def _duration(now: Act, clock: TicketClock) -> Duration:
    return now.catalogue.terms_by_id[clock.policy_id].durations[clock.kind]


def _check_request(now: Act, clock: TicketClock, minutes: int) -> None:
    if now.ticket.open_extension_id is not None:
        raise AskedAlready
    if _is_over(clock, now.at):
        raise AskedTooLate
    granted = clock.extensions.filter(state=ExtensionState.GRANTED).count()
    if granted >= MOST_EXTENSIONS:
        message = _("本工单已延期 %(times)d 次，不能再延。") % {"times": granted}
        raise ExtendedTooOften(message)
    most = _duration(now, clock).minutes
    if not 0 < minutes <= most:
        message = _("请填 1 到 %(most)d 分钟：一次延期不超过原来的时限。") % {"most": most}
        raise InvalidInput(fields={"minutes": [message]})


def _is_over(clock: TicketClock, at: datetime) -> bool:
    if clock.state == ClockState.PAUSED:
        return clock.remaining_minutes is not None and clock.remaining_minutes < 0
    return clock.due_at is not None and clock.due_at < at


def _asked(now: Act) -> Extension:
    asked = now.ticket.open_extension_id
    if asked is None:
        raise NothingAsked
    return Extension.objects.select_for_update(of=("self",)).select_related("clock").get(pk=asked)


def _decide(now: Act, asked: Extension, state: ExtensionState, event_id: int) -> None:
    asked.state, asked.decided_id, asked.decided_by_id = state, event_id, now.actor.staff_id
    asked.save(update_fields=["state", "decided", "decided_by", "due_at"])


def _approver(now: Act) -> Post:
    """The nearest post upward that may see the matter and decide, has no part in it and is answered
    for now; of several at the same height the duty post. Where there is none the duty queue, as for
    every post that is vacant: it decides when it is back, or sees to it that somebody can."""
    concerned = _concerned(now)
    if found := _able(now, concerned).first():
        return found
    try:
        return posts.duty_queue(at=now.at, without_staff=concerned)
    except DutyQueueEmpty:
        raise NobodyToGrant from None


def _concerned(now: Act) -> set[int]:
    """Who asks, has the ticket, did some of the work or is named by it."""
    ticket, post = now.ticket, now.ticket.post
    people = {now.actor.staff_id, *ticket.named_ids, *ticket.handler_ids}
    if post is not None:
        people |= {post.holder_id, ticket.standing_in_id}
    return {one for one in people if one is not None}


def _able(now: Act, concerned: Collection[int]) -> PostQuerySet:
    ticket = now.ticket
    needed = policies.permission_for(Measure.GRANT_EXTENSION, ticket)
    able = (
        Post.objects.valid_on(posts.local_date(now.at))
        .answered_at(now.at)
        .not_touching(concerned)
        .filter(role__permissions__contains=[needed, view_permission(ticket.kind)])
        .exclude(pk=ticket.post_id or 0)
        .annotate(serves=served_path(), on_duty=Q(role__code=posts.DUTY_OFFICER))
        .filter(serves__in=paths_above(ticket.unit.path))
    )
    return able.order_by("-serves", "-on_duty", "pk")
