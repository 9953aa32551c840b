"""Requests about one's own data: asked for, proven by a code, followed to the certificate."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.enums import Kind, State
from complaints.models import Ticket
from core.address import client_address
from core.clock import database_now
from core.errors import DeskError, NotFound
from core.masking import mask_phone
from core.pages import refusals
from core.pages.once import done_once
from portal import door, pending, request_steps
from portal.door import ResidentRequest, resident_of, resident_page
from portal.forms.doorway import CodeForm
from portal.forms.privacy import ASKED, CorrectForm, DeleteForm
from portal.pending import Pending
from privacy.rights.enums import ERASURES, RequestKind, RequestState
from privacy.rights.models import Certificate, PrivacyRequest
from privacy.rights.services import requests
from privacy.rights.services.requests import Wish
from residents.enums import CodePurpose, ContactKind
from residents.services import contacts

#: states in which the person may still take it back
OPEN_TO_WITHDRAW = (RequestState.IDENTITY_PENDING, RequestState.VERIFIED, RequestState.PLANNED)


@require_http_methods(["GET", "POST"])
@resident_page
def correct(request: ResidentRequest) -> HttpResponse:
    wanted = request.GET.get("field", "")
    initial = {"field": wanted} if wanted in ASKED else {}
    form = CorrectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        wish = Wish(request.resident.subject_id, RequestKind.CORRECT, **form.cleaned_data)
        try:
            return _open(request, wish)
        except DeskError as error:
            refusals.show(form, error)
            return _asked(request, "portal/correct.html", form, running=_running(error))
    return _asked(request, "portal/correct.html", form)


@require_http_methods(["GET", "POST"])
@resident_page
def delete(request: ResidentRequest) -> HttpResponse:
    running = _mine(request).open().filter(kind=RequestKind.DELETE).first()
    if running is not None:
        return redirect("portal:request_status", running.public_id)
    form, same = DeleteForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            return _open(request, Wish(request.resident.subject_id, RequestKind.DELETE))
        except DeskError as error:
            refusals.show(form, error)
            same = _running(error)
    open_tickets = (
        Ticket.objects.visible_to(request.actor).open().exclude(kind=Kind.PRIVACY).count()
    )
    backup_days = settings.BACKUP_HORIZON_DAYS
    context = {"open_tickets": open_tickets, "backup_days": backup_days, "running": same}
    return _asked(request, "portal/delete.html", form, **context)


@require_GET
@never_cache
def status(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whose request it is follows it signed in; once the erasure is approved the address alone
    opens the page, because soon nobody is left who could sign in."""
    found, own = _reachable(request, public_id)
    if found is None:
        return door.to_sign_in(request)
    return _show(request, found, own=own)


