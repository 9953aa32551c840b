"""The lists of tickets that the pages and the API show: each is a name in the address and a
queryset."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    F,
    Min,
    OuterRef,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.enums import ClockState, EventKind, ExtensionState, State
from complaints.models import CallBack, CoOwnership, Extension, Ticket, TicketClock, TicketEvent
from complaints.querysets import TicketQuerySet
from complaints.services.clocks import LIVE
from complaints.workflow import DONE, WAITING
from core.actors import Actor
from core.compiled import AnyOf

#: after everything that runs out
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
POST_IDS: Final = ArrayField(BigIntegerField())

TO_DO: Final = (State.RECEIVED, State.ASSIGNED, State.ACCEPTED, State.IN_PROGRESS, State.REOPENED)

#: orders of the lists; no column of them is ever null
NEWEST: Final = ("-received_at", "-id")
DUE_FIRST: Final = ("first_due", "id")
LAST_URGED: Final = ("-urged_at", "-id")
LAST_LOGGED: Final = ("-logged_at", "-id")


def _posts(post_ids: Collection[int]) -> Value:
    return Value(list(post_ids), output_field=POST_IDS)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks, through which posts, and when."""

    actor: Actor
    post_ids: tuple[int, ...]
    at: datetime

    @property
    def staff(self) -> int | None:
        return self.actor.staff_id

    @property
    def posts(self) -> Value:
        return _posts(self.post_ids)


@dataclass(frozen=True, slots=True)
class AnyAsker:
    """Whoever it turns out to be: a list asked so is compiled once (`core.compiled`)."""

    staff: Any
    posts: Any
    at: Any


Asking: TypeAlias = Asker | AnyAsker


@dataclass(frozen=True, slots=True)
class Queue:
    """One list: `pick` narrows what the asker may see anyway."""

    code: str
    label: Promise
    pick: Callable[[TicketQuerySet, Any], TicketQuerySet]
    order: tuple[str, ...] = NEWEST
    #: stands among the others only while there is something in it
    quiet: bool = False


def _open(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return rows.open().exclude(state__in=DONE)


def _to_dispatch(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return rows.filter(state=State.RECEIVED)


def _urged(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return rows.urged()


def _watched(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return rows.supervised()


def _more_time(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    asked = Extension.objects.filter(
        ticket=OuterRef("pk"), state=ExtensionState.ASKED, clock__state__in=LIVE
    )
    return with_first_due(rows.open().exclude(state__in=DONE).filter(Exists(asked)))


def _mine(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return with_first_due(rows.filter(_with_these(asker.posts), state__in=TO_DO))


def _late(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return with_first_due(rows.overdue(asker.at))


def _logged(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    """Each was taken in once. The event and not the ticket says when, so that the newest of what
    somebody took in are read and not all of them: it is the same moment."""
    taken_in = rows.filter(events__kind=EventKind.RECEIVED, events__staff=asker.staff)
    return taken_in.annotate(logged_at=F("events__occurred_at"))


def _waiting(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return rows.filter(state__in=WAITING)


def _resolved(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return rows.filter(state__in=DONE)


def _all(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return rows


QUEUES: Final = {
    queue.code: queue
    for queue in (
        Queue("open", _("未解决"), _open),
        Queue("mine", _("待我处理"), _mine, DUE_FIRST),
        Queue("dispatch", _("待派单"), _to_dispatch, quiet=True),
        Queue("extensions", _("延期待批"), _more_time, DUE_FIRST, quiet=True),
        Queue("urged", _("被催办"), _urged, LAST_URGED, quiet=True),
        Queue("watched", _("督办"), _watched, quiet=True),
        Queue("logged", _("我登记的"), _logged, LAST_LOGGED),
        Queue("late", _("超时"), _late, DUE_FIRST),
        Queue("waiting", _("等待中"), _waiting),
        Queue("resolved", _("待确认"), _resolved),
        Queue("all", _("全部"), _all),
    )
}


def with_first_due(rows: TicketQuerySet) -> TicketQuerySet:
    """Annotated with `first_due`: when the first running clock is due."""
    due = (
        TicketClock.objects.filter(ticket=OuterRef("pk"), state=ClockState.RUNNING)
        .values("ticket")
        .annotate(first=Min("due_at"))
        .values("first")
    )
    never = Value(NEVER, output_field=DateTimeField())
    return rows.annotate(first_due=Coalesce(Subquery(due), never))


def work_of(actor: Actor, post_ids: Collection[int]) -> TicketQuerySet:
    """What lies with these posts, or they answer for beside the handler, and is not over."""
    return lying_with(Ticket.objects.visible_to(actor), _posts(post_ids))


def lying_with(rows: TicketQuerySet, posts: Any) -> TicketQuerySet:
    """The same of rows that somebody sees; `posts` as `Asking` has them."""
    return rows.open().filter(_with_these(posts))


def _with_these(posts: Any) -> AnyOf:
    """By their ids, read first and of them the tickets: where a column or a list may fit,
    PostgreSQL looks at every open ticket, and a plan for all posts would read the list once for
    each ticket."""
    held = Ticket.objects.open().filter(AnyOf(F("post"), posts)).values("pk")
    # rows of years are a post's; what stands is of an open ticket that somebody was told of
    co_owned = CoOwnership.objects.standing().filter(
        AnyOf(F("post"), posts), ticket__next_step_at__isnull=False, ticket__level__isnull=False
    )
    return AnyOf(F("pk"), ArraySubquery(held.union(co_owned.values("ticket"), all=True)))


def escalated_to(actor: Actor, post_ids: Collection[int]) -> TicketQuerySet:
    """Open tickets that went up to one of these posts in their present cycle. Level 0 is a warning
    to whoever has the ticket, not an escalation."""
    return gone_up_to(Ticket.objects.visible_to(actor), _posts(post_ids))


def gone_up_to(rows: TicketQuerySet, posts: Any) -> TicketQuerySet:
    """The same of rows that somebody sees; `posts` as `Asking` has them."""
    # a scalar subquery, since EXISTS would begin with all that ever went up to the post
    went_up = TicketEvent.objects.filter(
        AnyOf(F("post"), posts),
        ticket=OuterRef("pk"),
        kind=EventKind.ESCALATED,
        level__gte=1,
        cycle=OuterRef("cycle"),
    )
    up = rows.open().filter(level__gte=1).exclude(state__in=DONE)
    return up.alias(went_up=Subquery(went_up.values("pk")[:1])).filter(went_up__isnull=False)


def _escalated(rows: TicketQuerySet, asker: Asking) -> TicketQuerySet:
    return with_first_due(gone_up_to(rows, asker.posts))


def _to_call_back(rows: TicketQuerySet, asker: Asker) -> TicketQuerySet:
    mine = CallBack.objects.callable_by(asker.actor, asker.at).order_by()
    return rows.filter(pk__in=mine.values("ticket"))


#: what stands beside a ticket that was opened from another page, by the `from` of the address: the
#: list of that page
BESIDE: Final = {
    "work": QUEUES["mine"],
    "escalated": Queue("escalated", _("升级给我"), _escalated, DUE_FIRST),
    "callbacks": Queue("callbacks", _("回访"), _to_call_back),
}
