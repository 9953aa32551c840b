"""Requests about personal data, from the code that proves who asks to the certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import DateTimeField, Min, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from complaints.enums import ClockState
from complaints.models import TicketClock
from complaints.queues import NEVER
from console import chips, ladders, privacy_page, privacy_words
from console.counting import counts_of, said
from console.door import StaffRequest, staff_page
from console.doorbell import ring_for_requests
from console.forms.privacy import CodeForm, RefuseForm
from console.privacy_page import Opened
from core import paging
from core.address import client_address
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from core.pages.once import done_once
from organisation import access
from privacy.rights.enums import RequestState
from privacy.rights.errors import RequestNotAtThisStep
from privacy.rights.models import Certificate, PrivacyRequest
from privacy.rights.querysets import ENDED, RequestQuerySet
from privacy.rights.services import certificates, mentions, requests

VIEW: Final = "privacy.view"
SIZE: Final = 50
OPEN: Final = "open"
#: by name in the address: label, which requests, in which order
LISTS: Final[dict[str, tuple[Promise, tuple[str, ...]]]] = {
    OPEN: (gettext_lazy("办理中"), ("first_due", "id")),
    "ended": (gettext_lazy("已结束"), ("-received_at", "-id")),
}
#: in the session, by request: the code that was sent and waits to be read back
CODES: Final = "privacy_codes"


@staff_page(VIEW)
@require_GET
def requests_list(request: StaffRequest) -> HttpResponse:
    at, chosen = database_now(), request.GET.get("show", OPEN)
    chosen = chosen if chosen in LISTS else OPEN
    mine = privacy_page.rows(request.actor)
    page = _page(_with_first_due(_of(mine, chosen)), chosen, request.GET.get("after", ""))
    context = {
        "chips": _chips(mine, chosen),
        "ended": chosen != OPEN,
        "rows": _list_rows(page.rows, at),
        "following": _url(chosen, page.next_cursor),
        "previous": _url(chosen, page.previous_cursor),
        "may_register": access.has(request.actor, "privacy.verify"),
    }
    return render(request, "console/privacy.html", context)


@staff_page(VIEW)
@require_GET
def detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _show(request, privacy_page.find(public_id, request.actor))


@staff_page("privacy.verify")
@require_POST
def send_code(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """To the number on file; not in a transaction, so that its limits count whatever follows."""
    found = privacy_page.find(public_id, request.actor)
    access.require(request.actor, "privacy.verify", found.ticket.unit)
    try:
        if found.state != RequestState.IDENTITY_PENDING:
            raise RequestNotAtThisStep
        address, at = client_address(request), database_now()
        code_id = requests.send_code(found, address=address, at=at)
    except DeskError as error:
        return _refused(request, found, error)
    _keep_code(request, found, code_id)
    messages.success(request, _("验证码已发到登记的手机，请对方念给您。"))
    return _back(found)


@staff_page("privacy.verify")
@require_POST
def verify(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found, form = privacy_page.find(public_id, request.actor), CodeForm(request.POST)
    code_id = _code_of(request, found)
    status = refusals.INVALID
    if code_id is None:
        form.add_error("code", _("请先发送验证码。"))
    elif form.is_valid():
        code = form.cleaned_data["code"]
        try:
            requests.verify(found, code_id, code, actor=request.actor, at=database_now())
        except DeskError as error:
            _raise_if_final(error)
            refusals.show(form, error, at="code")
            status = refusals.status_of(error)
    if form.errors:
        return _show(request, found, opened=Opened(code=form), status=status)
    _forget_code(request, found)
    messages.success(request, _("已核验是本人。"))
    return _back(found)


@staff_page("privacy.plan")
@require_POST
def plan(request: StaffRequest, public_id: UUID) -> HttpResponse:
    done = gettext_lazy("方案已拟好，等另一位同事批准。")
    return _step(request, public_id, requests.plan, done)


@staff_page("privacy.approve")
@require_POST
def approve(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Nothing is carried out here: the worker does it, within a minute."""
    response = _step(
        request, public_id, requests.approve, gettext_lazy("已批准，一分钟内自动执行。")
    )
    if response.status_code == 302:
        ring_for_requests()
    return response


