"""What comes again and what many have: repeats of one home, group matters of one building. Both as
lists of what one may see, and a group matter merged in one step."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from complaints import repeats, rights
from complaints.models import Ticket
from complaints.newest import ORDER
from complaints.repeats import Group, Mark
from complaints.services import group_merging
from complaints.workflow import UNSOLVED
from console import alike, bench, words
from console.door import StaffRequest, staff_page
from console.frame import VIEW
from core import paging
from core.clock import database_now
from organisation import access

MOST: Final = 100
SIZE: Final = 30


@staff_page(*VIEW)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    wanted = alike.wanted(request, usual=settings.GROUP_WITHIN_DAYS)
    rows = repeats.of_these_days(request.actor, database_now(), wanted.days)
    page = paging.page_or_first(
        repeats.grouped(wanted.narrowed(rows)),
        order=repeats.GROUP_ORDER,
        size=SIZE,
        cursor=wanted.after,
    )
    context = {
        "groups": [Group(*row) for row in page.rows],
        "english": words.in_english(),
        "least": settings.GROUP_FROM_HOMES,
        **wanted.shown("console:groups", page),
    }
    return render(request, "console/groups.html", context)


@staff_page(*VIEW)
@require_GET
def again(request: StaffRequest) -> HttpResponse:
    """What a home reported once more; from each one goes on to merging or linking it."""
    at = database_now()
    wanted = alike.wanted(request, usual=settings.REPEAT_WITHIN_DAYS)
    rows = wanted.narrowed(repeats.again(request.actor, at, wanted.days))
    page = paging.page_or_first(rows.for_list(), order=ORDER, size=SIZE, cursor=wanted.after)
    marks = {row.pk: Mark(row.said_before, 0) for row in page.rows}
    context = {
        "rows": _with_acts(bench.list_rows(page.rows, at=at, query=FROM, marks=marks), request),
        "span": settings.REPEAT_WITHIN_DAYS,
        **wanted.shown("console:repeats", page),
    }
    return render(request, "console/repeats.html", context)


FROM: Final = "from=repeats"


def _with_acts(rows: list[dict[str, Any]], request: StaffRequest) -> list[dict[str, Any]]:
    """Where the forms are that merge or link it, for who may; the forms ask again."""
    held = access.scopes(request.actor, [rights.ASSIGN, rights.NOTE])
    return [{**row, "acts": list(_acts(row["ticket"], held))} for row in rows]


def _acts(ticket: Ticket, held: dict[str, access.Scope]) -> Any:
    if ticket.state in UNSOLVED and held[rights.ASSIGN].covers(ticket.unit):
        yield _("并单"), "copy", _form(ticket, "merge")
    if held[rights.NOTE].covers(ticket.unit):
        yield _("关联"), "link", _form(ticket, "link")


def _form(ticket: Ticket, verb: str) -> str:
    return f"{reverse('console:act', args=[ticket.public_id, verb])}?{FROM}"


@staff_page(*VIEW)
@require_GET
def shown(request: StaffRequest, building_id: int, category_id: int) -> HttpResponse:
    at, days = database_now(), alike.days_of(request.GET, settings.GROUP_WITHIN_DAYS)
    rows = _members(request, building_id, category_id, at, days)
    main = repeats.main_of(rows)
    context = {
        "rows": bench.list_rows(rows, at=at, query="from=groups"),
        "main": main,
        "joining": len(repeats.joining(rows, main)),
        "may_merge": main is not None and access.has(request.actor, rights.ASSIGN, main.unit),
        "building": rows[0].building,
        "unit": rows[0].unit,
        "category": words.category_name(rows[0].category),
        "address": (building_id, category_id),
        "days": days,
    }
    return render(request, "console/group.html", context)


@staff_page(rights.ASSIGN)
@require_POST
def merge(request: StaffRequest, building_id: int, category_id: int) -> HttpResponse:
    """All that are unsolved join the oldest of them; what does not fit stays and is named."""
    at, days = database_now(), alike.days_of(request.POST, settings.GROUP_WITHIN_DAYS)
    rows = _members(request, building_id, category_id, at, days)
    joined = group_merging.merge_all(rows, actor=request.actor, at=at)
    if joined is None:
        raise Http404
    for row, error in joined.refused:
        values = {"number": row.reference, "why": group_merging.why(error)}
        messages.error(request, _("%(number)s 没有并入：%(why)s") % values)
    if joined.done:
        count = len(joined.done)
        said = ngettext(
            "%(count)d 张工单已并入 %(number)s", "%(count)d 张工单已并入 %(number)s", count
        )
        messages.success(request, said % {"count": count, "number": joined.main.reference})
    there = reverse("console:group", args=[building_id, category_id])
    return redirect(there if days == settings.GROUP_WITHIN_DAYS else f"{there}?days={days}")


def _members(
    request: StaffRequest, building_id: int, category_id: int, at: datetime, days: int
) -> list[Ticket]:
    rows = repeats.members(request.actor, building_id, category_id, at, days)
    found = list(rows.select_related("building").for_list()[:MOST])
    if not found:
        raise Http404
    return found
