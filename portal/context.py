"""What every resident's page needs: where one can go, and the menu of who is signed in.

The count is read when a template asks for it.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.enums import Kind, State
from complaints.models import Ticket
from core.actors import Actor
from core.pages.draft_owner import RESIDENT, mark
from portal.door import Resident, resident_of

#: label, icon, route, first parts of the path
PLACES: Final[tuple[tuple[Promise, str, str, tuple[str, ...]], ...]] = (
    (gettext_lazy("报事"), "plus", "portal:home", ("", "report")),
    (gettext_lazy("我的工单"), "ticket", "portal:tickets", ("tickets",)),
    (gettext_lazy("隐私"), "shield", "portal:privacy", ("privacy", "policy")),
)

#: states that wait for a word of the resident
MY_TURN: Final = (State.RESOLVED, State.WAITING_RESIDENT)


def portal(request: HttpRequest) -> dict[str, Any]:
    match = request.resolver_match
    if match is None or match.app_name != "portal":
        return {}
    resident = resident_of(request)
    if resident is None:
        return {"home_url": reverse("portal:home"), "draft_owner": mark(RESIDENT, None)}
    return {
        "draft_owner": mark(RESIDENT, resident.subject_id),
        "home_url": reverse("portal:home"),
        "sign_out_url": reverse("portal:sign_out"),
        "nav_items": SimpleLazyObject(lambda: _places(request, resident)),
        "viewer": _viewer(),
    }


def waiting_for(actor: Actor) -> int:
    """How many matters wait for a word of this resident."""
    mine = Ticket.objects.visible_to(actor).filter(state__in=MY_TURN)
    return mine.exclude(kind=Kind.PRIVACY).count()


def _places(request: HttpRequest, resident: Resident) -> list[dict[str, Any]]:
    section = request.path.split("/")[1]
    return [
        {
            "label": label,
            "icon": icon,
            "url": reverse(route),
            "current": section in sections,
            "count": waiting_for(resident.actor) if route == "portal:tickets" else 0,
            "urgent": True,
        }
        for label, icon, route, sections in PLACES
    ]


def _viewer() -> dict[str, Any]:
    """No name: it would cost a key on every page and tell whoever looks over a shoulder."""
    return {
        "name": _("我的"),
        "links": [
            {"label": _("通知"), "icon": "bell", "url": reverse("portal:notices")},
            {"label": _("我的家"), "icon": "home", "url": reverse("portal:account")},
        ],
    }
