"""A new ticket: the form follows what the caller tells, and saving it never leaves the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.enums import Channel, EventKind, Kind, Protection
from complaints.kind_words import sounds_like
from complaints.models import Ticket, TicketEvent
from complaints.photo_form import WithPhotos
from complaints.services import called_in, catalogue
from complaints.services.intake import submit
from console import bench, callers, calls, chips, duplicates, entries, ladders, matter, words
from console.door import StaffRequest, staff_page
from console.forms.intake import ELSEWHERE, IntakeForm
from console.frame import frame
from console.intake_questions import NAMED_STAFF, PLACE, SUPPLIER
from console.matter import Said, Where
from core.clock import database_now
from core.errors import DeskError, NotFound
from core.pages import refusals
from core.pages.once import done_once
from organisation import access
from residents.models import Call, KeyAccount
from residents.services import calls as call_service
from residents.services import handles
from residents.services.people import CallerMatch

CREATE: Final = "tickets.create"
#: fields of the service that the form calls by another name
NAMES: Final = {"unit": "community", "dwelling": "home"}


@staff_page(CREATE)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    at = database_now()
    if request.method == "GET":
        return open_form(request, None, at=at)
    caller = _caller(request.POST.get("caller", ""), request)
    form = _bound(request, caller, at)
    complete = form.is_valid() and not form.unanswered - {PLACE, SUPPLIER}
    draft = form.keep(actor=request.actor, at=at)
    if form.errors or not complete:
        return _again(request, form, caller, at)
    try:
        number = _submit_once(request, form, caller, draft, at)
    except DeskError as error:
        refusals.show(form, error, NAMES)
        return _again(request, form, caller, at, status=refusals.status_of(error))
    done = {"draft": _draft_name(request, caller), "call": _call_to_name(request, form)}
    return redirect(f"{reverse('console:recorded', args=[number])}?{urlencode(done)}")


@staff_page(CREATE)
@require_POST
def needs(request: StaffRequest) -> HttpResponse:
    """The part of the form that follows from the rest, while somebody types: the category and the
    kind that the words sound like, further questions, and open tickets that may be the same."""
    at = database_now()
    said = _said(request.POST)
    category_changed = _follow_words(said)
    kind_changed = _follow_kind(said)
    caller = _caller(said.get("caller", ""), request)
    place = matter.where_so_far(said, actor=request.actor)
    context = {
        "form": _form(request, caller, at, said, initial=said),
        "category_changed": category_changed,
        "kind_changed": kind_changed,
        "alike": _alike(said["category"], place, request, at),
        "homes": duplicates.neighbours(
            said["category"], dwelling=place.dwelling, actor=request.actor, at=at
        ),
    }
    return render(request, "console/intake.html#needs", context)


@staff_page(CREATE)
@require_GET
def recorded(request: StaffRequest, number: str) -> HttpResponse:
    """The number to read out. Whoever took a matter in may read it, even where the matter itself is
    none of theirs, as a report about integrity."""
    mine = TicketEvent.objects.filter(
        ticket__reference=number, kind=EventKind.RECEIVED, staff=request.user
    )
    if not mine.exists():
        raise Http404
    at = database_now()
    visible = Ticket.objects.visible_to(request.actor).for_list().filter(reference=number)
    ticket = visible.first()
    context = {
        **frame(request, at=at, current=ticket),
        "ticket": ticket,
        "reference": number,
        "draft": request.GET.get("draft", ""),
        "call": calls.named(request.GET, actor=request.actor, at=at),
    }
    if ticket is not None:
        context["clock"] = _first_promise(ticket, at)
        context["promise"] = words.promise(ticket.live_clocks, at)
    return render(request, "console/recorded.html", context)


def go_on(request: StaffRequest, caller: CallerMatch | None, *, at: datetime) -> HttpResponse:
    """The form with what is typed in it so far, after something was said about the caller. A home
    that is theirs no longer is not where the matter is, nor is any other until somebody says so."""
    said = _said(request.POST)
    homes = caller.homes if caller else ()
    if said.get("home") not in (ELSEWHERE, *(home.public_id for home in homes)):
        said["home"] = ""
    said["caller"] = handles.handle_of(caller.subject_id) if caller else ""
    said["draft"] = _photos_so_far(request, at)
    return _page(request, _form(request, caller, at, said, initial=said), caller, at)


def open_form(
    request: StaffRequest,
    caller: CallerMatch | None,
    *,
    at: datetime,
    call: Call | None = None,
) -> HttpResponse:
    """An empty form, for a known caller or for nobody in particular; of a call with its draft."""
    handle = handles.handle_of(caller.subject_id) if caller else ""
    typed = calls.typed(call) if call else {}
    initial = {**typed, "caller": handle}
    if call is not None:
        proof = call_service.proof_of(call, actor=request.actor)
        initial |= {"call": call.public_id, "rung": proof}
    form = _form(request, caller, at, typed, initial=initial)
    return _page(request, form, caller, at, call=call)


def _again(
    request: StaffRequest,
    form: IntakeForm,
    caller: CallerMatch | None,
    at: datetime,
    *,
    status: int = refusals.INVALID,
) -> HttpResponse:
    """The form as it was filled, with what is still missing."""
    if not form.errors:
        form.add_error(None, _("这类事项还要问几项，请补充后再受理。"))
    return _page(request, form, caller, at, status=status)


def _page(
    request: StaffRequest,
    form: IntakeForm,
    caller: CallerMatch | None,
    at: datetime,
    *,
    call: Call | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        **frame(request, at=at),
        "form": form,
        "kept": entries.kept(form, request.actor),
        "draft": _draft_name(request, caller),
        "call": call or calls.named(request.POST, actor=request.actor, at=at),
    }
    if caller is not None:
        others = callers.tickets_of([caller.subject_id], actor=request.actor)
        context["card"] = callers.editable_card(caller, actor=request.actor, at=at)
        context["others"] = bench.side_rows(
            others.for_side()[: callers.MOST_OTHERS], bench.query_of(request)
        )
    return render(request, "console/intake.html", context, status=status)


def _bound(request: StaffRequest, caller: CallerMatch | None, at: datetime) -> IntakeForm:
    sent = request.POST
    form = _form(request, caller, at, _said(sent), data=sent, files=request.FILES)
    if sent.get("caller") and caller is None:
        form.add_error(None, _("来电人信息已过期，请重新按电话查找；填写的内容还在。"))
    return form


def _form(
    request: StaffRequest, caller: CallerMatch | None, at: datetime, said: Said, **kwargs: Any
) -> IntakeForm:
    """`said` is what is known of the matter so far; it decides whom it may be about."""
    hotline = access.has(request.actor, "callers.lookup")
    form = IntakeForm(
        categories=bench.categories_of(catalogue.current()),
        caller=caller,
        channel=Channel.HOTLINE if hotline else Channel.SITE_VISIT,
        **kwargs,
    )
    if form.questions & {NAMED_STAFF, SUPPLIER}:
        place = matter.where_so_far(said, actor=request.actor)
        form.offer_people(matter.people_near(place.unit, at=at))
        form.offer_suppliers(matter.suppliers_of(place.unit, at=at))
    return form


def _photos_so_far(request: StaffRequest, at: datetime) -> UUID | None:
    """The draft that holds them; which were refused is told on the page."""
    sent = WithPhotos(request.POST, request.FILES)
    sent.full_clean()
    draft = sent.keep(actor=request.actor, at=at)
    for refusal in sent.errors.get("photos", ()):
        messages.error(request, str(refusal))
    return draft


def _draft_name(request: StaffRequest, caller: CallerMatch | None) -> str:
    """The words of a caller whose handle has ended stay theirs, in the browser too."""
    return callers.draft_name(caller) if caller else callers.draft_typed(request.POST)


def _call_to_name(request: StaffRequest, form: IntakeForm) -> str:
    """The call that the next page may go on with. Of a report in nobody's name none: its number and
    a call do not stand together, in no address either."""
    nameless = form.cleaned_data["protection"] == Protection.ANONYMOUS
    return "" if nameless else request.POST.get("call", "")


def _said(sent: QueryDict) -> dict[str, Any]:
    return {**sent.dict(), "named_staff": sent.getlist("named_staff")}


def _follow_words(said: dict[str, Any]) -> bool:
    """Choose the category that the words sound like, until somebody chooses for themselves. Returns
    whether the choice is a new one."""
    current = said.setdefault("category", "")
    best = matter.suggested_category(said)
    if not best or current not in ("", said.get("suggested", "")):
        return False
    said["category"] = said["suggested"] = best
    return best != current


def _follow_kind(said: dict[str, Any]) -> str:
    """The same of the kind: the one that the form begins with is nobody's choice either. Returns
    what a new one is called."""
    current = said.get("kind", "")
    if current != (said.get("suggested_kind") or Kind.COMPLAINT):
        return ""
    best = sounds_like(said.get("body", ""), said["category"])
    said["kind"] = said["suggested_kind"] = best.value
    return "" if best == current else str(best.label)


def _caller(handle: str, request: StaffRequest) -> CallerMatch | None:
    """None for nobody, and for a handle that is too old."""
    if not handle:
        return None
    try:
        return callers.known(handles.subject_of(handle), actor=request.actor)
    except NotFound:
        return None


def _alike(
    category_code: str, place: Where, request: StaffRequest, at: datetime
) -> list[dict[str, Any]]:
    if not category_code or place.unit is None:
        return []
    found = duplicates.alike(
        category_code, unit=place.unit, dwelling=place.dwelling, actor=request.actor, at=at
    )
    return bench.list_rows(found, at=at, query=bench.query_of(request))


def _submit_once(
    request: StaffRequest,
    form: IntakeForm,
    caller: CallerMatch | None,
    draft: UUID | None,
    at: datetime,
) -> str:
    call = calls.named(request.POST, actor=request.actor, at=at)
    new_ticket = matter.new_ticket(form, caller, draft, actor=request.actor)

    def create() -> str:
        if call is not None:
            return called_in.submit(new_ticket, call, actor=request.actor, at=at).reference
        account = _account_rung(request, at) or new_ticket.account
        told = replace(new_ticket, account=account)
        return submit(told, actor=request.actor, at=at).reference

    return done_once(request, "intake", create, actor=request.actor, at=at)


def _account_rung(request: StaffRequest, at: datetime) -> KeyAccount | None:
    return calls.account_rung(request.POST, actor=request.actor, at=at)


def _first_promise(ticket: Ticket, at: datetime) -> dict[str, Any] | None:
    live = ticket.live_clocks
    return chips.first(live, at=at, rungs=ladders.rungs_of([]))
