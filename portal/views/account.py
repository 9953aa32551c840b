"""Where somebody lives, in which language the desk writes to them, and what it told them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from core.clock import database_now
from notifications import inbox
from notifications.enums import Pace
from notifications.services import preferences
from organisation.enums import Language
from portal import homes
from portal.door import ResidentRequest, resident_page
from residents.models import Person
from residents.services import people

PAGE: Final = 50


@require_GET
@resident_page
def account(request: ResidentRequest) -> HttpResponse:
    at = database_now()
    lived_in = homes.homes_of(request.actor, at=at)
    others = homes.household(lived_in, request.resident.kin, at=at)
    person = Person.objects.filter(pk=request.resident.subject_id).first()
    context = {
        "homes": [(home, others.get(home.dwelling_id, [])) for home in lived_in],
        "languages": Language.choices,
        "chosen": person.preferred_language if person else Language.CHINESE,
        "told_by": _told_by(request.resident.subject_id),
        "do_not_call": person is not None and person.do_not_call,
    }
    return render(request, "portal/account.html", context)


@require_POST
@resident_page
def choose_language(request: ResidentRequest) -> HttpResponse:
    """For messages, and for the pages on this device."""
    chosen = request.POST.get("language", "")
    if chosen not in Language.values:
        return redirect("portal:account")
    people.choose_language(request.resident.subject_id, Language(chosen), actor=request.actor)
    with translation.override(chosen):
        messages.success(request, _("已保存。"))
    response = set_language(request)
    response["Location"] = reverse("portal:account")
    return response


@require_POST
@resident_page
def choose_channels(request: ResidentRequest) -> HttpResponse:
    """Which ways the desk may use to tell how a report goes, and whether its staff may ring up; the
    page of notices has everything."""
    wanted = request.POST.getlist("channel")
    choices: dict[tuple[str, str], Pace] = {
        (topic, channel): Pace.AT_ONCE if channel in wanted else Pace.NEVER
        for topic, channel in preferences.OF_RESIDENTS
    }
    preferences.choose_for_subject(request.resident.subject_id, choices)
    people.choose_calls(
        request.resident.subject_id,
        do_not_call="do_not_call" in request.POST,
        actor=request.actor,
    )
    messages.success(request, _("已保存。"))
    return redirect("portal:account")


def _told_by(subject_id: UUID) -> list[dict[str, Any]]:
    kept = preferences.of_subject(subject_id)
    return [
        {
            "code": channel.value,
            "name": channel.label,
            "chosen": kept.get((topic, channel), Pace.AT_ONCE) is Pace.AT_ONCE,
        }
        for topic, channel in preferences.OF_RESIDENTS
    ]


@require_GET
@resident_page
def notices(request: ResidentRequest) -> HttpResponse:
    """Opening the page is reading it: what was new until now is marked for this one time."""
    kin = request.resident.kin
    before = request.GET.get("before", "")
    before_id = int(before) if before.isdecimal() else None
    rows = inbox.of_subjects(kin, before_id=before_id, limit=PAGE)
    more = len(rows) == PAGE
    inbox.mark_read_of(kin, at=database_now())
    following = f"?before={rows[-1].notice.pk}" if more else ""
    context = {"rows": rows, "following": following}
    return render(request, "portal/notices.html", context)
