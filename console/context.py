"""What every staff page needs: where one can go, the bell, and who is looking.

Everything is read when a template asks for it: a fragment of a page asks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from console import shell
from console.counting import Counted, counts_of, said
from core.pages.draft_owner import STAFF, mark
from organisation import access
from organisation.models import Staff


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the rail. `counted` names the count beside it, `section` its part of the path."""

    label: Promise
    icon: str
    page: str
    section: tuple[str, ...]
    needs: tuple[str, ...]
    counted: str = ""
    urgent: bool = False
    #: said under "more": opened now and then, by people whose day is in other places
    seldom: bool = False


PLACES: Final = (
    Place(
        _("工作台"),
        "inbox",
        "console:workbench",
        ("workbench", "tickets"),
        ("tickets.view", "integrity.view", "legal.view"),
    ),
    Place(
        _("我的工作"),
        "clipboard-check",
        "console:work",
        ("work",),
        ("tickets.handle", "escalations.receive"),
        "work",
    ),
    Place(
        _("升级给我"),
        "arrow-up-circle",
        "console:escalated",
        ("escalated",),
        ("escalations.receive",),
        "escalated",
        urgent=True,
    ),
    Place(
        _("回访"),
        "phone",
        "console:call_backs",
        ("callbacks",),
        ("callbacks.make", "callbacks.account"),
        "call_backs",
    ),
    Place(_("大客户"), "crown", "console:accounts", ("accounts",), ("accounts.view",), seldom=True),
    Place(_("设备告警"), "siren", "console:alerts", ("alerts",), ("tickets.assign", "duty.queue")),
    Place(
        _("重复群诉"),
        "users",
        "console:groups",
        ("groups",),
        ("tickets.assign",),
        seldom=True,
    ),
    Place(
        _("整改"),
        "flag",
        "console:corrective",
        ("corrective",),
        ("tickets.handle", "tickets.assign"),
        seldom=True,
    ),
    Place(
        _("隐私请求"),
        "shield",
        "console:privacy",
        ("privacy",),
        ("privacy.view",),
    ),
    Place(
        _("质量抽检"),
        "bar-chart",
        "console:rounds",
        ("rounds", "cases"),
        ("quality.view",),
        seldom=True,
    ),
    Place(
        _("社区环境"),
        "globe",
        "console:environment",
        ("environment",),
        ("tickets.assign",),
        seldom=True,
    ),
    Place(
        _("供应商"),
        "building",
        "console:suppliers",
        ("suppliers",),
        ("suppliers.view",),
        seldom=True,
    ),
    Place(_("消息"), "send", "console:outbox", ("messages",), ("organisation.manage",)),
    Place(
        _("设置"), "settings", "console:settings_policies", ("settings",), ("organisation.manage",)
    ),
)

Rows = Mapping[str, Counted]
NOTHING_MORE: Final[Rows] = {}

#: more places than this and the seldom ones are folded away
MOST_PLACES: Final = 6


def console(request: HttpRequest) -> dict[str, Any]:
    if not request.path.startswith("/console/"):
        return {}
    user = getattr(request, "user", None)
    home = {"home_url": reverse("console:home")}
    if not isinstance(user, Staff):
        return {**home, "draft_owner": mark(STAFF, None)}
    return {
        **home,
        "draft_owner": mark(STAFF, user.pk),
        "nav_items": SimpleLazyObject(lambda: _places(request, user)),
        "bell": SimpleLazyObject(lambda: _bell(request, user)),
        "viewer": SimpleLazyObject(lambda: _viewer(user)),
        "sign_out_url": reverse("console:sign_out"),
    }


def _places(request: HttpRequest, user: Staff) -> list[dict[str, Any]]:
    open_to = _open_to(user)
    counts = counted(request, user)
    section = _section(request)
    seldom = _seldom(open_to)
    places = [
        {
            "label": place.label,
            "icon": place.icon,
            "url": reverse(place.page),
            "current": section in place.section,
            "count": _badge(counts.get(place.counted, 0)),
            "urgent": place.urgent,
            "seldom": place in seldom and section not in place.section,
        }
        for place in open_to
    ]
    return sorted(places, key=itemgetter("seldom"))


def _open_to(user: Staff) -> list[Place]:
    held = access.permissions_of(user.actor)
    return [place for place in PLACES if not held.isdisjoint(place.needs)]


def counted(request: HttpRequest, user: Staff, more: Rows = NOTHING_MORE) -> dict[str, int]:
    """What rail and bell count, once per request; a page that counts as well gives its own rows
    along, so that all is one statement."""
    kept: dict[str, int] | None = getattr(request, "_counted", None)
    if kept is None:
        of_places = {place.counted for place in _open_to(user) if place.counted}
        kept = counts_of({**shell.rows(user, of_places), **more})
        request._counted = kept  # type: ignore[attr-defined]  # lives as long as the request
    return kept


def _seldom(open_to: Sequence[Place]) -> list[Place]:
    """What is folded away: nothing, as long as the rail is short without it."""
    return [place for place in open_to if place.seldom] if len(open_to) > MOST_PLACES else []


def _section(request: HttpRequest) -> str:
    """The part of the console; a ticket belongs to the list it was opened from."""
    section = request.path.split("/")[2]
    return request.GET.get("from", section) if section == "tickets" else section


def _badge(count: int) -> str:
    return said(count, most=99) if count else ""


def _bell(request: HttpRequest, user: Staff) -> dict[str, Any]:
    count = counted(request, user)[shell.BELL]
    return {"url": reverse("console:notices"), "count": _badge(count)}


def _viewer(user: Staff) -> dict[str, str]:
    posts = user.posts_in_force
    return {"name": user.name, "post": str(posts[0]) if posts else ""}
