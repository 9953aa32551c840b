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
from complaints.models import Ticket
from complaints.services import group_merging
from console import bench, words
from console.door import StaffRequest, staff_page
from console.frame import VIEW
from core.clock import database_now
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
        **_spans(),
    }
    return render(request, "console/group.html", context)


@staff_page(rights.ASSIGN)
@require_POST
def merge(request: StaffRequest, building_id: int, category_id: int) -> HttpResponse:
    """All that are unsolved join the oldest of them; what does not fit stays and is named."""
    at = database_now()
    rows = _members(request, building_id, category_id, at)
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
    return redirect("console:group", building_id, category_id)


def _members(
    request: StaffRequest, building_id: int, category_id: int, at: datetime
) -> list[Ticket]:
    rows = repeats.members(request.actor, building_id, category_id, at)
    found = list(rows.select_related("building").for_list()[:MOST])
    if not found:
        raise Http404
    return found


def _spans() -> dict[str, Any]:
    return {"days": settings.GROUP_WITHIN_DAYS, "least": settings.GROUP_FROM_HOMES}
