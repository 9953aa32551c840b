"""What every page of the workbench needs around its middle pane."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.models import Ticket
from console import calls
from console.bench import bench
from console.door import StaffRequest
from organisation import access

VIEW: Final = ("tickets.view", "integrity.view", "legal.view")


@dataclass(frozen=True, slots=True)
class Origin:
    """The page somebody opened a ticket from, and goes back to."""

    label: Promise
    page: str

    @property
    def url(self) -> str:
        return reverse(self.page)


WORKBENCH: Final = Origin(_("工作台"), "console:workbench")
#: by the `from` of the address
ORIGINS: Final = {
    "work": Origin(_("我的工作"), "console:work"),
    "escalated": Origin(_("升级给我"), "console:escalated"),
    "callbacks": Origin(_("回访"), "console:call_backs"),
    "accounts": Origin(_("大客户"), "console:accounts"),
    "groups": Origin(_("群诉"), "console:groups"),
    "repeats": Origin(_("重复报"), "console:repeats"),
    "corrective": Origin(_("整改"), "console:corrective"),
}


def origin_of(request: StaffRequest) -> Origin:
    return ORIGINS.get(request.GET.get("from", ""), WORKBENCH)


def frame(request: StaffRequest, *, at: datetime, current: Ticket | None = None) -> dict[str, Any]:
    held = access.permissions_of(request.actor)
    return {
        "bench": bench(request, at=at, current=current),
        "may_create": "tickets.create" in held,
        "may_look_up": "callers.lookup" in held,
        "may_register": "residents.edit" in held,
        **_calls(request, at, "callers.lookup" in held),
        "at": at,
    }


def _calls(request: StaffRequest, at: datetime, may_look_up: bool) -> dict[str, Any]:
    """The bar of calls as the page begins with it; afterwards the page asks by itself."""
    if not may_look_up:
        return {}
    now = calls.waiting(request.actor, at=at)
    return {
        "ringing": [calls.ringing(call, actor=request.actor, at=at) for call in now],
        "seen": calls.seen(now),
    }
