"""Report in three steps: what, where, say and show. What was chosen travels in the address, what
was typed in the form itself, so that nothing has to be kept before it is sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.enums import Channel, Kind, Protection, TextRole
from complaints.gravity import danger_in
from complaints.models import Category
from complaints.services import catalogue
from complaints.services.intake import NewTicket, danger_of, submit
from complaints.services.texts import LONGEST
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from portal import homes, kinds, notice, pictures
from portal.door import ResidentRequest, resident_page
from portal.forms.report import Place, SayForm, WhereForm
from portal.kinds import Offer
from portal.views.tickets import DANGER

STEPS = (_("什么事"), _("在哪里"), _("说一说"))
WHERE, SAY = "where", "say"
#: from the service's fields to the form's
NAMES = {"photo": "photos", "category": "body", "unit": "body", "place": "body"}


def what(request: ResidentRequest) -> HttpResponse:
    """The first page of who is signed in."""
    return render(request, "portal/report_kinds.html", {"steps": STEPS, "offers": kinds.OFFERS})


@require_GET
@resident_page
def about(request: ResidentRequest, kind: str) -> HttpResponse:
    """What a report of this kind can be about; requests about personal data have their own page."""
    if kind == Kind.PRIVACY:
        return redirect("portal:privacy")
    offer = _offer(kind)
    often, others = kinds.categories(offer, catalogue.current().categories)
    context = {
        "steps": STEPS,
        "offer": offer,
        "often": [(row, kinds.examples(row)) for row in often],
        "others": others,
        "back_url": reverse("portal:home"),
    }
    return render(request, "portal/report_categories.html", context)


@require_http_methods(["GET", "POST"])
@resident_page
def report(request: ResidentRequest, kind: str, code: str) -> HttpResponse:
    """The second and the third step, told apart by `step` of what was sent."""
    offer, at = _offer(kind), database_now()
    category = _category(offer, code)
    lived_in = homes.homes_of(request.actor, at=at)
    if not lived_in:
        return render(request, "portal/no_home.html", {"back_url": reverse("portal:home")})
    where = WhereForm(request.POST or None, homes=lived_in)
    step = request.POST.get("step", "")
    if step not in (WHERE, SAY) or not where.is_valid():
        return _ask_where(request, offer, category, where)
    say = SayForm(request.POST, request.FILES) if step == SAY else SayForm()
    if offer.kind is not Kind.COMPLAINT:
        del say.fields["protected"]
    if step == SAY and say.is_valid():
        try:
            return _send(request, offer, category, where, say, at)
        except DeskError as error:
            refusals.show(say, error, NAMES)
    elif step == SAY:
        say.keep_meanwhile(actor=request.actor, at=at)
    return _ask_what_happened(request, offer, category, where, say, at)


@require_POST
@resident_page
def danger(request: ResidentRequest, kind: str) -> HttpResponse:
    """Whether what is being written tells of danger: 200 if so, else 204. Nothing is kept."""
    said = (request.POST.get("body") or request.POST.get("text") or "")[: LONGEST[TextRole.BODY]]
    return HttpResponse(status=200 if danger_in(kind, [said]) else 204)


def _send(
    request: ResidentRequest,
    offer: Offer,
    category: Category,
    where: WhereForm,
    say: SayForm,
    at: datetime,
) -> HttpResponse:
    """Raises what the intake refuses; photos are in the draft by then."""
    draft = say.keep(actor=request.actor, at=at)
    if say.errors:
        return _ask_what_happened(request, offer, category, where, say, at)
    new = _new_ticket(request, offer, category, where, say.cleaned_data, draft)

    def create() -> str:
        return str(submit(new, actor=request.actor, at=at).public_id)

    public_id = done_once(request, "report", create, actor=request.actor, at=at)
    sent = reverse("portal:sent", args=[public_id])
    return redirect(f"{sent}?{DANGER}" if danger_of(new) else sent)


def _new_ticket(
    request: ResidentRequest,
    offer: Offer,
    category: Category,
    where: WhereForm,
    said: dict[str, Any],
    draft: UUID | None,
) -> NewTicket:
    dwelling, place = where.dwelling, where.cleaned_data["place"]
    return NewTicket(
        kind=offer.kind,
        category_code=category.code,
        channel=Channel.PORTAL,
        body=said["body"],
        place=where.cleaned_data["detail"],
        dwelling=dwelling if place == Place.HOME else None,
        building=dwelling.building if place != Place.ESTATE else None,
        unit=dwelling.building.unit,
        reporter_subject=request.resident.subject_id,
        protection=Protection.PROTECTED if said.get("protected") else Protection.NONE,
        draft_id=draft,
    )


def _ask_where(
    request: ResidentRequest, offer: Offer, category: Category, where: WhereForm
) -> HttpResponse:
    context = {
        "steps": STEPS,
        "offer": offer,
        "category": category,
        "form": where,
        "only_home": homes.written(next(iter(where.dwellings.values())))
        if len(where.dwellings) == 1
        else "",
        "back_url": reverse("portal:report_about", args=[offer.kind]),
    }
    status = refusals.INVALID if where.errors else 200
    return render(request, "portal/report_where.html", context, status=status)


def _ask_what_happened(
    request: ResidentRequest,
    offer: Offer,
    category: Category,
    where: WhereForm,
    say: SayForm,
    at: datetime,
) -> HttpResponse:
    context = {
        "steps": STEPS,
        "offer": offer,
        "category": category,
        "where": where,
        "form": say,
        "kept": [pictures.shown(row) for row in say.kept(request.actor)],
        "danger": say.is_bound and danger_in(offer.kind, [str(say["body"].value() or "")]),
        "policy": notice.policy_for(request, at=at),
        "back_url": request.path,
    }
    status = refusals.INVALID if say.errors else 200
    return render(request, "portal/report_say.html", context, status=status)


def _offer(kind: str) -> Offer:
    offer = kinds.BY_KIND.get(kind)
    if offer is None:
        raise Http404
    return offer


def _category(offer: Offer, code: str) -> Category:
    row = kinds.category(offer, code, catalogue.current().categories)
    if row is None:
        raise Http404
    return row
