"""The middle and right panes of an opened ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from complaints import reading
from complaints.enums import Kind
from complaints.models import Ticket
from console import acts, bench, callers, chips, entries, ladders, words
from console.acts import Act
from console.door import StaffRequest
from console.forms.acts import ActForm
from console.forms.reveal import NAME, RevealForm
from console.frame import WORKBENCH, frame, origin_of
from core.actors import Actor
from organisation import access
from organisation.models import Dwelling, Post
from organisation.services import posts
from organisation.services.posts import local_date
from residents.services.people import CallerMatch

STEWARD: Final = "steward"
REVEAL: Final = "tickets.reveal_reporter"


def find(public_id: UUID, actor: Actor) -> Ticket:
    """The ticket in the actor's scope, with all that its page asks of it."""
    rows = Ticket.objects.visible_to(actor).for_acting().for_list()
    ticket = rows.filter(public_id=public_id).first()
    if ticket is None:
        raise Http404
    return ticket


def show(
    request: StaffRequest,
    ticket: Ticket,
    *,
    at: datetime,
    opened: tuple[Act, ActForm] | None = None,
    revealed: tuple[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. `opened` is an act whose form stands open, as after a mistake; `revealed` is which
    value of the reporter is shown in clear this once, and the value."""
    allowed = acts.allowed(request.actor, ticket)
    context = {
        **frame(request, at=at, current=ticket),
        **_head(ticket, at),
        **_around(ticket, request, at, dict([revealed]) if revealed else {}),
        "entries": entries.rows(
            reading.timeline(ticket, request.actor), channel=ticket.get_channel_display()
        ),
        "title": bench.title_of(ticket),
        "origin": origin_of(request),
        "buttons": _buttons(allowed, ticket, request, at),
        "composers": _composers(allowed, ticket, request, at, opened),
        "opened": _opened(opened, request),
        "reveal_form": RevealForm(),
        "may_see_history": access.has(request.actor, "history.view", ticket.unit),
    }
    return render(request, "console/ticket.html", context, status=status)


def _head(ticket: Ticket, at: datetime) -> dict[str, Any]:
    clocks = [clock for clock in ticket.clocks.all() if clock.cycle == ticket.cycle]
    rungs = ladders.rungs_of({clock.policy_id for clock in clocks})
    climbed = ladders.climbed([ticket], clocks).get(ticket.pk)
    return {
        "ticket": ticket,
        "chips": chips.all_of(clocks, at=at, rungs=rungs),
        "steps": ladders.steps(ticket, climbed, rungs),
        "category": words.category_name(ticket.category),
        "holder": _holder(ticket.post, at),
    }


def _holder(post: Post | None, at: datetime) -> str:
    staff = posts.current_holder(post, at=at) if post else None
    return staff.name if staff else ""


def _buttons(
    allowed: list[Act], ticket: Ticket, request: StaffRequest, at: datetime
) -> list[dict[str, Any]]:
    offered = [act for act in allowed if act.code not in acts.COMPOSERS]
    return [
        {
            "act": act,
            "form": None if act.at_once else _form(act, ticket, request, at),
            "main": place == 0 and act.code in acts.STEPS,
            "in_sight": place < acts.IN_SIGHT and not act.danger,
        }
        for place, act in enumerate(offered)
    ]


def _composers(
    allowed: list[Act],
    ticket: Ticket,
    request: StaffRequest,
    at: datetime,
    opened: tuple[Act, ActForm] | None,
) -> list[dict[str, Any]]:
    """The boxes for an answer and for a note, apart, so that neither is sent as the other. One that
    stands open above is not drawn again below."""
    shown = opened[0].code if opened else ""
    return [
        {"act": act, "form": _form(act, ticket, request, at)}
        for act in allowed
        if act.code in acts.COMPOSERS and act.code != shown
    ]


def _form(act: Act, ticket: Ticket, request: StaffRequest, at: datetime) -> ActForm:
    return acts.form_for(act, ticket, actor=request.actor, at=at)


def _opened(opened: tuple[Act, ActForm] | None, request: StaffRequest) -> dict[str, Any] | None:
    if opened is None:
        return None
    act, form = opened
    kept = form.kept_photos(request.actor) if hasattr(form, "kept_photos") else []
    origin = origin_of(request)
    # who came from a list of work goes back to it when this is done
    return {
        "act": act,
        "form": form,
        "kept": kept,
        "next": "" if origin is WORKBENCH else origin.url,
    }


def _around(
    ticket: Ticket, request: StaffRequest, at: datetime, revealed: dict[str, str]
) -> dict[str, Any]:
    """Who reported, where it is, and what else there is; as far as the actor may know."""
    actor = request.actor
    reporter = callers.reporter_of(ticket, actor=actor)
    subject_id = reporter.subject_id if reporter is not None else None
    match = _reporter_as_seen(subject_id, ticket, actor) if subject_id is not None else None
    others: list[Ticket] = []
    if match is not None:
        rows = callers.tickets_of([match.subject_id], actor=actor).exclude(pk=ticket.pk)
        others = list(rows[: callers.MOST_OTHERS])
    shown = match is not None and match.shown_in_full
    card = callers.full_card(match, at=at) if match else None
    for place, contact in enumerate(card.contacts if card else ()):
        contact["shown"] = revealed.get(str(place), contact["masked"])
        contact["revealed"] = str(place) in revealed
    return {
        "reporter": reporter,
        "card": card,
        "revealed_name": revealed.get(NAME, ""),
        "others": bench.list_rows(others, at=at, query=bench.query_of(request)),
        "dwelling": _dwelling(ticket, shown),
        "steward": posts.nearest(ticket.unit, STEWARD, on=local_date(at)),
        "may_reveal": match is not None and access.has(actor, REVEAL, ticket.unit),
    }


def _reporter_as_seen(subject_id: UUID, ticket: Ticket, actor: Actor) -> CallerMatch | None:
    """Who reports corruption is masked for everybody: only a reveal, which is logged, tells."""
    match = callers.known(subject_id, actor=actor)
    return match.masked() if match and ticket.kind == Kind.INTEGRITY else match


def _dwelling(ticket: Ticket, shown: bool) -> str:
    """The room tells who lives there: without the right to know, the building is all there is."""
    if ticket.dwelling_id and shown:
        return str(Dwelling.objects.select_related("building").get(pk=ticket.dwelling_id))
    return ticket.building.name if ticket.building else ""
