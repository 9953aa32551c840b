"""The public form for notices about intellectual property."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from complaints.services import follow_up, ip_notices
from complaints.services.ip_notices import NewNotice
from core.actors import NOBODY
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.services.unnamed import count_try
from portal.forms.public import IpNoticeForm
from portal.unnamed import is_complete

NAMES: Final = {"photo": "photos", "draft": "photos", "place": "location"}
SAID: Final = ("right_kind", "right", "holder", "contact", "location", "body", "in_good_faith")


# No cookie tells one browser from another here, so there is nothing of anybody's to be forged.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest) -> HttpResponse:
    at = database_now()
    sent = request.method == "POST"
    form = IpNoticeForm(request.POST if sent else None, request.FILES if sent else None)
    if not is_complete(request, form, "open_report", at=at):
        return _asked(request, form, refusals.INVALID if sent else 200)
    try:
        return _take(request, form, at)
    except DeskError as error:
        refusals.show(form, error, NAMES)
        return _asked(request, form, refusals.status_of(error))


def _take(request: HttpRequest, form: IpNoticeForm, at: datetime) -> HttpResponse:
    """The key of who gives notice is committed before the ticket, so it cannot be kept with an
    answer for a form that is sent twice: the second is a notice of its own, to be rejected."""
    count_try("open_report", request, at=at)
    draft = form.keep(actor=NOBODY, at=at)
    if form.errors:
        return _asked(request, form, refusals.INVALID)
    said = {name: form.cleaned_data[name] for name in SAID}
    ticket = ip_notices.take(NewNotice(**said, draft_id=draft), at=at)
    context = {"ticket": ticket, "code": follow_up.issue(ticket, at=at)}
    return render(request, "public/sent.html", context)


def _asked(request: HttpRequest, form: IpNoticeForm, status: int) -> HttpResponse:
    context = {"form": form, "kept": len(form.kept(NOBODY))}
    return render(request, "public/ip_notice.html", context, status=status)
