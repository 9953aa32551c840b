"""Work calendars: a year at a glance, announcing a year, and a region's own days; each change is
looked at before it counts."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from complaints.services import calendar_versions
from complaints.services.policy_preview import Preview
from console import year as years
from console.door import StaffRequest, staff_page
from console.doorbell import ring_for_clocks
from console.forms.settings_calendar import AnnounceForm, OverrideForm, UnitForm, lines_of
from console.units import Units
from console.views.settings_policies import impact, jobs
from core.clock import database_now
from core.errors import InvalidInput, StaleVersion
from core.pages import refusals
from organisation import access
from organisation.checks import years_wanted
from organisation.models import Unit, WorkCalendar
from organisation.services import calendars
from organisation.services.posts import local_date

MANAGE: Final = "organisation.manage"
FIRST, LAST = 2000, 2199


@staff_page(MANAGE)
@require_GET
def shown(request: StaffRequest) -> HttpResponse:
    """The whole company's calendar, or that of the unit in the address."""
    today = local_date(database_now())
    year = _year(request, today.year)
    default = calendars.default_calendar()
    form = UnitForm(request.GET or None, units=Units(request.actor, MANAGE))
    unit = form.cleaned_data["unit"] if form.is_valid() else None
    row = calendars.row_of(unit) if unit else default
    known = calendars.known_years()
    context = {
        "year": year,
        "months": years.months_of(year, row),
        "calendar": row,
        "unit": unit,
        "form": form,
        "source": (row.base or row).years.filter(year=year).first(),
        "missing": [each for each in years_wanted(today) if each not in known],
        "regions": calendars.newest_regional(default),
        "versions": WorkCalendar.objects.filter(code=row.code).order_by("-version")[:8],
        "jobs": jobs(),
    }
    status = refusals.INVALID if form.errors else 200
    return render(request, "console/settings/calendar.html", context, status=status)


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def announce(request: StaffRequest) -> HttpResponse:
    """First the effect, then, with the second look, the announcement."""
    if not access.scope(request.actor, MANAGE).everything:
        raise Http404
    at = database_now()
    form = AnnounceForm(request.POST or None)
    found: Preview | None = None
    if request.method == "POST" and form.is_valid():
        if _seen(form, request):
            sources = dict.fromkeys(form.years, form.cleaned_data["source"])
            try:
                calendar_versions.announce(form.days, sources=sources, **_by(request, at))
            except StaleVersion as error:
                refusals.show(form, error)
            else:
                return _done(request, f"?year={form.years[-1]}")
        found = calendar_versions.preview_announcement(form.days, form.years, at=at)
    return _two_looks(request, "console/settings/calendar_announce.html", form, found, None)


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def override(request: StaffRequest, code: str) -> HttpResponse:
    at, unit = database_now(), _unit(code, request)
    own = calendar_versions.own_days(unit)
    form = OverrideForm(request.POST or None, initial={"lines": lines_of(own)})
    found: Preview | None = None
    if request.method == "POST" and form.is_valid():
        week = calendar_versions.own_week(unit)
        try:
            if _seen(form, request):
                calendar_versions.override(unit, form.days, week=week, **_by(request, at))
                return _done(request, f"?unit={unit.code}")
            found = calendar_versions.preview_override(unit, form.days, week, at=at)
        except (InvalidInput, StaleVersion) as error:
            refusals.show(form, error, {"days": "lines"})
    return _two_looks(request, "console/settings/calendar_override.html", form, found, unit)


def _by(request: StaffRequest, at: datetime) -> dict[str, Any]:
    """Who changes it, when, and having read what."""
    return {"actor": request.actor, "at": at, "seen": request.POST.get("tag")}


def _digest(form: Form) -> str:
    return sha256(form.cleaned_data["lines"].encode()).hexdigest()


def _seen(form: Form, request: StaffRequest) -> bool:
    """Whether the effect that was looked at is that of these very lines."""
    return form.cleaned_data["looked"] and request.POST.get("seen") == _digest(form)


def _two_looks(
    request: StaffRequest, template: str, form: Form, found: Preview | None, unit: Unit | None
) -> HttpResponse:
    shown = {**impact(found), "seen": _digest(form)} if found is not None else {}
    # what was read stays what it was, until the answer says that it has changed
    read = None if form.non_field_errors() else request.POST.get("tag")
    context = {"form": form, "unit": unit, "tag": read or calendar_versions.tag(unit), **shown}
    status = refusals.INVALID if form.errors else 200
    return render(request, template, context, status=status)


def _done(request: StaffRequest, query: str) -> HttpResponse:
    ring_for_clocks()
    messages.success(request, _("新日历已生效，未结工单正在重算。"))
    response = redirect("console:settings_calendar")
    response["Location"] += query
    return response


def _unit(code: str, request: StaffRequest) -> Unit:
    """A unit that the actor keeps; 404 for any other."""
    unit = Unit.objects.filter(access.scope(request.actor, MANAGE).q(""), code=code).first()
    if unit is None:
        raise Http404
    return unit


def _year(request: StaffRequest, current: int) -> int:
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else current
    return year if FIRST <= year <= LAST else current
