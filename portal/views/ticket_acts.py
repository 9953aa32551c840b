"""What a resident does with a ticket. Each act has an address; without a form it is a button."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from complaints import policies
from complaints.enums import Kind
from complaints.gravity import danger_in
from complaints.models import Ticket
from complaints.photo_form import WithPhotos
from core.clock import database_now
from core.errors import DeskError, NotFound
from core.pages import refusals
from core.pages.once import done_once
from portal import pictures
from portal.acts import BY_VERB, Act
from portal.door import ResidentRequest, resident_page
from portal.forms.ticket import RateForm
from portal.views import tickets


@require_http_methods(["GET", "POST"])
@resident_page
def act(request: ResidentRequest, public_id: UUID, verb: str) -> HttpResponse:
    chosen = BY_VERB.get(verb)
    if chosen is None:
        raise Http404
    ticket = tickets.find(public_id, request.actor)
    if ticket.kind == Kind.PRIVACY:
        raise NotFound
    if chosen.form is None:
        return _press(request, ticket, chosen)
    return _fill_in(request, ticket, chosen, chosen.form)


def _press(request: ResidentRequest, ticket: Ticket, chosen: Act) -> HttpResponse:
    if request.method == "POST":
        try:
            _do(request, ticket, chosen, {}, database_now())
            messages.success(request, str(chosen.done))
        except DeskError as error:
            messages.error(request, refusals.said(error))
    return redirect("portal:ticket", ticket.public_id)


def _fill_in(
    request: ResidentRequest, ticket: Ticket, chosen: Act, form_class: type[Form]
) -> HttpResponse:
    if request.method == "GET":
        if _is_over(ticket, chosen, request):
            return redirect("portal:ticket", ticket.public_id)
        return _ask(request, ticket, chosen, form_class(), 200)
    form = form_class(request.POST, request.FILES)
    if form.is_valid():
        try:
            return _carry_out(request, ticket, chosen, form)
        except DeskError as error:
            refusals.show(form, error, _names(chosen))
            return _ask(request, ticket, chosen, form, refusals.status_of(error))
    if isinstance(form, WithPhotos):
        form.keep_meanwhile(actor=request.actor, at=database_now())
    return _ask(request, ticket, chosen, form, refusals.INVALID)


def _is_over(ticket: Ticket, chosen: Act, request: ResidentRequest) -> bool:
    return chosen.verb not in policies.allowed_actions(request.actor, ticket)


def _carry_out(request: ResidentRequest, ticket: Ticket, chosen: Act, form: Form) -> HttpResponse:
    at, values = database_now(), chosen.arguments(form.cleaned_data)
    if isinstance(form, WithPhotos):
        values["draft_id"] = form.keep(actor=request.actor, at=at)
        if form.errors:
            return _ask(request, ticket, chosen, form, refusals.INVALID)
    _do(request, ticket, chosen, values, at)
    messages.success(request, str(chosen.done))
    # the ticket's page forgets the draft of what has arrived
    sent = f"{reverse('portal:ticket', args=[ticket.public_id])}?done={chosen.verb}"
    told = [form.cleaned_data.get("text") or ""]
    return redirect(f"{sent}&{tickets.DANGER}" if danger_in(ticket.kind, told) else sent)


def _do(
    request: ResidentRequest, ticket: Ticket, chosen: Act, values: dict[str, Any], at: datetime
) -> None:
    def once() -> str:
        chosen.service(ticket, actor=request.actor, at=at, **values)
        return chosen.verb

    done_once(request, f"{chosen.verb}.{ticket.pk}", once, actor=request.actor, at=at)


def _ask(
    request: ResidentRequest, ticket: Ticket, chosen: Act, form: Form, status: int
) -> HttpResponse:
    if isinstance(form, RateForm) and form.is_bound:
        return tickets.show(request, ticket, rate=form, status=status)
    held = form.kept(request.actor) if isinstance(form, WithPhotos) else ()
    context = {
        "ticket": ticket,
        "act": chosen,
        "form": form,
        "kept": [pictures.shown(row) for row in held],
        "draft_name": tickets.draft_name(chosen.verb, ticket),
        "back_url": reverse("portal:ticket", args=[ticket.public_id]),
    }
    return render(request, "portal/ticket_act.html", context, status=status)


def _names(chosen: Act) -> dict[str, str]:
    """From the service's arguments to the form's fields."""
    return {"photo": "photos", **{name: field for field, name in (chosen.fields or {}).items()}}
