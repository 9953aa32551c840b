"""In by a code to the telephone, and out."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.address import client_address
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.phone import mask_phone, normalise
from portal import door, pending
from portal.door import NEXT, ResidentRequest, resident_page
from portal.forms.doorway import CodeForm, PhoneForm
from portal.pending import Pending
from residents.enums import CodePurpose
from residents.services import devices, sign_in


@never_cache
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the number. Whether it is known is not said, here or later."""
    if door.resident_of(request):
        return redirect(door.way_on(request) or "portal:home")
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _send(request, form.cleaned_data["phone"], database_now())
        except DeskError as error:
            refusals.show(form, error, at="phone")
            return _asked(request, form, refusals.status_of(error))
    return _asked(request, form, refusals.INVALID if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code that was sent, or send another one."""
    waiting = pending.read(request, CodePurpose.SIGN_IN)
    if waiting is None:
        return HttpResponseRedirect(_address("portal:sign_in", request))
    if request.method == "POST" and "again" in request.POST:
        return _send_again(request, waiting)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _enter(request, waiting, form.cleaned_data["code"])
        except DeskError as error:
            refusals.show(form, error, at="code")
    return _asked_code(request, waiting, form, refusals.INVALID if form.errors else 200)


@require_POST
@resident_page
def sign_out(request: ResidentRequest) -> HttpResponse:
    devices.revoke(request.resident.token, at=database_now())
    response = redirect("portal:home")
    door.let_out(response)
    return response


def _send(request: HttpRequest, number: str, at: datetime) -> HttpResponse:
    address = client_address(request)
    code_id = sign_in.request_code(number, CodePurpose.SIGN_IN, address=address, at=at)
    response = HttpResponseRedirect(_address("portal:code", request))
    pending.keep(response, Pending(CodePurpose.SIGN_IN, code_id, normalise(number), at))
    return response


def _send_again(request: HttpRequest, waiting: Pending) -> HttpResponse:
    at = database_now()
    if seconds := waiting.seconds_to_wait(at):
        trouble = _("验证码刚刚发出，%(n)s 秒后可以重发。") % {"n": seconds}
        return _asked_code(request, waiting, CodeForm(), refusals.LIMITED, trouble)
    try:
        return _send(request, waiting.about, at)
    except DeskError as error:
        status = refusals.status_of(error)
        return _asked_code(request, waiting, CodeForm(), status, refusals.said(error))


def _enter(request: HttpRequest, waiting: Pending, typed: str) -> HttpResponse:
    at = database_now()
    _subject, issued = sign_in.redeem(waiting.code_id, typed, at=at)
    rotate_token(request)
    response = HttpResponseRedirect(door.way_on(request) or reverse("portal:home"))
    door.let_in(response, issued, at=at)
    pending.forget(response)
    return response


def _asked(request: HttpRequest, form: PhoneForm, status: int) -> HttpResponse:
    context = {"form": form, "next": door.way_on(request)}
    return render(request, "portal/sign_in.html", context, status=status)


def _asked_code(
    request: HttpRequest, waiting: Pending, form: CodeForm, status: int, trouble: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "number": mask_phone(waiting.about),
        "minutes": settings.CODE_LIFETIME_MINUTES,
        "trouble": trouble,
        "next": door.way_on(request),
    }
    return render(request, "portal/code.html", context, status=status)


def _address(route: str, request: HttpRequest) -> str:
    wanted = door.way_on(request)
    return reverse(route) + (f"?{urlencode({NEXT: wanted})}" if wanted else "")
