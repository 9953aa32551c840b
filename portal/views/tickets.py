"""What a resident reported, and how it goes."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from complaints import opened, policies, reading
from complaints.api.views import picture
from complaints.enums import Entry as EntryVerb
from complaints.enums import EventKind, Kind
from complaints.models import Ticket
from complaints.querysets import TicketQuerySet
from complaints.reading import Entry
from complaints.services import catalogue
from core import paging
from core.actors import Actor
from core.clock import database_now
from core.errors import InvalidInput, NotFound
from notifications import inbox
from portal import parcels, promises
from portal.acts import ACTS, BY_VERB, Act
from portal.door import ResidentRequest, resident_page
from portal.forms.ticket import RateForm

ORDER: Final = ("-received_at", "-id")
PAGE: Final = 20
#: that words of danger were sent, for the page that follows; never which
DANGER: Final = "danger"


def mine(actor: Actor) -> TicketQuerySet:
    """Requests about personal data have pages of their own."""
    return Ticket.objects.visible_to(actor).exclude(kind=Kind.PRIVACY)


def find(public_id: UUID, actor: Actor) -> Ticket:
    """Raises NotFound for what is not there or not theirs."""
    ticket = opened.ticket_of(actor, public_id)
    if ticket is None:
        raise NotFound
    return ticket


@require_GET
@resident_page
def tickets(request: ResidentRequest) -> HttpResponse:
    ended = request.GET.get("show") == "ended"
    rows = mine(request.actor)
    going_on = rows.going_on()
    rows = rows.exclude(pk__in=going_on.values("pk")) if ended else going_on
    try:
        page = paging.page(
            rows.for_list(), order=ORDER, size=PAGE, cursor=request.GET.get("cursor")
        )
    except InvalidInput:
        return redirect("portal:tickets")
    context = {
        "rows": [_row(ticket) for ticket in page.rows],
        "ended": ended,
        "tabs": _tabs(ended),
        "unread": inbox.unread_count_of(request.resident.kin),
        "following": _page_address(page.next_cursor, ended),
        "previous": _page_address(page.previous_cursor, ended),
    }
    return render(request, "portal/tickets.html", context)


@require_GET
@resident_page
def ticket(request: ResidentRequest, public_id: UUID) -> HttpResponse:
    found = find(public_id, request.actor)
    if found.kind == Kind.PRIVACY:
        return _to_request(found)
    return show(request, found)


@require_GET
@resident_page
def sent(request: ResidentRequest, public_id: UUID) -> HttpResponse:
    """The number, and who answers when."""
    found, rules, at = find(public_id, request.actor), catalogue.current(), database_now()
    promise = promises.first_answer(found, rules, at=at)
    context = {"ticket": found, "promise": promise, "danger": DANGER in request.GET}
    return render(request, "portal/sent.html", context)


@require_GET
@resident_page
def photo(request: ResidentRequest, token: str) -> HttpResponseBase:
    return picture(token, request.actor)


def show(
    request: ResidentRequest, found: Ticket, *, rate: RateForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a ticket; `rate` is a rating that has to be put right."""
    at, entries = database_now(), reading.timeline(found, request.actor)
    allowed = offered(found, request.actor, entries)
    context = {
        "ticket": found,
        "title": _title(found),
        "state_words": parcels.state_words(found.state),
        "promise": promises.now(found, catalogue.current(), at=at),
        "parcels": parcels.with_news(
            parcels.rows(entries), reading.followed_by(request.actor, found)
        ),
        "acts": [act for act in allowed if act.verb != EntryVerb.RATE],
        "rate": _rating(allowed, rate),
        "done": _draft_done(request, found),
        "danger": DANGER in request.GET,
        "back_url": reverse("portal:tickets"),
    }
    return render(request, "portal/ticket.html", context, status=status)


def offered(found: Ticket, actor: Actor, entries: list[Entry]) -> list[Act]:
    """What the resident may do now, without a second rating of the same cycle."""
    allowed = set(policies.allowed_actions(actor, found))
    if any(e.event.kind == EventKind.RATED and e.event.cycle == found.cycle for e in entries):
        allowed.discard(EntryVerb.RATE)
    return [act for act in ACTS if act.verb in allowed]


def _draft_done(request: ResidentRequest, found: Ticket) -> str:
    """The draft of what has just arrived, for the browser to forget."""
    verb = request.GET.get("done", "")
    return draft_name(verb, found) if verb in BY_VERB else ""


def draft_name(verb: str, found: Ticket) -> str:
    return f"{verb}-{found.reference}"


def _rating(allowed: list[Act], rate: RateForm | None) -> RateForm | None:
    if any(act.verb == EntryVerb.RATE for act in allowed):
        return rate or RateForm(auto_id="rate_%s")
    return None


def _row(found: Ticket) -> dict[str, Any]:
    return {
        "url": reverse("portal:ticket", args=[found.public_id]),
        "title": _title(found),
        "state": found.state,
        "state_words": parcels.state_words(found.state),
        "category": found.category,
        "at": found.received_at,
    }


def _title(found: Ticket) -> str:
    summary: str | None = found.summary_text  # of for_list
    return summary or str(found.category)


def _tabs(ended: bool) -> list[dict[str, Any]]:
    here = reverse("portal:tickets")
    return [
        {"label": _("进行中"), "url": here, "current": not ended},
        {"label": _("已结束"), "url": f"{here}?show=ended", "current": ended},
    ]


def _page_address(cursor: str | None, ended: bool) -> str:
    if cursor is None:
        return ""
    query = {"cursor": cursor, **({"show": "ended"} if ended else {})}
    return f"{reverse('portal:tickets')}?{urlencode(query)}"


def _to_request(found: Ticket) -> HttpResponse:
    request = getattr(found, "privacy_request", None)
    if request is None:
        raise NotFound
    return redirect("portal:request_status", request.public_id)
