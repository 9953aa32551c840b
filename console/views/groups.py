"""Group matters: many homes of one building report the same. Merged in one step where they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from complaints import repeats, rights
from complaints.models import Ticket, TicketLink
from complaints.services import merging
from complaints.workflow import UNSOLVED
from console import bench, words
from console.door import StaffRequest, staff_page
from console.frame import VIEW
from core.clock import database_now
from core.errors import DeskError
from organisation import access

MOST: Final = 100


@staff_page(*VIEW)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    at = database_now()
    context = {
        "groups": repeats.groups(request.actor, at),
        "english": words.in_english(),
        **_spans(),
    }
    return render(request, "console/groups.html", context)


@staff_page(*VIEW)
@require_GET
def shown(request: StaffRequest, building_id: int, category_id: int) -> HttpResponse:
    at = database_now()
    rows = _members(request, building_id, category_id, at)
    main = _main_of(rows)
    context = {
        "rows": bench.list_rows(rows, at=at, query="from=groups"),
        "main": main,
        "joining": len(_joining(rows, main)),
        "may_merge": main is not None and access.has(request.actor, rights.ASSIGN, main.unit),
        "building": rows[0].building,
        "unit": rows[0].unit,
        "category": words.category_name(rows[0].category),
        "address": (building_id, category_id),
        **_spans(),
    }
    return render(request, "console/group.html", context)


@staff_page(rights.ASSIGN)
@require_POST
def merge(request: StaffRequest, building_id: int, category_id: int) -> HttpResponse:
    """All that are unsolved join the oldest of them; what does not fit stays and is named."""
    at = database_now()
    rows = _members(request, building_id, category_id, at)
    main = _main_of(rows)
    if main is None:
        raise Http404
    done = 0
    for row in _joining(rows, main):
        try:
            merging.merge(row, other=main, actor=request.actor, at=at)
            done += 1
        except DeskError as error:
            why = " ".join(str(text) for texts in error.fields.values() for text in texts)
            values = {"number": row.reference, "why": why or str(error)}
            messages.error(request, _("%(number)s 没有并入：%(why)s") % values)
    if done:
        said = ngettext(
            "%(count)d 张工单已并入 %(number)s", "%(count)d 张工单已并入 %(number)s", done
        )
        messages.success(request, said % {"count": done, "number": main.reference})
    return redirect("console:group", building_id, category_id)


def _members(
    request: StaffRequest, building_id: int, category_id: int, at: datetime
) -> list[Ticket]:
    rows = repeats.members(request.actor, building_id, category_id, at)
    found = list(rows.select_related("building").for_list()[:MOST])
    if not found:
        raise Http404
    return found


def _main_of(rows: list[Ticket]) -> Ticket | None:
    """The oldest that is unsolved; one that others joined already comes first."""
    unsolved = [row for row in rows if row.state in UNSOLVED]
    ids = [row.pk for row in unsolved]
    merges = TicketLink.objects.merges().filter(target__in=ids)
    joined = set(merges.values_list("target_id", flat=True))
    return next(iter(sorted(unsolved, key=lambda row: row.pk not in joined)), None)


def _joining(rows: list[Ticket], main: Ticket | None) -> list[Ticket]:
    return [row for row in rows if main is not None and row.state in UNSOLVED and row.pk != main.pk]


def _spans() -> dict[str, Any]:
    return {"days": settings.GROUP_WITHIN_DAYS, "least": settings.GROUP_FROM_HOMES}
