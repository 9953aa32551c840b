"""Writing down a request about personal data for somebody on the telephone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from complaints.enums import Channel
from console.door import StaffRequest, staff_page
from console.forms.privacy import PhoneForm, WishForm
from core.clock import database_now
from core.errors import DeskError, NotFound
from core.pages import refusals
from core.pages.once import done_once
from privacy.rights.services import requests
from privacy.rights.services.requests import Wish
from residents.services import handles, people
from residents.services.people import CallerMatch

VERIFY = "privacy.verify"


@staff_page(VERIFY)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Ask for the number; then, who behind it asks for what."""
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form)
    phone = form.cleaned_data["phone"]
    try:
        matches = _behind(phone, request)
    except DeskError as error:
        refusals.show(form, error, at="phone")
        return _page(request, form)
    if not matches:
        form.add_error("phone", _("没有登记这个号码。请核对；没有登记的人没有可更正或删除的资料。"))
        return _page(request, form)
    return _page(request, WishForm(initial={"phone": phone}, people=_choices(matches)))


@staff_page(VERIFY)
@require_POST
def register(request: StaffRequest) -> HttpResponse:
    """The clock runs from here; nothing is done before the person is verified."""
    at, form = database_now(), _bound(request)
    if form.is_valid():
        try:
            public_id = _open_once(request, form, at)
        except DeskError as error:
            refusals.show(form, error, {"field": "what"})
            if same := error.extra.get("request"):
                return _page(request, form, running=reverse("console:privacy_request", args=[same]))
        else:
            messages.success(request, _("已登记。请发送验证码，核验是不是本人。"))
            return redirect("console:privacy_request", public_id)
    return _page(request, form)


def _open_once(request: StaffRequest, form: WishForm, at: datetime) -> UUID:
    wish = Wish(handles.subject_of(form.cleaned_data["person"]), **form.wish)

    def create() -> str:
        opened = requests.open_request(wish, actor=request.actor, at=at, channel=Channel.HOTLINE)
        return str(opened.public_id)

    return UUID(done_once(request, "privacy.register", create, actor=request.actor, at=at))


def _bound(request: StaffRequest) -> WishForm:
    """With the people behind the number as they are now; who was chosen stays chosen."""
    sent = request.POST
    try:
        matches = _behind(sent.get("phone", ""), request)
    except DeskError:
        matches = []
    return WishForm(sent, people=_choices(matches, sent))


def _behind(phone: str, request: StaffRequest) -> list[CallerMatch]:
    return people.look_up(phone, actor=request.actor, permission=VERIFY)


def _choices(matches: list[CallerMatch], sent: QueryDict | None = None) -> list[tuple[str, str]]:
    handle = sent.get("person", "") if sent else ""
    chosen = _subject_of(handle)
    return [
        (
            handle if match.subject_id == chosen else handles.handle_of(match.subject_id),
            _said(match),
        )
        for match in matches
    ]


def _subject_of(handle: str) -> UUID | None:
    try:
        return handles.subject_of(handle)
    except NotFound:
        return None


def _said(match: CallerMatch) -> str:
    """Enough to recognise somebody by, whatever else the asker may see: 张* · 东苑（业主）."""
    masked = match.masked()
    homes = "、".join(f"{home.unit}（{home.role.label}）" for home in masked.homes)
    return " · ".join(part for part in (masked.name or _("（已删除）"), homes) if part)


def _page(request: StaffRequest, form: Form, *, running: str = "") -> HttpResponse:
    """`running` is where the same request is worked on already."""
    context = {"form": form, "found": isinstance(form, WishForm), "running": running}
    status = refusals.INVALID if form.errors else 200
    return render(request, "console/privacy_new.html", context, status=status)
