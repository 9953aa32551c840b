"""Robots and webhooks: the list, a new one, and what is done to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console import message_words
from console.door import StaffRequest, staff_page
from console.forms.messages import EndpointForm, EndpointKindForm, ReplayForm
from console.views.outbox import tabs
from core.clock import database_now
from core.errors import DeskError
from core.pages import refusals
from notifications.enums import Channel, MessageState
from notifications.models import Endpoint
from notifications.services import dead_letters, endpoints, trials

MANAGE: Final = "organisation.manage"


@staff_page(MANAGE)
@require_GET
def listed(request: StaffRequest) -> HttpResponse:
    found = Endpoint.objects.visible_to(request.actor).select_related("unit", "post__role")
    dead = dead_letters.of_endpoints(request.actor)
    rows = [
        {"endpoint": each, "dead": dead.get(each.pk, 0)}
        for each in found.order_by("-active", "channel", "name")
    ]
    context = {"tabs": tabs("endpoints"), "rows": rows, "at": database_now()}
    return render(request, "console/endpoints.html", context)


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Kind and unit first, in the address; then what follows from them."""
    at = database_now()
    chosen = EndpointKindForm(request.GET or None, actor=request.actor)
    if not chosen.is_valid():
        return render(request, "console/endpoint_new.html", {"chosen": chosen})
    channel, unit = Channel(chosen.cleaned_data["channel"]), chosen.cleaned_data["unit"]
    form = EndpointForm(request.POST or None, channel=channel, unit=unit, at=at)
    status = 200
    if request.method == "POST":
        status = refusals.INVALID
        if form.is_valid():
            try:
                made, secret = endpoints.create(form.new(), actor=request.actor, at=at)
            except DeskError as error:
                refusals.show(form, error)
                status = refusals.status_of(error)
            else:
                return _made(request, made, secret, at)
    context = {"form": form, "channel": channel, "unit": unit, "query": request.GET.urlencode()}
    return render(request, "console/endpoint_new.html", context, status=status)


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def one(request: StaffRequest, public_id: UUID) -> HttpResponse:
    at = database_now()
    endpoint = _find(request, public_id)
    if request.method == "GET":
        return _page(request, endpoint, at)
    form = _form(endpoint, at, request)
    status = refusals.INVALID
    if form.is_valid():
        try:
            seen = request.POST.get("seen")
            endpoints.change(public_id, form.new(), actor=request.actor, at=at, seen=seen)
        except DeskError as error:
            refusals.show(form, error)
            status = refusals.status_of(error)
        else:
            messages.success(request, _("已保存。"))
            return redirect("console:endpoint", public_id)
    return _page(request, endpoint, at, form=form, status=status)


@staff_page(MANAGE)
@require_POST
def act(request: StaffRequest, public_id: UUID, verb: str) -> HttpResponse:
    at = database_now()
    try:
        match verb:
            case "rotate":
                made, secret = endpoints.rotate(public_id, actor=request.actor, at=at)
                return _page(request, made, at, secret=secret)
            case "stop":
                endpoints.stop(public_id, actor=request.actor, at=at)
            case "start":
                endpoints.start(public_id, actor=request.actor, at=at)
            case "replay":
                _replay(request, public_id, at)
            case "try":
                _try(request, public_id, at)
            case "resend":
                _resend(request, public_id, at)
            case _:
                raise Http404
    except DeskError as error:
        if error.code in ("not_allowed", "not_found"):
            raise
        messages.error(request, _words(error))
    return redirect("console:endpoint", public_id)


def _find(request: StaffRequest, public_id: UUID) -> Endpoint:
    visible = Endpoint.objects.visible_to(request.actor).select_related("unit", "post__role")
    return get_object_or_404(visible, public_id=public_id)


def _form(endpoint: Endpoint, at: datetime, request: StaffRequest | None = None) -> EndpointForm:
    return EndpointForm(
        request.POST if request else None,
        channel=Channel(endpoint.channel),
        unit=endpoint.unit,
        at=at,
        endpoint=endpoint,
    )


def _made(request: StaffRequest, made: Endpoint, secret: str, at: datetime) -> HttpResponse:
    """A webhook's secret is ours and is shown now; a robot's its maker has shown."""
    if made.channel == Channel.WEBHOOK:
        return _page(request, made, at, secret=secret)
    messages.success(request, _("已添加。请发送一条测试消息，看群里是否收到。"))
    return redirect("console:endpoint", made.public_id)


def _try(request: StaffRequest, public_id: UUID, at: datetime) -> None:
    code = trials.send(public_id, actor=request.actor, at=at)
    if code:
        words = _("测试消息没有送达：%(reason)s。") % {"reason": message_words.reason(code)}
        messages.error(request, words)
    else:
        messages.success(request, _("测试消息已送达，对方已确认收到。"))


def _resend(request: StaffRequest, public_id: UUID, at: datetime) -> None:
    """All dead letters of this one."""
    count = dead_letters.resend(request.actor, at=at, endpoint=str(public_id))
    _queued(request, count)


def _replay(request: StaffRequest, public_id: UUID, at: datetime) -> None:
    form = ReplayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写从何时起重发。"))
        return
    since = form.cleaned_data["since"]
    _queued(request, endpoints.replay(public_id, since=since, actor=request.actor, at=at))


def _queued(request: StaffRequest, count: int) -> None:
    words = ngettext("%(count)d 条已重新排队。", "%(count)d 条已重新排队。", count)
    messages.success(request, words % {"count": count})


def _words(error: DeskError) -> str:
    said = [str(text) for texts in error.fields.values() for text in texts]
    return " ".join(said) or refusals.said(error)


def _page(
    request: StaffRequest,
    endpoint: Endpoint,
    at: datetime,
    *,
    form: EndpointForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    """A new secret is shown in the answer that made it, and never again."""
    sent = endpoint.messages.filter(sent_at__isnull=False).order_by("-sent_at")
    context: dict[str, Any] = {
        "endpoint": endpoint,
        "tag": refusals.seen(request, endpoints.tag(endpoint), status),
        "form": form or _form(endpoint, at),
        "secret": secret,
        "at": at,
        "last_sent_at": sent.values_list("sent_at", flat=True).first(),
        "waiting": endpoint.messages.filter(state=MessageState.QUEUED).count(),
        "dead": dead_letters.listed(request.actor, endpoint=str(endpoint.public_id)).count(),
    }
    return render(request, "console/endpoint.html", context, status=status)
