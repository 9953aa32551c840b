"""A corrected number that waits for its proof: a code is sent to it and read back."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.address import client_address
from core.clock import database_now
from core.errors import DeskError, NotFound
from core.pages import refusals
from portal import pending
from portal.door import ResidentRequest, resident_page
from portal.forms.doorway import CodeForm
from portal.pending import Pending
from residents.enums import CodePurpose
from residents.models import ContactPoint
from residents.services import new_numbers


@require_http_methods(["GET", "POST"])
@resident_page
def confirm(request: ResidentRequest) -> HttpResponse:
    contact, form = _waiting(request), CodeForm(request.POST or None)
    sent = _sent(request, contact)
    if request.method != "POST" or sent is None:
        return _show(request, contact, CodeForm())
    if form.is_valid():
        kin, code = request.resident.kin, form.cleaned_data["code"]
        try:
            new_numbers.prove(kin, sent.code_id, code, at=database_now())
        except DeskError as error:
            refusals.show(form, error, at="code")
    if form.errors:
        return _show(request, contact, form, status=refusals.INVALID)
    messages.success(request, _("新号码已确认，请用它重新登录。"))
    response = redirect("portal:sign_in")
    pending.forget(response)
    return response


@require_POST
@resident_page
def send_code(request: ResidentRequest) -> HttpResponse:
    contact, at = _waiting(request), database_now()
    sent = _sent(request, contact)
    if sent is not None and (seconds := sent.seconds_to_wait(at)):
        trouble = _("验证码刚刚发出，%(n)s 秒后可以重发。") % {"n": seconds}
        return _show(request, contact, CodeForm(), trouble=trouble, status=429)
    try:
        return _with_code(request, contact, at)
    except DeskError as error:
        trouble, code = refusals.said(error), refusals.status_of(error)
        return _show(request, contact, CodeForm(), trouble=trouble, status=code)


def _with_code(request: ResidentRequest, contact: ContactPoint, at: datetime) -> HttpResponse:
    kin = request.resident.kin
    code_id = new_numbers.send_code(kin, address=client_address(request), at=at)
    response = HttpResponseRedirect(reverse("portal:new_number"))
    pending.keep(response, Pending(CodePurpose.NEW_NUMBER, code_id, str(contact.pk), at))
    return response


def _waiting(request: ResidentRequest) -> ContactPoint:
    contact = new_numbers.waiting(request.resident.kin)
    if contact is None:
        raise NotFound
    return contact


def _sent(request: ResidentRequest, contact: ContactPoint) -> Pending | None:
    sent = pending.read(request, CodePurpose.NEW_NUMBER)
    return sent if sent and sent.about == str(contact.pk) else None


def _show(
    request: ResidentRequest,
    contact: ContactPoint,
    form: CodeForm,
    *,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "number": new_numbers.address_of(contact).masked,
        "sent": _sent(request, contact) is not None,
        "form": form,
        "trouble": trouble,
        "back_url": reverse("portal:privacy"),
    }
    return render(request, "portal/new_number.html", context, status=status)
