"""The privacy centre: what is on file, what was agreed to, who looked, and how to change it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.clock import database_now
from core.masking import mask_email, mask_name, mask_phone
from organisation.enums import Language
from portal import consents, disclosures, notice, policy_text, request_steps
from portal.door import ResidentRequest, resident_of, resident_page
from privacy.rights.models import PrivacyRequest
from privacy.vault.enums import Application
from privacy.vault.models import PolicyDocument
from residents.enums import ContactKind
from residents.services import contacts, devices, new_numbers, people

LATEST_SEEN = 3
ALL_SEEN = 100


@require_GET
@resident_page
def centre(request: ResidentRequest) -> HttpResponse:
    at, subject_id = database_now(), request.resident.subject_id
    kin, policy = request.resident.kin, notice.policy_for(request, at=at)
    mine = PrivacyRequest.objects.visible_to(request.actor).select_related("ticket")
    context = {
        "switches": consents.switches(subject_id, policy, at=at),
        "policy": policy,
        "seen": disclosures.seen(kin, most=LATEST_SEEN),
        "on_file": _on_file(subject_id),
        "number_waits": new_numbers.waiting(kin) is not None,
        "requests": [_request_row(row) for row in mine.order_by("-received_at")],
        "other_devices": devices.live_count(kin) - 1,
    }
    return render(request, "portal/privacy.html", context)


@require_POST
@resident_page
def turn_consent(request: ResidentRequest, purpose: str) -> HttpResponse:
    at, on = database_now(), request.POST.get("on") == "1"
    consents.turn(
        request.resident.subject_id,
        purpose,
        on=on,
        policy=notice.policy_for(request, at=at),
        actor=request.actor,
        device=request.headers.get("User-Agent", ""),
        at=at,
    )
    messages.success(request, _("已同意，随时可以撤回。") if on else _("已撤回，服务不受影响。"))
    return redirect("portal:privacy")


@require_GET
@resident_page
def seen(request: ResidentRequest) -> HttpResponse:
    context = {
        "seen": disclosures.seen(request.resident.kin, most=ALL_SEEN),
        "most": ALL_SEEN,
        "back_url": reverse("portal:privacy"),
    }
    return render(request, "portal/seen.html", context)


@require_POST
@resident_page
def sign_out_others(request: ResidentRequest) -> HttpResponse:
    who = request.resident
    count = devices.revoke_all(who.kin, at=database_now(), keep_id=who.device_id)
    messages.success(request, _("已退出其他 %(n)d 台设备。") % {"n": count})
    return redirect("portal:privacy")


@require_GET
def policy(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """Anybody may read it, in force or older."""
    at = database_now()
    shown = notice.policy_for(request, at=at)
    others = PolicyDocument.objects.in_force(at).filter(
        application=Application.RESIDENTS_APP,
        legal_entity_code=shown.legal_entity_code,
        language=shown.language,
    )
    if version is not None:
        shown = others.filter(version=version).first() or _not_there()
    context = {
        "policy": shown,
        "blocks": policy_text.blocks(shown.text),
        "versions": others.values_list("version", flat=True),
        "back_url": reverse("portal:privacy") if resident_of(request) else "",
    }
    return render(request, "portal/policy.html", context)


def _request_row(row: PrivacyRequest) -> dict[str, Any]:
    return {
        "url": reverse("portal:request_status", args=[row.public_id]),
        "title": request_steps.title(row),
        "state": row.state,
        "words": request_steps.state_words(row),
        "reference": row.ticket.reference,
        "at": row.received_at,
    }


def _not_there() -> PolicyDocument:
    raise Http404


def _on_file(subject_id: UUID) -> dict[str, Any]:
    [person] = people.describe([subject_id])
    held = contacts.texts_of(subject_id)
    return {
        "name": mask_name(person.name or ""),
        "phones": [mask_phone(text) for text in held[ContactKind.PHONE]],
        "emails": [mask_email(text) for text in held[ContactKind.EMAIL]],
        "language": Language(person.language).label,
    }