@staff_page("privacy.approve")
@require_http_methods(["GET", "POST"])
def refuse(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = privacy_page.find(public_id, request.actor)
    if request.method == "GET":
        return _show(request, found, opened=Opened(refusing=True))
    form, status = RefuseForm(request.POST), refusals.INVALID
    if form.is_valid():
        try:
            requests.refuse(found, **form.cleaned_data, actor=request.actor, at=database_now())
        except DeskError as error:
            _raise_if_final(error)
            refusals.show(form, error, {"body": "reply", "text": "reply"})
            status = refusals.status_of(error)
    if form.errors:
        opened = Opened(refusal=form, refusing=True)
        return _show(request, _again(request, found), opened=opened, status=status)
    messages.success(request, _("已拒绝，理由和申诉途径已告知请求人。"), extra_tags=_draft(found))
    return _back(found)


@staff_page("privacy.plan")
@require_POST
def settle(request: StaffRequest, public_id: UUID, mention_id: int) -> HttpResponse:
    """A text of somebody else that names the person: overwrite it, or say that it stays."""
    found, at = privacy_page.find(public_id, request.actor), database_now()
    task = get_object_or_404(
        found.mentions.select_related("entry", "request__ticket__unit"), pk=mention_id
    )
    keep = request.POST.get("keep") == "1"
    try:
        mentions.settle(task, keep=keep, actor=request.actor, at=at)
    except DeskError as error:
        return _refused(request, found, error)
    messages.success(request, _("已保留这段文字。") if keep else _("已覆盖这段文字。"))
    ring_for_requests()
    return _back(found)


@staff_page(VIEW)
@require_GET
def certificate(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = privacy_page.find(public_id, request.actor)
    issued = get_object_or_404(Certificate, request=found)
    context = {
        "found": found,
        "certificate": issued,
        "body": issued.body,
        "genuine": certificates.is_genuine(issued),
        "moments": {
            name: datetime.fromisoformat(issued.body[name]) if issued.body[name] else None
            for name in ("received_at", "verified_at", "approved_at", "erased_at")
        },
        "holdings": [
            {**each, "label": privacy_words.holding(each["name"])}
            for each in issued.body["holdings"]
        ],
    }
    return render(request, "console/privacy_certificate.html", context)


@staff_page(VIEW)
@require_GET
def certificate_json(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Exactly what was signed, to be kept and checked elsewhere."""
    found = privacy_page.find(public_id, request.actor)
    issued = get_object_or_404(Certificate, request=found)
    body = {"certificate": issued.body, "signature": issued.signature}
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"certificate-{found.ticket.reference}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _step(
    request: StaffRequest, public_id: UUID, act: Callable[..., PrivacyRequest], done: Promise
) -> HttpResponse:
    """A step that asks for nothing: one press."""
    found, at = privacy_page.find(public_id, request.actor), database_now()

    def perform() -> str:
        return str(act(found, actor=request.actor, at=at).state)

    try:
        what = f"privacy.{act.__name__}:{found.pk}"
        done_once(request, what, perform, actor=request.actor, at=at)
    except DeskError as error:
        return _refused(request, found, error)
    messages.success(request, str(done))
    return _back(found)


def _refused(request: StaffRequest, found: PrivacyRequest, error: DeskError) -> HttpResponse:
    """The page as it is now, with the refusal in words."""
    _raise_if_final(error)
    messages.error(request, refusals.said(error))
    return _show(request, _again(request, found), status=refusals.status_of(error))


def _raise_if_final(error: DeskError) -> None:
    if error.code in ("not_allowed", "not_found"):
        raise error


def _again(request: StaffRequest, found: PrivacyRequest) -> PrivacyRequest:
    return privacy_page.find(found.public_id, request.actor)


def _show(
    request: StaffRequest, found: PrivacyRequest, *, opened: Opened | None = None, status: int = 200
) -> HttpResponse:
    sent = _code_of(request, found) is not None
    return privacy_page.show(
        request, found, at=database_now(), sent=sent, opened=opened, status=status
    )


def _back(found: PrivacyRequest) -> HttpResponse:
    return redirect("console:privacy_request", found.public_id)


def _draft(found: PrivacyRequest) -> str:
    return f"refuse-{found.public_id}"


def _code_of(request: StaffRequest, found: PrivacyRequest) -> UUID | None:
    kept = request.session.get(CODES, {}).get(str(found.public_id))
    return UUID(kept) if kept else None


def _keep_code(request: StaffRequest, found: PrivacyRequest, code_id: UUID) -> None:
    codes = request.session.get(CODES, {})
    request.session[CODES] = {**codes, str(found.public_id): str(code_id)}


def _forget_code(request: StaffRequest, found: PrivacyRequest) -> None:
    codes = dict(request.session.get(CODES, {}))
    codes.pop(str(found.public_id), None)
    request.session[CODES] = codes


def _of(rows: RequestQuerySet, chosen: str) -> RequestQuerySet:
    return rows.open() if chosen == OPEN else rows.filter(state__in=ENDED)


def _with_first_due(rows: RequestQuerySet) -> RequestQuerySet:
    due = (
        TicketClock.objects.filter(ticket=OuterRef("ticket"), state=ClockState.RUNNING)
        .values("ticket")
        .annotate(first=Min("due_at"))
        .values("first")
    )
    never = Value(NEVER, output_field=DateTimeField())
    return rows.annotate(first_due=Coalesce(Subquery(due), never))


def _page(rows: RequestQuerySet, chosen: str, cursor: str) -> paging.Page[PrivacyRequest]:
    order = LISTS[chosen][1]
    return paging.page_or_first(rows, order=order, size=SIZE, cursor=cursor)


def _chips(rows: RequestQuerySet, chosen: str) -> list[dict[str, Any]]:
    counts = counts_of({code: _of(rows, code) for code in LISTS})
    return [
        {
            "label": label,
            "count": said(counts[code]),
            "url": f"{reverse('console:privacy')}?show={code}",
            "current": code == chosen,
        }
        for code, (label, _order) in LISTS.items()
    ]


def _list_rows(found: list[PrivacyRequest], at: datetime) -> list[dict[str, Any]]:
    policies = {one.ticket.policy_id for one in found if one.ticket.policy_id}
    rungs = ladders.rungs_of(policies)
    return [
        {
            "request": one,
            "title": privacy_words.title(one),
            "url": reverse("console:privacy_request", args=[one.public_id]),
            "clock": chips.first(one.ticket.live_clocks, at=at, rungs=rungs),
        }
        for one in found
    ]


def _url(chosen: str, cursor: str | None) -> str:
    return f"{reverse('console:privacy')}?show={chosen}&after={cursor}" if cursor else ""
