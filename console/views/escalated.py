"""What was not solved in time and went up to one's posts."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from complaints import queues
from complaints.models import Ticket
from complaints.querysets import TicketQuerySet
from console import escalations
from console.counting import counts_of, said
from console.door import StaffRequest, staff_page
from core import paging
from core.clock import database_now

#: each is told with its ladder and what was tried, so that a page of more would be heavy
SIZE: Final = 8


@staff_page("escalations.receive")
@require_GET
def escalated(request: StaffRequest) -> HttpResponse:
    at = database_now()
    rows = queues.escalated_to(request.actor, [post.pk for post in request.user.posts_in_force])
    page = _page(rows, request.GET.get("after", ""), at)
    context = {
        "items": escalations.cases(page.rows, actor=request.actor, at=at),
        "count": said(counts_of({"all": rows})["all"]),
        "following": _url(page.next_cursor),
        "previous": _url(page.previous_cursor),
    }
    return render(request, "console/escalated.html", context)


def _page(rows: TicketQuerySet, cursor: str, at: datetime) -> paging.Page[Ticket]:
    """What is overdue longest first."""
    listed = queues.with_first_due(rows).for_acting(at).for_list()
    return paging.page_or_first(listed, order=queues.DUE_FIRST, size=SIZE, cursor=cursor)


def _url(cursor: str | None) -> str:
    return f"{reverse('console:escalated')}?after={cursor}" if cursor else ""
