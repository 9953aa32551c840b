"""Robots and webhooks: the list, a new one, and what is done to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from console.door import StaffRequest, staff_page
from console.forms.messages import EndpointForm, ReplayForm
from console.views.outbox import tabs
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from notifications.models import Endpoint
from notifications.services import endpoints

MANAGE: Final = "organisation.manage"


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def listed(request: StaffRequest) -> HttpResponse:
    at = database_now()
    form = EndpointForm(request.POST or None, actor=request.actor)
    if request.method == "GET":
        return _page(request, form, at)
    status = refusals.INVALID
    if form.is_valid():
        try:
            made, secret = endpoints.create(form.new(), actor=request.actor, at=at)
        except DeskError as error:
            refusals.show(form, error)
            status = refusals.status_of(error)
        else:
            shown = secret if made.channel == "webhook" else ""
            blank = EndpointForm(actor=request.actor)
            return _page(request, blank, at, made=made, secret=shown)
    return _page(request, form, at, status=status)


@staff_page(MANAGE)
@require_POST
def act(request: StaffRequest, public_id: UUID, verb: str) -> HttpResponse:
    at = database_now()
    try:
        match verb:
            case "rotate":
                made, secret = endpoints.rotate(public_id, actor=request.actor, at=at)
                form = EndpointForm(actor=request.actor)
                return _page(request, form, at, made=made, secret=secret)
            case "stop":
                endpoints.stop(public_id, actor=request.actor, at=at)
            case "start":
                endpoints.start(public_id, actor=request.actor, at=at)
            case "replay":
                _replay(request, public_id, at)
            case _:
                raise Http404
    except DeskError as error:
        if error.code in ("not_allowed", "not_found"):
            raise
        messages.error(request, _words(error))
    return redirect("console:endpoints")


def _replay(request: StaffRequest, public_id: UUID, at: datetime) -> None:
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写从何时起重发。"))
        return
    since = form.cleaned_data["since"]
    count = endpoints.replay(public_id, since=since, actor=request.actor, at=at)
    words = ngettext("%(count)d 条已重新排队。", "%(count)d 条已重新排队。", count)
    messages.success(request, words % {"count": count})


def _words(error: DeskError) -> str:
    said = [str(text) for texts in error.fields.values() for text in texts]
    return " ".join(said) or str(error)


def _page(
    request: StaffRequest,
    form: EndpointForm,
    at: datetime,
    *,
    made: Endpoint | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    """A new secret is shown in the answer that made it, and never again."""
    found = Endpoint.objects.visible_to(request.actor).select_related("unit")
    context: dict[str, Any] = {
        "tabs": tabs("endpoints"),
        "rows": found.order_by("-active", "channel", "name"),
        "form": form,
        "made": made,
        "secret": secret,
        "at": at,
    }
    return render(request, "console/endpoints.html", context, status=status)
