"""Dead letters: which messages were not delivered, why, and another try."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from console import message_words
from console.door import StaffRequest, staff_page
from core import paging
from core.clock import database_now
from notifications.enums import Channel
from notifications.models import Endpoint, Message
from notifications.services import dead_letters

MANAGE: Final = "organisation.manage"
SIZE: Final = 50
ORDER: Final = ("-due_at", "-id")


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages about messages."""
    pages = {
        "outbox": _("未送达"),
        "wordings": _("消息文字"),
        "endpoints": _("机器人与 Webhook"),
    }
    return [
        {"label": label, "url": reverse(f"console:{name}"), "current": name == current}
        for name, label in pages.items()
    ]


@staff_page(MANAGE)
@require_http_methods(["GET", "POST"])
def outbox(request: StaffRequest) -> HttpResponse:
    """A POST sends again: the chosen ones, or all that the filter shows."""
    chosen = {
        "channel": request.GET.get("channel", ""),
        "code": request.GET.get("code", "")[:60],
        "endpoint": _number(request.GET.get("endpoint", "")),
    }
    if request.method == "POST":
        return _resend(request, chosen)
    dead = dead_letters.listed(request.actor, **chosen).select_related("staff", "endpoint")
    rows = dead.prefetch_related("notices")
    page = paging.page_or_first(rows, order=ORDER, size=SIZE, cursor=request.GET.get("cursor"))
    reasons = dead_letters.reasons(request.actor, endpoint=chosen["endpoint"])
    context = {
        "tabs": tabs("outbox"),
        "endpoint": _endpoint(request, chosen["endpoint"]),
        "chips": _chips(reasons, chosen),
        "rows": [_row(message) for message in page.rows],
        "count": _count(reasons, chosen),
        "action": _address(chosen),
        "previous": _address(chosen, page.previous_cursor) if page.previous_cursor else "",
        "following": _address(chosen, page.next_cursor) if page.next_cursor else "",
    }
    return render(request, "console/outbox.html", context)


def _resend(request: StaffRequest, chosen: dict[str, str]) -> HttpResponse:
    every = request.POST.get("which") == "all"
    one = request.POST.getlist("one")
    named = one or request.POST.getlist("message")
    ids = [int(each) for each in named if each.isdecimal() and len(each) < 19][:SIZE]
    if not every and not ids:
        messages.error(request, _("请先选择要重发的消息。"))
        return redirect(_address(chosen))
    at = database_now()
    count = dead_letters.resend(request.actor, at=at, ids=None if every else ids, **chosen)
    words = ngettext("%(count)d 条已重新排队。", "%(count)d 条已重新排队。", count)
    messages.success(request, words % {"count": count})
    return redirect(_address({**chosen, "channel": "", "code": ""}))


def _number(typed: str) -> str:
    """Of an endpoint; empty where it is none."""
    try:
        return str(UUID(typed))
    except ValueError:
        return ""


def _endpoint(request: StaffRequest, public_id: str) -> Endpoint | None:
    if not public_id:
        return None
    visible = Endpoint.objects.visible_to(request.actor)
    return get_object_or_404(visible, public_id=public_id)


def _row(message: Message) -> dict[str, Any]:
    return {
        "message": message,
        "recipient": message_words.recipient(message),
        "about": message_words.about(message),
        "reason": message_words.reason(message.error_code),
        "advice": message_words.advice(message.error_code),
    }


def _chips(reasons: list[tuple[str, str, int]], chosen: dict[str, str]) -> list[dict[str, Any]]:
    everything = {**chosen, "channel": "", "code": ""}
    chips = [
        {
            "label": _("全部"),
            "url": _address(everything),
            "count": _count(reasons, everything),
            "current": chosen == everything,
        }
    ]
    for channel, code, count in reasons:
        this = {**chosen, "channel": channel, "code": code}
        words = {"channel": Channel(channel).label, "reason": message_words.reason(code)}
        chips.append(
            {
                "label": _("%(channel)s：%(reason)s") % words,
                "url": _address(this),
                "count": count,
                "current": chosen == this,
            }
        )
    return chips


def _count(reasons: list[tuple[str, str, int]], chosen: dict[str, str]) -> int:
    return sum(
        count
        for channel, code, count in reasons
        if chosen["channel"] in ("", channel) and chosen["code"] in ("", code)
    )


def _address(chosen: dict[str, str], cursor: str | None = None) -> str:
    asked = {name: value for name, value in {**chosen, "cursor": cursor}.items() if value}
    page = reverse("console:outbox")
    return f"{page}?{urlencode(asked)}" if asked else page
