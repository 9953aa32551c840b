"""Who is on the line: matches of a number, and somebody who calls for the first time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from console import bench, callers, calls, places
from console.callers import Card
from console.door import StaffRequest, staff_page
from console.forms.intake import PersonForm
from console.frame import frame
from console.views.intake import go_on, open_form
from core.clock import database_now
from core.errors import DeskError, NotFound
from core.pages import refusals
from core.phone import PhoneInvalid
from organisation import access
from residents.enums import OccupancyRole
from residents.models import Call
from residents.services import calls as call_service
from residents.services import handles, people, registering
from residents.services.registering import Introduction


def show_callers(request: StaffRequest, typed: str) -> HttpResponse:
    """One person: their intake, ready to be filled. Several: who is it? Nobody: a new person.

    Raises PhoneInvalid.
    """
    at = database_now()
    matches = people.look_up(typed, actor=request.actor)
    if len(matches) == 1:
        return open_form(request, matches[0], at=at)
    if matches:
        return choose_among(request, matches, at)
    form = PersonForm(initial={"phone": typed.strip(), "role": OccupancyRole.OWNER})
    return new_person(request, form, at=at)


@staff_page("callers.lookup")
@require_POST
def choose(request: StaffRequest) -> HttpResponse:
    """The intake for the person that a handle names. Raises NotFound for an old handle."""
    subject_id = handles.subject_of(request.POST.get("caller", ""))
    at = database_now()
    call = calls.named(request.POST, actor=request.actor, at=at)
    return open_form(request, callers.known(subject_id, actor=request.actor), at=at, call=call)


@staff_page("residents.edit")
@require_http_methods(["GET", "POST"])
def register(request: StaffRequest) -> HttpResponse:
    """Write a person down and go on with what they have to say. A GET is for somebody else at a
    number that is known already."""
    at = database_now()
    if request.method == "GET":
        return new_person(request, PersonForm(initial={"role": OccupancyRole.OWNER}), at=at)
    call = calls.named(request.POST, actor=request.actor, at=at)
    form = PersonForm(request.POST, call=call)
    if form.is_valid():
        try:
            if alike := _namesakes(form.cleaned_data, request):
                return new_person(request, form, at=at, call=call, namesakes=alike)
            subject_id = _registered(form.cleaned_data, request, at)
        except DeskError as error:
            refusals.show(form, error, at="phone" if isinstance(error, PhoneInvalid) else None)
        else:
            return _go_on(request, subject_id, call, at)
    return new_person(request, form, at=at, call=call, status=refusals.INVALID)


@staff_page("residents.edit")
@require_POST
def moved_out(request: StaffRequest) -> HttpResponse:
    """The caller says that they live there no longer."""

    def write(subject_id: UUID, at: datetime) -> None:
        dwelling = request.POST.get("dwelling", "")
        people.move_out(subject_id, dwelling, actor=request.actor, at=at)

    return _said_of_themselves(request, write, _("已记下搬离。"))


@staff_page("residents.edit")
@require_POST
def calls_wanted(request: StaffRequest) -> HttpResponse:
    """The caller says whether they want to be rung up."""

    def write(subject_id: UUID, at: datetime) -> None:
        wish = request.POST.get("wanted") == "no"
        people.choose_calls(subject_id, do_not_call=wish, actor=request.actor)

    return _said_of_themselves(request, write, _("已保存。"))


def _said_of_themselves(
    request: StaffRequest, write: Callable[[UUID, datetime], None], done: str
) -> HttpResponse:
    """Pressed in the middle of a call: whatever comes of it, the words typed so far stay."""
    at = database_now()
    try:
        subject_id = handles.subject_of(request.POST.get("caller", ""))
    except NotFound:
        messages.error(request, _("来电人信息已过期，请重新按电话查找；填写的内容还在。"))
        return go_on(request, None, at=at)
    try:
        write(subject_id, at)
    except NotFound:
        messages.error(request, _("此人已不住在那里，或不归您登记。"))
    else:
        messages.success(request, done)
    return go_on(request, callers.known(subject_id, actor=request.actor), at=at)


def _namesakes(data: dict[str, Any], request: StaffRequest) -> list[Card]:
    """People of this name who live in the community under another number: it may be one of them.
    Asked once; whoever is another is written down."""
    unit = places.community(data["community"], actor=request.actor, permission=people.EDIT)
    if unit is None or "another" in request.POST:
        return []
    if not access.has(request.actor, people.LOOKUP, unit):
        return []
    here = {match.subject_id for match in people.find_by_phone(data["phone"])}
    found = people.find_by_name(data["name"], unit, actor=request.actor)
    return [callers.card(match) for match in found if match.subject_id not in here]


def _go_on(
    request: StaffRequest, subject_id: UUID, call: Call | None, at: datetime
) -> HttpResponse:
    if call is not None:
        call_service.identify(call, subject_id)
    known = callers.known(subject_id, actor=request.actor)
    return open_form(request, known, at=at, call=call)


def _registered(data: dict[str, Any], request: StaffRequest, at: datetime) -> UUID:
    unit = places.community(data["community"], actor=request.actor, permission=people.EDIT)
    dwelling = places.dwelling(unit, data["building"], data["room"]) if unit else None
    told = Introduction(
        data["name"], data["phone"], dwelling, OccupancyRole(data["role"]), data["is_minor"]
    )
    return registering.write_down(told, actor=request.actor, at=at)


def choose_among(
    request: StaffRequest,
    matches: list[people.CallerMatch],
    at: datetime,
    *,
    call: Call | None = None,
) -> HttpResponse:
    others = callers.open_tickets_of(matches, actor=request.actor)
    context = {
        **frame(request, at=at),
        "cards": [callers.card(match) for match in matches],
        "others": bench.list_rows(others, at=at, query=bench.query_of(request)),
        "call": call,
    }
    return render(request, "console/callers.html", context)


def new_person(
    request: StaffRequest,
    form: PersonForm,
    *,
    at: datetime,
    call: Call | None = None,
    namesakes: list[Card] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {**frame(request, at=at), "form": form, "call": call, "namesakes": namesakes}
    return render(request, "console/new_person.html", context, status=status)
