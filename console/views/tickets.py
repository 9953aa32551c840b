"""An opened ticket and what can be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.models import Ticket
from complaints.photo_form import WithPhotos
from complaints.services import linking
from console import acts, bench, history, revealing, ticket_page
from console.acts import Act
from console.door import StaffRequest, staff_page
from console.forms.acts import ActForm
from console.forms.reveal import RevealForm
from console.frame import VIEW
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from core.reference import pretty
from organisation import access

ANY_VIEW: Final = (*VIEW, "privacy.view")
DONE: Final = 200


@staff_page(*ANY_VIEW)
@require_GET
def ticket(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = ticket_page.find(public_id, request.actor)
    return ticket_page.show(request, found, at=found.read_at)


@staff_page(*ANY_VIEW)
@require_http_methods(["GET", "POST"])
def act(request: StaffRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Do it, or show its form. A refusal shows the ticket as it is now and what was typed."""
    if verb not in acts.ACTS:
        raise Http404
    wanted, found = acts.ACTS[verb], ticket_page.find(public_id, request.actor)
    at = found.read_at
    if request.method == "GET":
        form = acts.form_for(wanted, found, actor=request.actor, at=at)
        if request.GET.get("in") == "dialog":
            return ticket_page.dialog(request, found, wanted, form, seen=_version(request.GET))
        return ticket_page.show(request, found, at=at, opened=(wanted, form))
    form = acts.form_for(
        wanted, found, actor=request.actor, at=at, data=request.POST, files=request.FILES
    )
    status = _perform(request, wanted, form, at)
    if status == DONE:
        # who goes back to a list of many has to know which one it was
        values = {"number": pretty(found.reference), "what": wanted.label}
        said = _("%(number)s %(what)s：已完成") % values
        messages.success(request, said, extra_tags=f"{verb}-{found.public_id}")
        return redirect(_back(request, found))
    now = ticket_page.find(public_id, request.actor)
    return ticket_page.show(request, now, at=at, opened=(wanted, form), status=status)


@staff_page(*ANY_VIEW)
@require_POST
def unlink(request: StaffRequest, public_id: UUID, link_id: int) -> HttpResponse:
    found = ticket_page.find(public_id, request.actor)
    linking.unlink(found, link_id=link_id, actor=request.actor, at=database_now())
    messages.success(request, _("已取消关联"))
    return redirect(_back(request, found))


@staff_page("tickets.reveal_reporter")
@require_POST
def reveal(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Show one value of the reporter in clear, on this one page and nowhere else."""
    found = ticket_page.find(public_id, request.actor)
    at = found.read_at
    form = RevealForm(request.POST)
    if not form.is_valid():
        return ticket_page.show(request, found, at=at, status=refusals.INVALID)
    which = form.cleaned_data["which"]
    try:
        clear = revealing.reveal(
            found, which, form.cleaned_data["reason"], actor=request.actor, at=at
        )
    except DeskError as error:
        if error.code in ("not_allowed", "not_found"):
            raise
        messages.error(request, str(error))
        return ticket_page.show(request, found, at=at, status=refusals.status_of(error))
    return ticket_page.show(request, found, at=at, revealed=(which, clear))


@staff_page("history.view")
@require_GET
def changes(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = ticket_page.find(public_id, request.actor)
    access.require(request.actor, "history.view", found.unit)
    context = {
        "ticket": found,
        "title": bench.title_of(found),
        "query": bench.query_of(request),
        "versions": history.versions(found),
    }
    return render(request, "console/history.html", context)


def _perform(request: StaffRequest, wanted: Act, form: ActForm, at: datetime) -> int:
    """Returns DONE, or the status of the refusal, which the form then shows."""
    if not form.is_valid():
        return refusals.INVALID
    draft = form.keep(actor=request.actor, at=at) if isinstance(form, WithPhotos) else None
    if form.errors:
        return refusals.INVALID
    version = _version(request.POST)

    def perform() -> str:
        return acts.perform(wanted, form, draft=draft, version=version, at=at).reference

    try:
        done_once(request, f"{wanted.code}:{form.ticket.pk}", perform, actor=request.actor, at=at)
    except DeskError as error:
        if error.code in ("not_allowed", "not_found"):
            raise
        refusals.show(form, error, form.names)
        return refusals.status_of(error)
    return DONE


def _version(sent: QueryDict) -> int | None:
    said = sent.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 10 else None


def _back(request: StaffRequest, found: Ticket) -> str:
    """Where the form says it came from, if that is one of our pages; else the ticket."""
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    if here and wanted.startswith("/"):
        return wanted
    query = bench.query_of(request)
    page = reverse("console:ticket", args=[found.public_id])
    return f"{page}?{query}" if query else page
