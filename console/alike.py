"""Which repeats and group matters a list shows: of which community, of how many days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.querysets import TicketQuerySet
from complaints.repeats import MOST_DAYS
from console import places
from console.door import StaffRequest
from core import paging
from core.errors import InvalidInput, Text
from organisation.models import Unit

PERMISSION: Final = "tickets.view"
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    typed: str
    typed_days: str
    unit: Unit | None
    days: int
    usual: int
    after: str
    problems: Mapping[str, Text]

    def narrowed(self, rows: TicketQuerySet) -> TicketQuerySet:
        """None at all for a community that is none: it was not asked for all of them."""
        if "community" in self.problems:
            return rows.none()
        return rows.filter(unit__path__startswith=self.unit.path) if self.unit else rows

    def shown(self, here: str, page: paging.Page[Any]) -> dict[str, Any]:
        """What the form, the tabs and the pager say."""
        return {
            "here": reverse(here),
            "community": self.typed,
            "days": self.days,
            "typed_days": self.typed_days or self.days,
            "most_days": MOST_DAYS,
            "problems": self.problems,
            "narrowed": bool(self.typed) or self.days != self.usual,
            "tabs": self._tabs(here),
            "following": self._url(here, page.next_cursor),
            "previous": self._url(here, page.previous_cursor),
        }

    def _tabs(self, here: str) -> list[dict[str, Any]]:
        pages = (("console:groups", _("群诉")), ("console:repeats", _("重复报")))
        return [
            {"label": label, "url": self._address(page), "current": page == here}
            for page, label in pages
        ]

    def _url(self, here: str, cursor: str | None) -> str:
        days = {} if self.days == self.usual else {"days": self.days}
        return self._address(here, **days, after=cursor) if cursor else ""

    def _address(self, page: str, **more: object) -> str:
        said = {"community": self.typed, **more}
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{reverse(page)}?{query}" if query else reverse(page)


def wanted(request: StaffRequest, *, usual: int) -> Wanted:
    typed = request.GET.get("community", "").strip()[:LONGEST]
    unit, problems = None, dict[str, Text]()
    try:
        unit = places.community(typed, actor=request.actor, permission=PERMISSION)
    except InvalidInput as error:
        problems["community"] = error.fields["community"][0]
    typed_days = request.GET.get("days", "").strip()[:LONGEST]
    if not _is_days(typed_days or str(usual)):
        problems["days"] = _("请填写 1 至 %(most)d 天。") % {"most": MOST_DAYS}
    days = days_of(request.GET, usual)
    after = request.GET.get("after", "")
    return Wanted(typed, typed_days, unit, days, usual, after, problems)


def days_of(sent: Mapping[str, Any], usual: int) -> int:
    typed = str(sent.get("days", ""))
    return int(typed) if _is_days(typed) else usual


def _is_days(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= 2 and 1 <= int(typed) <= MOST_DAYS
