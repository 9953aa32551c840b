"""Policies: what is promised, the next version of it, what that would do, and applying it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.models import Policy
from complaints.services import policy_preview, policy_versions, recomputation
from console import settings_words as words
from console.door import StaffRequest, staff_page
from console.doorbell import ring_for_clocks
from console.forms.settings_policy import ApplyForm, PolicyForm
from core.clock import database_now
from core.errors import DeskError, InvalidInput, StaleVersion
from core.models import Job
from core.pages import refusals

MANAGE: Final = "organisation.manage"
JOBS_SHOWN: Final = 5
PREPARED: Final = 302


@staff_page(MANAGE)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    at = database_now()
    drafts = set(Policy.objects.filter(effective_from__isnull=True).values_list("code", flat=True))
    rows = Policy.objects.filter(effective_from__lte=at).select_related("calendar")
    rows = rows.prefetch_related("durations", "ladder__role")
    in_force = rows.order_by("code", "-effective_from", "-version").distinct("code")
    context = {
        "policies": [
            {"policy": each, "clocks": words.clocks_of(each), "drafted": each.code in drafts}
            for each in in_force
        ],
        "jobs": jobs(),
    }
    return render(request, "console/settings/policies.html", context)


@staff_page(MANAGE)
@require_GET
def shown(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, code, database_now())


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, code: str) -> HttpResponse:
    at = database_now()
    policy_versions.require_keeper(request.actor)
    tag = policy_versions.tag(code)
    base = policy_versions.draft_of(code) or policy_versions.in_force(code, at)
    form = PolicyForm(request.POST or None, policy=base)
    status = 200
    if request.method == "POST":
        status = _prepare(request, code, form, at) if form.is_valid() else refusals.INVALID
        if status == PREPARED:
            return redirect("console:settings_policy_preview", code)
    context = {"form": form, "policy": base, "tag": refusals.seen(request, tag, status)}
    return render(request, "console/settings/policy_edit.html", context, status=status)


def _prepare(request: StaffRequest, code: str, form: PolicyForm, at: datetime) -> int:
    """The status of the answer: prepared, or why not, which the form then says."""
    parts, by = (form.durations(), form.ladder()), _by(request, at)
    try:
        policy_versions.prepare(code, *parts, **by)
    except InvalidInput as error:
        form.refuse(error)
        return refusals.INVALID
    except StaleVersion as error:
        refusals.show(form, error)
        return refusals.status_of(error)
    return PREPARED


def _by(request: StaffRequest, at: datetime) -> dict[str, Any]:
    """Who changes it, when, and having read what."""
    return {"actor": request.actor, "at": at, "seen": request.POST.get("seen")}


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def preview(request: StaffRequest, code: str) -> HttpResponse:
    """What the prepared version would do; putting it in force is the second look."""
    policy_versions.require_keeper(request.actor)
    at, tag = database_now(), policy_versions.tag(code)
    draft = _draft(code)
    form = ApplyForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = refusals.INVALID
        if form.is_valid():
            try:
                moves = form.cleaned_data["scope"] == "open"
                policy_versions.apply(draft, moves_open_clocks=moves, **_by(request, at))
            except StaleVersion as error:
                refusals.show(form, error)
                status, draft = refusals.status_of(error), _draft(code)
            else:
                ring_for_clocks()
                messages.success(request, _("新版本已生效。"))
                return redirect("console:settings_policy", code)
    found = policy_preview.of_version(draft, at=at)
    context = {
        "form": form,
        "policy": draft,
        "clocks": words.clocks_of(draft),
        "tag": refusals.seen(request, tag, status),
        **impact(found),
    }
    return render(request, "console/settings/policy_preview.html", context, status=status)


@staff_page(MANAGE)
@require_POST
def discard(request: StaffRequest, code: str) -> HttpResponse:
    try:
        policy_versions.discard(_draft(code), **_by(request, database_now()))
    except StaleVersion as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已放弃未生效的版本。"))
    return redirect("console:settings_policy", code)


def impact(found: policy_preview.Preview) -> dict[str, Any]:
    return {"found": found, "shifts": words.shifts_of(found), "calls": words.calls_of(found)}


def jobs() -> list[Job]:
    """Recomputations, the newest first."""
    return list(Job.objects.filter(kind=recomputation.JOB).order_by("-pk")[:JOBS_SHOWN])


def _draft(code: str) -> Policy:
    draft = policy_versions.draft_of(code)
    if draft is None:
        raise Http404
    return draft


def _page(request: StaffRequest, code: str, at: datetime) -> HttpResponse:
    try:
        current = policy_versions.in_force(code, at)
    except DeskError as error:
        raise Http404 from error
    versions = Policy.objects.filter(Q(code=code)).select_related("calendar").order_by("-version")
    context = {
        "policy": current,
        "clocks": words.clocks_of(current),
        "versions": versions,
        "draft": policy_versions.draft_of(code),
        "tag": policy_versions.tag(code),
        "jobs": jobs(),
    }
    return render(request, "console/settings/policy.html", context)
