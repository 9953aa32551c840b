"""Corrective actions of one's units: what is open, late, to be verified, verified."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from complaints.enums import RemedyState
from complaints.link_querysets import RemedyQuerySet
from complaints.models import CorrectiveAction
from complaints.photo_form import WithPhotos
from console import corrective, entries, places
from console.corrective import Step
from console.counting import counts_of, said
from console.door import StaffRequest, staff_page
from console.forms.corrective import StepForm
from console.frame import VIEW
from core import paging
from core.clock import database_now
from core.errors import DeskError, InvalidInput
from core.pages import refusals
from core.pages.once import done_once
from organisation.services.posts import local_date

SIZE: Final = 30
ORDER: Final = ("due_on", "id")
TABS: Final = {
    "open": gettext_lazy("整改中"),
    "late": gettext_lazy("逾期"),
    "done": gettext_lazy("待验收"),
    "verified": gettext_lazy("已验收"),
}


@staff_page(*VIEW)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    at = database_now()
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in TABS else "open"
    typed = request.GET.get("community", "").strip()[:200]
    rows, problem = _within(CorrectiveAction.objects.visible_to(request.actor), typed, request)
    picked = {code: _pick(rows, code, at) for code in TABS}
    page = _page(picked[chosen], request.GET.get("after", ""))
    context = {
        "tabs": _tabs(picked, chosen, typed),
        "tab": chosen,
        "rows": corrective.rows(page.rows, actor=request.actor, at=at),
        "community": typed,
        "problem": problem,
        "following": _url(chosen, typed, page.next_cursor),
        "previous": _url(chosen, typed, page.previous_cursor),
    }
    return render(request, "console/corrective.html", context)


@staff_page(*VIEW)
@require_http_methods(["GET", "POST"])
def step(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """The form of one step, and taking it. A refusal comes back with what was typed."""
    at = database_now()
    rows = CorrectiveAction.objects.visible_to(request.actor).for_list()
    action = rows.filter(public_id=public_id).first()
    wanted = corrective.STEPS.get(code)
    if action is None or wanted is None:
        raise Http404
    typed = (request.POST or None, request.FILES or None)
    form = corrective.form_for(wanted, action, *typed, actor=request.actor, at=at)
    status = _take(request, action, wanted, form, at) if request.method == "POST" else 0
    if status == DONE:
        said_so = _("%(what)s：已完成") % {"what": wanted.label}
        messages.success(request, said_so)
        return redirect("console:corrective")
    (row,) = corrective.rows([action], actor=request.actor, at=at)
    context = {
        **row,
        "step": wanted,
        "form": form,
        "kept": entries.kept(form, request.actor),
    }
    return render(request, "console/corrective_step.html", context, status=status or DONE)


DONE: Final = 200


def _take(
    request: StaffRequest, action: CorrectiveAction, wanted: Step, form: StepForm, at: datetime
) -> int:
    """Returns DONE, or the status of the refusal, which the form then shows."""
    if not form.is_valid():
        return refusals.INVALID
    draft = form.keep(actor=request.actor, at=at) if isinstance(form, WithPhotos) else None
    if form.errors:
        return refusals.INVALID
    extra: dict[str, Any] = {"draft_id": draft} if isinstance(form, WithPhotos) else {}

    def perform() -> str:
        wanted.perform(action, actor=request.actor, at=at, **form.arguments(), **extra)
        return wanted.code

    try:
        done_once(request, f"{wanted.code}:{action.pk}", perform, actor=request.actor, at=at)
    except DeskError as error:
        if error.code in ("not_allowed", "not_found"):
            raise
        refusals.show(form, error, {"photo": "photos", "draft": "photos"})
        return refusals.status_of(error)
    return DONE


def _within(rows: RemedyQuerySet, typed: str, request: StaffRequest) -> tuple[RemedyQuerySet, str]:
    try:
        unit = places.community(typed, actor=request.actor, permission="tickets.view")
    except InvalidInput as error:
        return rows.none(), str(error.fields["community"][0])
    return (rows.filter(ticket__unit__path__startswith=unit.path) if unit else rows), ""


def _pick(rows: RemedyQuerySet, code: str, at: datetime) -> RemedyQuerySet:
    if code == "late":
        return rows.late(local_date(at))
    return rows.filter(state=RemedyState(code))


def _page(rows: RemedyQuerySet, cursor: str) -> paging.Page[CorrectiveAction]:
    return paging.page_or_first(rows.for_list(), order=ORDER, size=SIZE, cursor=cursor)


def _tabs(picked: dict[str, RemedyQuerySet], chosen: str, typed: str) -> list[dict[str, Any]]:
    counts = counts_of(picked)
    return [
        {
            "label": label,
            "count": said(counts[code]),
            "url": _address(code, typed),
            "current": code == chosen,
        }
        for code, label in TABS.items()
    ]


def _address(tab: str, typed: str, **more: str) -> str:
    wanted = {"tab": tab, "community": typed, **more}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{reverse('console:corrective')}?{query}"


def _url(tab: str, typed: str, cursor: str | None) -> str:
    return _address(tab, typed, after=cursor) if cursor else ""
