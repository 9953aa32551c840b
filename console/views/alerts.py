"""Alarms of building systems that are on, the latest first."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from complaints.enums import SystemKind
from complaints.link_querysets import AlertQuerySet
from complaints.models import DeviceAlert
from console.door import StaffRequest, staff_page
from core import paging

SIZE: Final = 50
ORDER: Final = ("-last_raised_at", "-id")


@staff_page("tickets.view")
@require_GET
def alerts(request: StaffRequest) -> HttpResponse:
    wanted = request.GET.get("system", "")
    chosen = SystemKind(wanted) if wanted in SystemKind.values else None
    rows = DeviceAlert.objects.visible_to(request.actor).active().for_list()
    page = _page(rows.filter(device__system_kind=chosen) if chosen else rows, request)
    here = reverse("console:alerts")
    kept = f"system={chosen}&" if chosen else ""
    context = {
        "alerts": page.rows,
        "chosen": chosen,
        "chips": [
            {"label": _("全部"), "url": here, "current": chosen is None},
            *(
                {"label": kind.label, "url": f"{here}?system={kind}", "current": kind is chosen}
                for kind in SystemKind
            ),
        ],
        "following": f"{here}?{kept}after={page.next_cursor}" if page.next_cursor else "",
        "previous": f"{here}?{kept}after={page.previous_cursor}" if page.previous_cursor else "",
    }
    return render(request, "console/alerts.html", context)


def _page(rows: AlertQuerySet, request: StaffRequest) -> paging.Page[DeviceAlert]:
    cursor = request.GET.get("after")
    return paging.page_or_first(rows, order=ORDER, size=SIZE, cursor=cursor)
