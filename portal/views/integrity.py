"""Report about integrity without saying who one is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from complaints.models import Ticket
from complaints.services import follow_up, integrity
from complaints.services.integrity import Report
from core.actors import NOBODY, Actor
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from core.services.unnamed import count_try
from organisation.enums import UnitLevel
from organisation.models import Unit
from portal.forms.integrity import ReportForm
from portal.unnamed import is_complete
from portal.views.danger import is_told

#: from the service's fields to the form's
NAMES = {"photo": "photos", "draft": "photos"}


# No cookie tells one browser from another here, so there is nothing of anybody's to be forged.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    at = database_now()
    sent = request.method == "POST"
    form = ReportForm(
        request.POST if sent else None, request.FILES if sent else None, units=units()
    )
    if not is_complete(request, form, "integrity_report", at=at):
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
    context = {
        "ticket": ticket,
        "code": follow_up.issue(ticket, at=at),
        "danger": is_told(request.POST),
    }
    return render(request, "public/sent.html", context)


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


def _asked(request: HttpRequest, form: ReportForm, status: int) -> HttpResponse:
    context = {
        "form": form,
        "kept": len(form.kept(NOBODY)),
        "danger": is_told(request.POST),
    }
    return render(request, "public/integrity.html", context, status=status)
