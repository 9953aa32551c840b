"""Whom to call back, the first due on top; each row leads to the form that records the attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from complaints.call_back_queries import ACCOUNT_CALL_BACK, CALL_BACK, CallBackQuerySet
from complaints.enums import CallResult, ClockKind, EventKind
from complaints.models import CallBack, Ticket, TicketEvent
from console import bench, chips, words
from console.counting import counts_of, said
from console.door import StaffRequest, staff_page
from core import paging
from core.actors import Actor
from core.clock import database_now

SIZE: Final = 30
ORDER: Final = ("due_at", "id")


@staff_page(CALL_BACK, ACCOUNT_CALL_BACK)
@require_GET
def call_backs(request: StaffRequest) -> HttpResponse:
    at = database_now()
    rows = CallBack.objects.callable_by(request.actor, at)
    page = _page(rows, request.GET.get("after", ""))
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
                "by": words.moment(each.due_at),
            }
            for each in page.rows
        ],
        "count": said(counts_of({"all": rows})["all"]),
        "following": _url(page.next_cursor),
        "previous": _url(page.previous_cursor),
    }
    return render(request, "console/call_backs.html", context)


def _left(call: CallBack, at: datetime) -> dict[str, Any]:
    return chips.due(str(chips.LABELS[ClockKind.CALL_BACK]), call.due_at, at=at)


def _page(rows: CallBackQuerySet, cursor: str) -> paging.Page[CallBack]:
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
    listed = listed.annotate(unanswered=Coalesce(Subquery(tried), 0))
    return paging.page_or_first(listed, order=ORDER, size=SIZE, cursor=cursor)


def _tickets(calls: list[CallBack], actor: Actor, at: datetime) -> dict[int, dict[str, Any]]:
    ids = [each.ticket_id for each in calls]
    found = Ticket.objects.visible_to(actor).filter(pk__in=ids).for_list()
    rows = bench.list_rows(list(found), at=at, query="from=callbacks")
    return {row["ticket"].pk: row for row in rows}


def _url(cursor: str | None) -> str:
    return f"{reverse('console:call_backs')}?after={cursor}" if cursor else ""
