"""Report about integrity without saying who one is, and follow it by a code."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from complaints import reading
from complaints.enums import Entry
from complaints.models import Ticket
from complaints.policies import NO_ENTRY_IN
from complaints.services import follow_up, integrity, timeline
from complaints.services.integrity import Report
from core.actors import NOBODY, Actor
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from core.services.unnamed import count_try
from organisation.enums import UnitLevel
from organisation.models import Unit
from portal import parcels
from portal.forms.integrity import CodeForm, MoreForm, ReportForm

#: from the service's fields to the form's
NAMES = {"photo": "photos", "draft": "photos"}


# No cookie tells one browser from another here, so there is nothing of anybody's to be forged.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    at = database_now()
    sent = request.method == "POST"
    form = ReportForm(request.POST or None, request.FILES or None, units=units())
    if not sent or not form.is_valid():
        return _asked(request, form, refusals.INVALID if sent else 200)
    try:
        count_try("integrity_report", request, at=at)
        draft = form.keep(actor=NOBODY, at=at)
        if form.errors:
            return _asked(request, form, refusals.INVALID)
        ticket = _submit_once(request, _told(form, draft), at)
    except DeskError as error:
        refusals.show(form, error, NAMES)
        return _asked(request, form, refusals.status_of(error))
    context = {"ticket": ticket, "code": follow_up.issue(ticket, at=at)}
    return render(request, "public/integrity_sent.html", context)


@csrf_exempt  # as above; the code is sent along each time and stands in no address
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code, show the report it opens, and take what is added to it."""
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _asked_code(request, form, 200 if request.method == "GET" else refusals.INVALID)
    at = database_now()
    try:
        count_try("integrity_code", request, at=at)
        ticket, holder = follow_up.open_with(form.cleaned_data["code"])
    except DeskError as error:
        refusals.show(form, error, at="code")
        return _asked_code(request, form, refusals.status_of(error))
    if "text" not in request.POST:
        return _shown(request, ticket, holder, _more(form))
    return _add(request, ticket, holder, at)


def units() -> list[Unit]:
    """The group and its regions: nobody has to know how the company is built below them."""
    levels = (UnitLevel.GROUP, UnitLevel.REGION)
    return list(Unit.objects.filter(level__in=levels).order_by("path"))


def _told(form: ReportForm, draft: UUID | None) -> Report:
    said = form.cleaned_data
    return Report(said["unit"], said["body"], said["about"], draft)


def _submit_once(request: HttpRequest, told: Report, at: datetime) -> Ticket:
    def create() -> str:
        return str(integrity.report_anonymously(told, at=at).pk)

    number = done_once(request, "integrity", create, actor=NOBODY, at=at)
    return Ticket.objects.visible_to(Actor.code_holder(int(number))).get()


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


def _asked(request: HttpRequest, form: ReportForm, status: int) -> HttpResponse:
    context = {"form": form, "kept": len(form.kept(NOBODY))}
    return render(request, "public/integrity.html", context, status=status)


def _asked_code(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    context = {"form": form, "back_url": reverse("public:integrity")}
    return render(request, "public/integrity_code.html", context, status=status)


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
        "parcels": parcels.rows_without_photos(reading.timeline(ticket, holder)),
        "form": form if ticket.state not in NO_ENTRY_IN[Entry.ADD] else None,
        "kept": len(form.kept(NOBODY)),
        "added": added,
        "back_url": reverse("public:integrity"),
    }
    return render(request, "public/integrity_report.html", context, status=status)
