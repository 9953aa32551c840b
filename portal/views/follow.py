"""Follow a report by its code: read the answers, add to it and object to how it ended,
without saying who one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from complaints import policies, reading
from complaints.enums import Action, Entry, Kind
from complaints.models import Ticket
from complaints.services import follow_up, lifecycle, timeline
from core.actors import NOBODY, Actor
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from core.services.unnamed import count_try
from portal import parcels
from portal.acts import Service
from portal.forms.public import CodeForm, MoreForm
from portal.views.danger import is_told

#: from the services' fields to the form's
NAMES: Final = {"photo": "photos", "draft": "photos", "reason": "text"}


@dataclass(frozen=True, slots=True)
class Saying:
    """What the text of the form is sent as, and by which button."""

    service: Service
    argument: str
    label: Promise
    done: Promise


SAYINGS: Final = {
    Entry.ADD.value: Saying(timeline.add, "text", _("补充"), _("已补充，经办部门会看到")),
    Action.REOPEN.value: Saying(
        lifecycle.reopen,
        "reason",
        _("不同意，要求重新处理"),
        _("已重新打开，会再次核查处理"),
    ),
}


# No cookie tells one browser from another here; the code is sent along each time, in no address.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code, show the report it opens, and take what is said about it."""
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _asked_code(request, form, 200 if request.method == "GET" else refusals.INVALID)
    at = database_now()
    try:
        count_try("follow_up_code", request, at=at)
        ticket, holder = follow_up.open_with(form.cleaned_data["code"])
    except DeskError as error:
        refusals.show(form, error, at="code")
        return _asked_code(request, form, refusals.status_of(error))
    if "text" not in request.POST:
        return _shown(request, ticket, holder, _more(form))
    return _say(request, ticket, holder, at)


def _say(request: HttpRequest, ticket: Ticket, holder: Actor, at: datetime) -> HttpResponse:
    verb = request.POST.get("verb", Entry.ADD.value)
    saying = SAYINGS.get(verb, SAYINGS[Entry.ADD])
    form = MoreForm(request.POST, request.FILES)
    if not form.is_valid():
        form.keep_meanwhile(actor=NOBODY, at=at)
        return _shown(request, ticket, holder, form, refusals.INVALID)
    draft = form.keep(actor=NOBODY, at=at)
    if form.errors:
        return _shown(request, ticket, holder, form, refusals.INVALID)

    def say() -> str:
        text = {saying.argument: form.cleaned_data["text"]}
        return saying.service(ticket, actor=holder, draft_id=draft, at=at, **text).reference

    try:
        done_once(request, f"integrity:{ticket.pk}", say, actor=holder, at=at)
    except DeskError as error:
        refusals.show(form, error, NAMES)
        return _shown(request, ticket, holder, form, refusals.status_of(error))
    again = MoreForm(initial={"code": form.cleaned_data["code"]})
    return _shown(request, ticket, holder, again, done=saying.done)


def _more(form: CodeForm) -> MoreForm:
    return MoreForm(initial={"code": form.cleaned_data["code"]})


def _asked_code(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    context = {"form": form}
    return render(request, "public/code.html", context, status=status)


def _shown(
    request: HttpRequest,
    ticket: Ticket,
    holder: Actor,
    form: MoreForm,
    status: int = 200,
    *,
    done: Promise | None = None,
) -> HttpResponse:
    ticket.refresh_from_db()
    allowed = policies.allowed_actions(holder, ticket)
    buttons = [(verb, saying.label) for verb, saying in SAYINGS.items() if verb in allowed]
    if Entry.ADD not in allowed and Action.REOPEN in allowed:
        form["text"].label = _("为什么不同意")
    context = {
        "ticket": ticket,
        "state_words": parcels.state_words(ticket.state),
        "parcels": parcels.with_news(
            parcels.rows_without_photos(reading.timeline(ticket, holder)),
            reading.followed_by(holder, ticket),
        ),
        # what was typed while the matter ended can still be copied
        "form": form if buttons or form.errors else None,
        "buttons": buttons,
        "objects": Action.REOPEN in allowed,
        "kept": len(form.kept(NOBODY)),
        "done": done,
        "danger": is_told(request.POST),
        "sealed": ticket.kind == Kind.INTEGRITY,
    }
    return render(request, "public/followed.html", context, status=status)
