"""The call bar of the workbench, and the page of one call, for any window of its agent."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from console import calls
from console.door import StaffRequest, staff_page
from console.forms.intake import PersonForm
from console.views.callers import choose_among, new_person
from console.views.intake import open_form
from core.clock import database_now
from core.errors import DeskError
from organisation import access
from residents.enums import OccupancyRole
from residents.services import calls as service
from residents.services import handles

LOOKUP = "callers.lookup"


@staff_page()
@require_GET
def bar(request: StaffRequest) -> HttpResponse:
    """Asked every other second by each workbench: 204 while nothing is new.

    The door asks for no permission, which would be one statement more for nothing: a call comes to
    whoever may look callers up, and without a call there is nothing to see.
    """
    at = database_now()
    now = calls.waiting(request.actor, at=at)
    if calls.seen(now) == request.GET.get("seen", ""):
        return HttpResponse(status=204)
    access.require(request.actor, LOOKUP)
    with access.remembering():
        shown = [calls.ringing(call, actor=request.actor, at=at) for call in now]
    return render(request, "console/_calls.html", {"ringing": shown, "seen": calls.seen(now)})


@staff_page(LOOKUP)
@require_GET
def call(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The form that the call has come to, with everything typed so far."""
    at = database_now()
    current = service.of_agent(public_id, actor=request.actor, at=at)
    typed = calls.typed(current)
    known = calls.known_caller(current, actor=request.actor)
    if known is not None or typed.get(calls.STEP) == calls.INTAKE:
        return open_form(request, known, at=at, call=current)
    matches = service.callers_of(current, actor=request.actor)
    if len(matches) == 1 and not typed:
        return open_form(request, matches[0], at=at, call=current)
    if matches and typed.get(calls.STEP) != calls.PERSON:
        return choose_among(request, matches, at, call=current)
    form = PersonForm(initial={"role": OccupancyRole.OWNER, **typed}, call=current)
    return new_person(request, form, at=at, call=current)


@staff_page(LOOKUP)
@require_POST
def person(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Who it is: one of those offered, somebody new, or nobody in particular."""
    at = database_now()
    current = service.of_agent(public_id, actor=request.actor, at=at)
    if handle := request.POST.get("caller", ""):
        service.identify(current, handles.subject_of(handle))
        return redirect("console:call", public_id)
    if request.POST.get(calls.STEP) == calls.INTAKE:
        return open_form(request, None, at=at, call=current)
    form = PersonForm(initial={"role": OccupancyRole.OWNER, **calls.typed(current)}, call=current)
    return new_person(request, form, at=at, call=current)


@staff_page(LOOKUP)
@require_POST
def draft(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Keep what is typed so far. 404 once the call is dealt with: then there is nothing to keep."""
    at = database_now()
    current = service.of_agent(public_id, actor=request.actor, at=at)
    try:
        calls.keep_draft(current, request.POST, at=at)
    except DeskError as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@staff_page(LOOKUP)
@require_POST
def take_up(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Whoever rang up tells of something more: another ticket of the same call."""
    service.take_up(public_id, actor=request.actor, at=database_now())
    return redirect("console:call", public_id)


@staff_page(LOOKUP)
@require_POST
def put_away(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The call needs no ticket: a wrong number, or answered on the spot. In the background the page
    stays as it is, whatever somebody is typing there."""
    at = database_now()
    service.settle(service.of_agent(public_id, actor=request.actor, at=at), at=at)
    if "HX-Request" in request.headers:
        return HttpResponse(status=204)
    return redirect("console:workbench")
