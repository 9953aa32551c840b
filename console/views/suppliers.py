"""What residents said about suppliers, contract by contract, and what is done about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from complaints import supplier_figures
from complaints.models import SupplierFollowUp
from complaints.periods import Period
from complaints.supplier_figures import COUNTED, Figures
from console import bench
from console.door import StaffRequest, staff_page
from core import paging
from core.actors import Actor
from core.clock import database_now
from core.templatetags.ui import minutes
from organisation import access
from organisation.models import Supplier, SupplierContract
from organisation.services.posts import local_date

VIEW: Final = "suppliers.view"
MANAGE: Final = "suppliers.manage"
ANALYSE: Final = "suppliers.analyse"
MINUTE: Final = timedelta(minutes=1)
MOST_ROWS: Final = 100
SIZE: Final = 50
LISTS: Final = {
    "complaints": gettext_lazy("投诉"),
    "suggestions": gettext_lazy("建议"),
    "answered": gettext_lazy("已答复"),
    "reopened": gettext_lazy("重新打开"),
}


@staff_page(VIEW)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    """Per contract: complaints, suggestions, first answer, reopened, grade and trend."""
    at = database_now()
    period = period_of(request, at)
    figures = supplier_figures.per_contract(period, actor=request.actor)
    page, idle = _page(figures, request), _idle(figures, request)
    context = {
        "period": named(period),
        "tabs": _tabs(period, at),
        "earlier": period.shifted(-1).code,
        "later": period.shifted(1).code,
        "rows": [_row(each) for each in page.rows],
        "previous": _address(period, after=page.previous_cursor),
        "following": _address(period, after=page.next_cursor),
        "idle": idle.rows,
        "idle_previous": _address(period, idle=idle.previous_cursor),
        "idle_following": _address(period, idle=idle.next_cursor),
        "may_open": access.has(request.actor, "tickets.view"),
        "may_analyse": access.has(request.actor, ANALYSE),
        "may_manage": access.has(request.actor, MANAGE),
    }
    return render(request, "console/suppliers.html", context)


@staff_page(VIEW)
@require_GET
def behind(request: StaffRequest, number: str, what: str) -> HttpResponse:
    """The tickets that a number counts."""
    if what not in COUNTED:
        raise Http404
    at = database_now()
    contract, period = find_contract(number, request.actor), period_of(request, at)
    rows = supplier_figures.behind(contract, period, what, actor=request.actor).for_list()
    found = list(rows.order_by("-received_at", "-id")[:MOST_ROWS])
    context = {
        "contract": contract,
        "period": named(period),
        "what": LISTS[what],
        "rows": bench.list_rows(found, at=at),
    }
    return render(request, "console/supplier_tickets.html", context)


def period_of(request: StaffRequest, at: datetime) -> Period:
    """What the address names; this month where it names none, or nothing that is one."""
    try:
        return Period.parse(request.GET.get("period", ""))
    except ValueError:
        return Period.month_of(local_date(at))


def named(period: Period) -> dict[str, str]:
    values = {"year": period.year, "n": period.number}
    form = _("%(year)d 年第 %(n)d 季度") if period.is_quarter else _("%(year)d 年 %(n)d 月")
    return {"code": period.code, "name": form % values}


def find(code: str, actor: Actor) -> Supplier:
    found = Supplier.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def find_contract(number: str, actor: Actor) -> SupplierContract:
    rows = SupplierContract.objects.visible_to(actor).select_related("supplier", "unit")
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _tabs(period: Period, at: datetime) -> list[dict[str, Any]]:
    today = local_date(at)
    offered = ((_("按月"), Period.month_of(today)), (_("按季度"), Period.quarter_of(today)))
    return [
        {
            "label": label,
            "url": f"?period={one.code}",
            "current": one.is_quarter == period.is_quarter,
        }
        for label, one in offered
    ]


def _row(each: Figures) -> dict[str, Any]:
    contract = each.contract
    return {
        "figures": each,
        "contract": contract,
        "response": None if each.response is None else minutes(each.response // MINUTE),
        "trend": f"{each.trend:+d}".replace("-", "−"),
        "open": contract.open_follow_ups,  # type: ignore[attr-defined]  # annotated by figures
    }


def _page(figures: list[Figures], request: StaffRequest) -> paging.Page[Figures]:
    """What the address asks for; the first page where it asks for none."""
    order, cursor = supplier_figures.ORDER, request.GET.get("after")
    try:
        return paging.page_of(figures, order=order, size=SIZE, cursor=cursor)
    except paging.CursorInvalid:
        return paging.page_of(figures, order=order, size=SIZE)


def _idle(figures: list[Figures], request: StaffRequest) -> paging.Page[Supplier]:
    """Visible suppliers without a contract in the period."""
    busy = {each.contract.supplier_id for each in figures}
    rows = Supplier.objects.visible_to(request.actor).exclude(pk__in=busy)
    cursor = request.GET.get("idle")
    return paging.page_or_first(rows, order=("code",), size=SIZE, cursor=cursor)


def _address(period: Period, **cursor: str | None) -> str:
    asked = {name: value for name, value in cursor.items() if value}
    return f"?{urlencode({'period': period.code, **asked})}" if asked else ""


def follow_ups_of(contract: SupplierContract) -> list[SupplierFollowUp]:
    rows = contract.follow_ups.select_related("owner__unit", "owner__role", "owner__holder")
    return list(rows.order_by("done_at", "due_on", "pk"))
