"""Whom to call back, the first due on top; each row leads to the form that records the attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import BigIntegerField, Count, DateTimeField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from complaints.call_back_queries import (
    ACCOUNT_CALL_BACK,
    CALL_BACK,
    CALLED_BY,
    CallBackQuerySet,
)
from complaints.enums import CallResult, ClockKind, EventKind
from complaints.models import CallBack, Ticket, TicketEvent
from complaints.scoped import Scoped, Seen
from console import bench, chips
from console.context import counted
from console.counting import said
from console.door import StaffRequest, staff_page
from core import paging
from core.actors import Actor
from core.clock import database_now
from core.paging import Cut, Page

SIZE: Final = 30
ORDER: Final = ("due_at", "id")


@staff_page(CALL_BACK, ACCOUNT_CALL_BACK)
@require_GET
def call_backs(request: StaffRequest) -> HttpResponse:
    at = database_now()
    page = _page(request.actor, request.GET.get("after", ""), at)
    mine = {post.pk for post in request.user.posts_in_force}
    tickets = _tickets(page.rows, request.actor, at)
    context = {
        "rows": [
            {
                **tickets[each.ticket_id],
                "call": each,
                "mine": each.post_id in mine,
                # one that was ordered has no clock of its own
                "clock": tickets[each.ticket_id]["clock"] or _left(each, at),
            }
            for each in page.rows
        ],
        # the rail beside it says the same
        "count": said(counted(request, request.user)["call_backs"]),
        "following": _url(page.next_cursor),
        "previous": _url(page.previous_cursor),
    }
    return render(request, "console/call_backs.html", context)


def _left(call: CallBack, at: datetime) -> dict[str, Any]:
    return chips.due(str(chips.LABELS[ClockKind.CALL_BACK]), call.due_at, at=at)


def _page(actor: Actor, cursor: str, at: datetime) -> Page[CallBack]:
    if not cursor:
        return Cut(ORDER, SIZE).page(_beginning(actor, who=actor.staff_id, at=at))
    listed = _listed(CallBack.objects.callable_by(actor, at))
    return paging.page_or_first(listed, order=ORDER, size=SIZE, cursor=cursor)


def _listed(rows: CallBackQuerySet) -> CallBackQuerySet:
    tried = (
        TicketEvent.objects.filter(
            ticket=OuterRef("ticket"),
            cycle=OuterRef("cycle"),
            kind=EventKind.CALLED_BACK,
            reason_code=CallResult.NO_ANSWER,
        )
        .order_by()
        .values("ticket")
        .annotate(times=Count("pk"))
        .values("times")
    )
    listed = rows.with_wishes().select_related("post__unit", "post__role")
    return listed.annotate(unanswered=Coalesce(Subquery(tried), 0))


def _question(seen: Seen, who: Any, at: Any) -> QuerySet[CallBack, Any]:
    return Cut(ORDER, SIZE).of(_listed(CallBack.objects.callable_for(seen, who, at)), ())


#: what nearly everybody looks at. In SQL that is kept the state stands in the text, so that a plan
#: for all values too begins with the open ones by when they are due
_beginning: Final[Scoped[CallBack]] = Scoped(
    _question, by=CALLED_BY, who=BigIntegerField(), at=DateTimeField()
)


def _tickets(calls: list[CallBack], actor: Actor, at: datetime) -> dict[int, dict[str, Any]]:
    ids = [each.ticket_id for each in calls]
    found = Ticket.objects.visible_to(actor).filter(pk__in=ids).for_list()
    rows = bench.list_rows(list(found), at=at, query="from=callbacks")
    return {row["ticket"].pk: row for row in rows}


def _url(cursor: str | None) -> str:
    return f"{reverse('console:call_backs')}?after={cursor}" if cursor else ""
