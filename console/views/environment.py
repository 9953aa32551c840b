"""The environment channel as staff see it: each community's month, and what waits for a reader."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints import environment_figures
from complaints.models import PublicSummary
from complaints.services import summaries
from console import ticket_page
from console.door import StaffRequest, staff_page
from console.forms.environment import SummaryForm
from console.views.suppliers import named, period_of
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from organisation import access

VIEW: Final = "tickets.view"
MOST: Final = 100


@staff_page(VIEW)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    period = period_of(request, database_now())
    here = access.scope(request.actor, VIEW)
    units = environment_figures.communities(here.q(""))[:MOST]
    rows = PublicSummary.objects.visible_to(request.actor).select_related(
        "ticket__unit", "written_by"
    )
    context = {
        "period": named(period),
        "earlier": period.shifted(-1).code,
        "later": period.shifted(1).code,
        "months": environment_figures.per_community(period, actor=request.actor, units=units),
        "waiting": rows.filter(published_at=None).order_by("written_at")[:MOST],
        "public": rows.exclude(published_at=None).order_by("-published_at")[:MOST],
    }
    return render(request, "console/environment.html", context)


@staff_page("tickets.reply")
@require_http_methods(["GET", "POST"])
def write(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What everybody may read of one matter."""
    ticket = ticket_page.find(public_id, request.actor)
    known = PublicSummary.objects.filter(ticket=ticket).values("raised", "done").first()
    form = SummaryForm(request.POST or None, initial=known or {})
    status = 200
    if request.method == "POST":
        status = refusals.INVALID
        if form.is_valid():
            try:
                summaries.write(ticket, **form.cleaned_data, actor=request.actor, at=database_now())
                return redirect("console:environment")
            except DeskError as error:
                if error.code == "not_allowed":
                    raise
                refusals.show(form, error)
    context: dict[str, Any] = {"form": form, "ticket": ticket}
    return render(request, "console/summary.html", context, status=status)


@staff_page("tickets.close")
@require_POST
def decide(request: StaffRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Publish a summary, or take it back."""
    rows = PublicSummary.objects.visible_to(request.actor)
    summary = rows.filter(public_id=public_id).first()
    if summary is None or verb not in ("publish", "take_back"):
        raise Http404
    try:
        if verb == "publish":
            summaries.publish(summary, actor=request.actor, at=database_now())
        else:
            summaries.take_back(summary, actor=request.actor)
    except DeskError as error:
        if error.code == "not_allowed":
            raise
        messages.error(request, str(error))
    return redirect("console:environment")
