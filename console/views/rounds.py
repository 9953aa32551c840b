"""Sampling rounds: planned before anybody can know, frozen, drawn, inspected, reported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.door import StaffRequest, staff_page
from console.forms.quality import PlanForm
from core.actors import Actor
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from organisation import access
from quality.enums import RoundState
from quality.models import Round
from quality.services import inspection, preview, rounds

PLAN: Final = "quality.plan"
INSPECT: Final = "quality.inspect"
Step = Callable[..., Round]

#: what moves a round on, by the state in which it may
STEPS: Final[dict[str, Step]] = {
    "freeze": rounds.freeze,
    "draw": rounds.draw,
    "report": inspection.report,
}


@staff_page("quality.view")
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    found = Round.objects.visible_to(request.actor).with_progress()
    context = {
        "rounds": found.order_by("-starts_at", "-pk"),
        "may_plan": access.has(request.actor, PLAN),
    }
    return render(request, "console/rounds.html", context)


@staff_page(PLAN)
@require_http_methods(["GET", "POST"])
def plan(request: StaffRequest) -> HttpResponse:
    at = database_now()
    form = PlanForm(request.POST or None, at=at)
    if request.method == "GET":
        return render(request, "console/round_plan.html", {"form": form, **_sizes(None, at)})
    status = refusals.INVALID
    if form.is_valid():
        try:
            made = _plan_once(request, form, at)
        except DeskError as error:
            refusals.show(form, error, at="cut_off_at")
            status = refusals.status_of(error)
        else:
            return redirect("console:round", made)
    context = {"form": form, **_sizes(form if form.is_valid() else None, at)}
    return render(request, "console/round_plan.html", context, status=status)


@staff_page(PLAN)
@require_POST
def sizes(request: StaffRequest) -> HttpResponse:
    """The size calculator: what the plan as it stands would have to inspect."""
    at = database_now()
    form = PlanForm(request.POST, at=at)
    context = _sizes(form if form.is_valid() else None, at)
    return render(request, "console/round_plan.html#sizes", context)


@staff_page("quality.view")
@require_GET
def shown(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return page(request, find(public_id, request.actor), at=database_now())


@staff_page(PLAN)
@require_POST
def step(request: StaffRequest, public_id: UUID, name: str) -> HttpResponse:
    """Freeze, draw or report. What is refused is said on the round's page."""
    if name not in STEPS:
        raise Http404
    at = database_now()
    found = find(public_id, request.actor)
    try:
        STEPS[name](found, actor=request.actor, at=at)
    except DeskError as error:
        if error.code == "not_allowed":
            raise
        messages.error(request, str(error))
        return page(request, found, at=at, status=refusals.status_of(error))
    return redirect("console:round_report" if name == "report" else "console:round", public_id)


def find(public_id: UUID, actor: Actor) -> Round:
    rows = Round.objects.visible_to(actor).with_progress()
    found = rows.select_related("checklist", "planned_by").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def page(request: StaffRequest, found: Round, *, at: datetime, status: int = 200) -> HttpResponse:
    context = {
        "round": found,
        "steps": [_("已计划"), _("已冻结"), _("已抽样"), _("已出报告")],
        "step": list(RoundState).index(RoundState(found.state)) + 1,
        "strata": found.strata.order_by("region_code", "-certainty", "code"),
        "population": found.members.count(),
        "last_moment": found.ends_at - timedelta(seconds=1),
        "may_freeze": at >= found.cut_off_at,
        "may_plan": access.has(request.actor, PLAN),
        "may_inspect": access.has(request.actor, INSPECT),
        "done": found.inspected + found.absent,  # type: ignore[attr-defined]  # annotated by find
        "confidence": f"{found.confidence_permille / 10:g} %",
        "margin": f"± {found.margin_permille / 10:g} %",
    }
    return render(request, "console/round.html", context, status=status)


def _plan_once(request: StaffRequest, form: PlanForm, at: datetime) -> str:
    def make() -> str:
        return str(rounds.plan(form.plan(), actor=request.actor, at=at).public_id)

    return done_once(request, "round", make, actor=request.actor, at=at)


def _sizes(form: PlanForm | None, at: datetime) -> dict[str, Any]:
    """Nothing to show for a form that is not complete yet."""
    if form is None:
        return {"regions": None}
    found = preview.sizes(form.plan(), at=at)
    return {
        "regions": found,
        "population": sum(region.population for region in found),
        "sample": sum(region.sample for region in found),
    }
