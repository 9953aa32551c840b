"""My work: what runs out next stands first, and a thumb is enough for the next step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from complaints import queues, repeats
from complaints.enums import Action, Entry, Measure, State
from complaints.models import Ticket
from complaints.querysets import TicketQuerySet
from complaints.rights import ASSIGN
from complaints.workflow import DONE, WAITING
from console import acts, bench
from console.acts import Act
from console.counting import counts_of, said
from console.door import StaffRequest, staff_page
from core import paging
from core.clock import database_now
from organisation import access
from organisation.access import Scope

SIZE: Final = 30
TABS: Final = {
    "to-do": (gettext_lazy("待处理"), lambda rows: rows.filter(state__in=queues.TO_DO)),
    "urged": (gettext_lazy("被催办"), TicketQuerySet.urged),
    "waiting": (gettext_lazy("等待中"), lambda rows: rows.filter(state__in=WAITING)),
    "resolved": (gettext_lazy("已解决"), lambda rows: rows.filter(state__in=DONE)),
}
FIRST: Final = "to-do"
#: what a row offers, by the state of its ticket: the next step of the work, and saying something
NEXT: Final[dict[str, tuple[str, ...]]] = {
    State.RECEIVED: (Action.ASSIGN, Entry.NOTE),
    State.ASSIGNED: (Action.ACCEPT, Action.RETURN),
    State.REOPENED: (Action.ACCEPT, Action.RETURN),
    State.ACCEPTED: (Action.START, Entry.NOTE),
    State.IN_PROGRESS: (Action.RESOLVE, Entry.NOTE, Measure.ASK_EXTENSION),
    State.WAITING_RESIDENT: (Action.RESUME, Entry.NOTE),
    State.WAITING_SUPPLIER: (Action.RESUME, Entry.NOTE),
}


@staff_page("tickets.handle", "escalations.receive")
@require_GET
def work(request: StaffRequest) -> HttpResponse:
    at = database_now()
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in TABS else FIRST
    post_ids = [post.pk for post in request.user.posts_in_force]
    mine = queues.work_of(request.actor, post_ids)
    rows = queues.with_first_due(TABS[chosen][1](mine))
    page = _page(rows, request.GET.get("after", ""))
    context = {
        "tabs": _tabs(mine, chosen),
        "rows": _rows(page.rows, request, set(post_ids), at),
        "following": _url(chosen, page.next_cursor),
        "previous": _url(chosen, page.previous_cursor),
        "here": _url(chosen, request.GET.get("after", "")) or reverse("console:work"),
    }
    return render(request, "console/work.html", context)


def _page(rows: TicketQuerySet, cursor: str) -> paging.Page[Ticket]:
    listed = rows.for_list()
    return paging.page_or_first(listed, order=queues.DUE_FIRST, size=SIZE, cursor=cursor)


def _tabs(mine: TicketQuerySet, chosen: str) -> list[dict[str, Any]]:
    counts = counts_of({code: pick(mine) for code, (_, pick) in TABS.items()})
    return [
        {
            "label": label,
            "count": said(counts[code]),
            "url": f"{reverse('console:work')}?tab={code}",
            "current": code == chosen,
        }
        for code, (label, _) in TABS.items()
    ]


def _rows(
    tickets: Sequence[Ticket], request: StaffRequest, post_ids: set[int], at: datetime
) -> list[dict[str, Any]]:
    marks = repeats.marks(tickets, request.actor)
    rows = bench.list_rows(tickets, at=at, query="from=work", marks=marks)
    dispatches = access.scope(request.actor, ASSIGN)
    return [
        {
            **row,
            "steps": _steps(row["ticket"], dispatches),
            "co_owned": row["ticket"].post_id not in post_ids,
        }
        for row in rows
    ]


def _steps(ticket: Ticket, dispatches: Scope) -> list[Act]:
    """What lies with nobody is dispatched by those who may; others answer for it beside them."""
    codes = NEXT.get(ticket.state, ())
    may = dispatches.covers(ticket.unit)
    return [acts.ACTS[code] for code in codes if code != Action.ASSIGN or may]


def _url(tab: str, cursor: str | None) -> str:
    if not cursor:
        return ""
    return f"{reverse('console:work')}?tab={tab}&after={cursor}"
