"""Follow a report by its code: read the answers and add to it, without saying who one is."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from complaints import reading
from complaints.enums import Entry, Kind
from complaints.models import Ticket
from complaints.rights import NO_ENTRY_IN
from complaints.services import follow_up, timeline
from core.actors import NOBODY, Actor
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from core.services.unnamed import count_try
from portal import parcels
from portal.forms.public import CodeForm, MoreForm
from portal.views.danger import is_told

#: from the service's fields to the form's
NAMES: Final = {"photo": "photos", "draft": "photos"}


# No cookie tells one browser from another here; the code is sent along each time, in no address.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code, show the report it opens, and take what is added to it."""
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _asked_code(request, form, 200 if request.method == "GET" else refusals.INVALID)
    at = database_now()
    try:
        count_try("follow_up_code", request, at=at)
        ticket, holder = follow_up.open_with(form.cleaned_data["code"])
    except DeskError as error:
        refusals.show(form, error, at="code")
        return _asked_code(request, form, refusals.status_of(error))
    if "text" not in request.POST:
        return _shown(request, ticket, holder, _more(form))
    return _add(request, ticket, holder, at)


def _add(request: HttpRequest, ticket: Ticket, holder: Actor, at: datetime) -> HttpResponse:
    form = MoreForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, ticket, holder, form, refusals.INVALID)
    draft = form.keep(actor=NOBODY, at=at)
    if form.errors:
        return _shown(request, ticket, holder, form, refusals.INVALID)

    def add() -> str:
        text = form.cleaned_data["text"]
        return timeline.add(ticket, actor=holder, text=text, draft_id=draft, at=at).reference

    try:
        done_once(request, f"integrity:{ticket.pk}", add, actor=holder, at=at)
    except DeskError as error:
        refusals.show(form, error, NAMES)
        return _shown(request, ticket, holder, form, refusals.status_of(error))
    again = MoreForm(initial={"code": form.cleaned_data["code"]})
    return _shown(request, ticket, holder, again, added=True)


def _more(form: CodeForm) -> MoreForm:
    return MoreForm(initial={"code": form.cleaned_data["code"]})


def _asked_code(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    context = {"form": form}
    return render(request, "public/code.html", context, status=status)


def _shown(
    request: HttpRequest,
    ticket: Ticket,
    holder: Actor,
    form: MoreForm,
    status: int = 200,
    *,
    added: bool = False,
) -> HttpResponse:
    ticket.refresh_from_db()
    context = {
        "ticket": ticket,
        "state_words": parcels.state_words(ticket.state),
        "parcels": parcels.with_news(
            parcels.rows_without_photos(reading.timeline(ticket, holder)),
            reading.followed_by(holder, ticket),
        ),
        "form": form if ticket.state not in NO_ENTRY_IN[Entry.ADD] else None,
        "kept": len(form.kept(NOBODY)),
        "added": added,
        "danger": is_told(request.POST),
        "sealed": ticket.kind == Kind.INTEGRITY,
    }
    return render(request, "public/followed.html", context, status=status)
