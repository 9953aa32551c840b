"""The environment channel of one community: what was raised and done, and a way to raise more."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Final

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from complaints import environment_figures
from complaints.models import PublicSummary, Ticket
from complaints.periods import Period
from complaints.services import follow_up, open_reports
from complaints.services.open_reports import OpenReport
from core.actors import NOBODY, Actor
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from core.services.unnamed import count_try
from organisation.enums import UnitLevel
from organisation.models import Unit
from portal.forms.public import OpenReportForm
from portal.unnamed import is_complete
from portal.views.danger import is_told

MOST_SUMMARIES: Final = 50
NAMES: Final = {"photo": "photos", "draft": "photos"}
QR_SCALE: Final = 8


@require_GET
def channel(request: HttpRequest, code: str) -> HttpResponse:
    """What everybody may read: summaries that were published, and the figures of the month."""
    unit = _community(code)
    month = Period.month_of(timezone.localdate(database_now()))
    summaries = PublicSummary.objects.published(unit).order_by("-published_at", "-pk")
    context = {
        "unit": unit,
        "month": environment_figures.of_community(month, unit),
        "number": month.number,
        "summaries": summaries[:MOST_SUMMARIES],
    }
    return render(request, "public/environment.html", context)


# No cookie tells one browser from another here, so there is nothing of anybody's to be forged.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    unit, at = _community(code), database_now()
    sent = request.method == "POST"
    form = OpenReportForm(request.POST if sent else None, request.FILES if sent else None)
    if not is_complete(request, form, "open_report", at=at):
        return _asked(request, unit, form, refusals.INVALID if sent else 200)
    try:
        count_try("open_report", request, at=at)
        draft = form.keep(actor=NOBODY, at=at)
        if form.errors:
            return _asked(request, unit, form, refusals.INVALID)
        said = {name: form.cleaned_data[name] for name in ("kind", "body", "place")}
        ticket = _submit_once(request, OpenReport(unit, **said, draft_id=draft), at)
    except DeskError as error:
        refusals.show(form, error, NAMES)
        return _asked(request, unit, form, refusals.status_of(error))
    context = {
        "ticket": ticket,
        "code": follow_up.issue(ticket, at=at),
        "danger": is_told(request.POST),
        "back_url": _home(unit),
    }
    return render(request, "public/sent.html", context)


@require_GET
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet for the notice board, with the QR code of the channel."""
    unit = _community(code)
    context = {"unit": unit, "address": _address(unit), "back_url": _home(unit)}
    return render(request, "public/poster.html", context)


@require_GET
def qr_code(request: HttpRequest, code: str) -> HttpResponse:
    drawing = io.BytesIO()
    picture = segno.make_qr(_address(_community(code)), error="m")
    picture.save(drawing, kind="svg", scale=QR_SCALE, light="#fff", xmldecl=False)
    response = HttpResponse(drawing.getvalue(), content_type="image/svg+xml")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _submit_once(request: HttpRequest, told: OpenReport, at: datetime) -> Ticket:
    def create() -> str:
        return str(open_reports.report(told, at=at).pk)

    number = done_once(request, f"open:{told.unit.pk}", create, actor=NOBODY, at=at)
    return Ticket.objects.visible_to(Actor.code_holder(int(number))).get()


def _community(code: str) -> Unit:
    unit = Unit.objects.filter(code=code, level=UnitLevel.COMMUNITY).first()
    if unit is None:
        raise Http404
    return unit


def _home(unit: Unit) -> str:
    return reverse("public:environment", args=[unit.code])


def _address(unit: Unit) -> str:
    return settings.PUBLIC_URL.rstrip("/") + _home(unit)


def _asked(request: HttpRequest, unit: Unit, form: OpenReportForm, status: int) -> HttpResponse:
    context = {
        "unit": unit,
        "form": form,
        "kept": len(form.kept(NOBODY)),
        "danger": is_told(request.POST),
        "back_url": _home(unit),
    }
    return render(request, "public/open_report.html", context, status=status)