@require_GET
@never_cache
def certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The certificate as JSON, to keep."""
    found, _own = _reachable(request, public_id)
    if found is None:
        return door.to_sign_in(request)
    issued = Certificate.objects.filter(request=found).first()
    if issued is None:
        raise Http404
    body = {"certificate": issued.body, "signature": issued.signature}
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"certificate-{found.ticket.reference}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@resident_page
def send_code(request: ResidentRequest, public_id: UUID) -> HttpResponse:
    found, at = _own(request, public_id), database_now()
    waiting = _waiting(request, found)
    if waiting is not None and (seconds := waiting.seconds_to_wait(at)):
        trouble = _("验证码刚刚发出，%(n)s 秒后可以重发。") % {"n": seconds}
        return _show(request, found, own=True, trouble=trouble, status=429)
    try:
        return _with_code(request, found, at)
    except DeskError as error:
        trouble, code = refusals.said(error), refusals.status_of(error)
        return _show(request, found, own=True, trouble=trouble, status=code)


@require_POST
@resident_page
def verify(request: ResidentRequest, public_id: UUID) -> HttpResponse:
    found, form = _own(request, public_id), CodeForm(request.POST)
    waiting = _waiting(request, found)
    if waiting is None:
        return redirect("portal:request_status", public_id)
    if form.is_valid():
        try:
            code, at = form.cleaned_data["code"], database_now()
            requests.verify(found, waiting.code_id, code, actor=request.actor, at=at)
        except DeskError as error:
            refusals.show(form, error, at="code")
    if form.errors:
        return _show(request, found, own=True, form=form, status=refusals.INVALID)
    messages.success(request, _("已核验是您本人，我们开始办理。"))
    response = redirect("portal:request_status", public_id)
    pending.forget(response)
    return response


@require_POST
@resident_page
def withdraw(request: ResidentRequest, public_id: UUID) -> HttpResponse:
    found = _own(request, public_id)
    try:
        requests.withdraw(found, actor=request.actor, at=database_now())
        messages.success(request, _("请求已撤回。"))
    except DeskError as error:
        messages.error(request, refusals.said(error))
    return redirect("portal:request_status", public_id)


def _open(request: ResidentRequest, wish: Wish) -> HttpResponse:
    """Take the request in and send the code that proves who asks."""
    at = database_now()

    def create() -> str:
        return str(requests.open_request(wish, actor=request.actor, at=at).public_id)

    public_id = UUID(done_once(request, f"request.{wish.kind}", create, actor=request.actor, at=at))
    found = _own(request, public_id)
    try:
        return _with_code(request, found, at)
    except DeskError as error:
        messages.error(request, refusals.said(error))
        return redirect("portal:request_status", public_id)


def _with_code(request: ResidentRequest, found: PrivacyRequest, at: datetime) -> HttpResponse:
    code_id = requests.send_code(found, address=client_address(request), at=at)
    response = HttpResponseRedirect(reverse("portal:request_status", args=[found.public_id]))
    pending.keep(response, Pending(CodePurpose.PRIVACY, code_id, str(found.public_id), at))
    return response


def _mine(request: ResidentRequest) -> Any:
    return PrivacyRequest.objects.visible_to(request.actor).select_related("ticket__unit")


def _own(request: ResidentRequest, public_id: UUID) -> PrivacyRequest:
    found: PrivacyRequest | None = _mine(request).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _reachable(request: HttpRequest, public_id: UUID) -> tuple[PrivacyRequest | None, bool]:
    """The request and whether it is one's own; None for who has to sign in first.

    Raises Http404 for what belongs to somebody else.
    """
    resident = resident_of(request)
    rows = PrivacyRequest.objects.select_related("ticket__unit").filter(public_id=public_id)
    own = rows.visible_to(resident.actor).first() if resident else None
    if own is not None:
        return own, True
    found = rows.first()
    if found is not None and request_steps.follows_by_link(found):
        return found, False
    if resident is not None:
        raise Http404
    return None, False


def _waiting(request: HttpRequest, found: PrivacyRequest) -> Pending | None:
    waiting = pending.read(request, CodePurpose.PRIVACY)
    return waiting if waiting and waiting.about == str(found.public_id) else None


def _running(error: DeskError) -> str:
    """Where the same request, which runs already, is followed."""
    same = error.extra.get("request")
    return reverse("portal:request_status", args=[same]) if same else ""


def _asked(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    context = {"form": form, "back_url": reverse("portal:privacy"), **context}
    return render(request, template, context, status=refusals.INVALID if form.errors else 200)


def _show(
    request: HttpRequest,
    found: PrivacyRequest,
    *,
    own: bool,
    form: CodeForm | None = None,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    alive = found.ticket.state != State.WITHDRAWN
    proving = own and alive and found.state == RequestState.IDENTITY_PENDING
    context = {
        "found": found,
        "own": own,
        "title": request_steps.title(found),
        "state_words": request_steps.state_words(found),
        "steps": request_steps.steps(found),
        "due_at": request_steps.due_at(found),
        "certificate": request_steps.certified(found),
        "address": _address_to_keep(found),
        "erases": found.kind in ERASURES,
        "proving": proving,
        "number": _masked_number(found) if proving else "",
        "sent": proving and _waiting(request, found) is not None,
        "form": form or CodeForm(),
        "trouble": trouble,
        "may_withdraw": own and alive and found.state in OPEN_TO_WITHDRAW,
        "back_url": reverse("portal:privacy") if own else "",
    }
    return render(request, "portal/request_status.html", context, status=status)


def _address_to_keep(found: PrivacyRequest) -> str:
    path = reverse("portal:request_status", args=[found.public_id])
    return settings.PUBLIC_URL.rstrip("/") + path


def _masked_number(found: PrivacyRequest) -> str:
    """The number on file that the code goes to."""
    numbers = contacts.texts_of(found.subject_id)[ContactKind.PHONE] if found.subject_id else []
    return mask_phone(numbers[0]) if numbers else ""
