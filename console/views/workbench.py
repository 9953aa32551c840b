"""The workbench with nothing opened yet, its search box, and what fills its fields."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from complaints.models import Ticket
from console import places
from console.door import StaffRequest, staff_page
from console.frame import VIEW, frame
from console.search import Sought, sought
from console.views.callers import show_callers
from core import detect, reference
from core.clock import database_now
from core.errors import InvalidInput
from organisation import access


@staff_page(*VIEW)
@require_GET
def workbench(request: StaffRequest) -> HttpResponse:
    # whoever looked for something walks what was found, without a hand on the mouse
    context = {**frame(request, at=database_now()), "walks_found": bool(request.GET.get("q"))}
    return render(request, "console/workbench.html", context)


@staff_page(*VIEW)
@require_POST
def find(request: StaffRequest) -> HttpResponse:
    """One box for three questions. It is a POST, so that no telephone number stands in an address
    or a log; only words become part of the address, and none that is a number of somebody."""
    typed = request.POST.get("q", "").strip()
    kind = sought(typed)
    if kind is Sought.WORDS:
        personal = detect.find(typed)
        numbers = [each for each in personal if each.kind is detect.Kind.PHONE]
        if numbers:
            return _find_callers(request, typed[numbers[0].start : numbers[0].end])
        address = {"show": "all", "q": detect.mask(typed, personal)[:200]}
        return redirect(f"{reverse('console:workbench')}?{urlencode(address)}")
    if kind is Sought.REFERENCE:
        return _find_reference(request, typed)
    if kind is Sought.PHONE:
        return _find_callers(request, typed)
    return redirect("console:workbench")


@staff_page(*VIEW, "tickets.create", "residents.edit")
@require_GET
def communities(request: StaffRequest) -> HttpResponse:
    """Options of a community field, by what is typed in it: to report in, or to look at."""
    typed = request.GET.get("community", "")
    permission = "tickets.view" if request.GET.get("for") == "view" else places.CREATE
    fitting = places.communities(typed, actor=request.actor, permission=permission)
    found = fitting[: places.OFFERED]
    context = {"options": [places.said(unit) for unit in found]}
    return render(request, "console/_options.html", context)


def _find_callers(request: StaffRequest, typed: str) -> HttpResponse:
    if not access.has(request.actor, "callers.lookup"):
        return _not_found(request, typed, _("您的岗位不能按电话查人。可以按工单号或文字查找。"))
    try:
        return show_callers(request, typed)
    except InvalidInput as error:
        return _not_found(request, typed, str(error))


def _find_reference(request: StaffRequest, typed: str) -> HttpResponse:
    try:
        reference.parse(typed)
    except InvalidInput as error:
        return _not_found(request, typed, str(error))
    wanted = Ticket.objects.visible_to(request.actor).filter(reference=reference.normalise(typed))
    ticket = wanted.first()
    if ticket is None:
        return _not_found(request, typed, _("没有这个工单号，或不在您的范围内。"))
    return redirect("console:ticket", ticket.public_id)


def _not_found(request: StaffRequest, typed: str, problem: str) -> HttpResponse:
    """The page again with what was typed still in the box, and what is wrong with it."""
    context = {**frame(request, at=database_now()), "typed": typed, "search_problem": problem}
    return render(request, "console/workbench.html", context, status=422)
