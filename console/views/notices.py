"""The bell: what one's posts were told, newest first."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from console.door import StaffRequest, staff_page
from core.clock import database_now
from notifications import inbox
from notifications.inbox import Shown

SIZE: Final = 50


@staff_page()
@require_http_methods(["GET", "POST"])
def notices(request: StaffRequest) -> HttpResponse:
    """A POST marks one as read and goes where it leads, or all of them and stays."""
    if request.method == "POST":
        return _read(request)
    before = request.GET.get("before", "")
    before_id = int(before) if before.isdecimal() and len(before) < 19 else None
    shown = inbox.of_staff(request.user.pk, before_id=before_id, limit=SIZE)
    following = f"{reverse('console:notices')}?before={shown[-1].notice.pk}" if shown else ""
    context = {
        "items": [_item(one) for one in shown],
        "unread": any(one.notice.read_at is None for one in shown),
        "following": following if len(shown) == SIZE else "",
        "first": reverse("console:notices") if before_id else "",
    }
    return render(request, "console/notices.html", context)


def _read(request: StaffRequest) -> HttpResponse:
    chosen = request.POST.get("notice", "")
    ids = [int(chosen)] if chosen.isdecimal() and len(chosen) < 19 else None
    inbox.mark_read(request.user.pk, ids, at=database_now())
    if ids is None:
        return redirect("console:notices")
    return redirect(_page_of(ids[0], request) or "console:notices")


def _page_of(notice_id: int, request: StaffRequest) -> str:
    shown = inbox.of_staff(request.user.pk, before_id=notice_id + 1, limit=1)
    found = shown[0] if shown and shown[0].notice.pk == notice_id else None
    return _path(found) if found else ""


def _item(one: Shown) -> dict[str, Any]:
    return {
        "notice": one.notice,
        "title": one.rendered.subject,
        "lines": [line for line in one.rendered.body.splitlines() if line],
        "urgent": one.rendered.urgent,
        "url": _path(one),
    }


def _path(one: Shown) -> str:
    """The page on this site; the notice knows its public address, which may be another one."""
    parts = urlsplit(one.rendered.url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
