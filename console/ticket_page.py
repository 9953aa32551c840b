"""The middle and right panes of an opened ticket."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from complaints import reading
from complaints.enums import ENVIRONMENT, Channel
from complaints.models import AlertReport, CorrectiveAction, Ticket
from complaints.opened import ticket_of
from complaints.querysets import GATED, SEALED_REPORTER, TicketQuerySet
from complaints.reading import Entry
from complaints.services import catalogue, holders
from console import (
    account_path,
    acts,
    bench,
    callers,
    chips,
    corrective,
    entries,
    escalations,
    ip_panel,
    kindred,
    ladders,
    words,
)
from console.acts import Act
from console.door import StaffRequest
from console.forms.acts import ActForm
from console.forms.reveal import NAME, RevealForm
from console.frame import WORKBENCH, frame, origin_of
from core.actors import Actor
from organisation import access
from organisation.models import Post
from organisation.services import posts
from residents.services.people import CallerMatch

STEWARD: Final = "steward"
MOST_REPORTS: Final = 20
REVEAL: Final = "tickets.reveal_reporter"


def find(public_id: UUID, actor: Actor) -> Ticket:
    """The ticket in the actor's scope, with all that its page asks of it."""
    ticket = ticket_of(actor, public_id)
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
    story = reading.timeline(ticket, request.actor)
    around = frame(request, at=at, current=ticket)
    mark = around["bench"].marks.get(ticket.pk)
    context = {
        **around,
        **_head(ticket, story, at),
        "mark": mark,
        **kindred.panels(
            ticket,
            mark,
            {act.code for act in allowed},
            actor=request.actor,
            query=bench.query_of(request),
        ),
        **_remedies(ticket, request, at),
        **_around(ticket, request, at, dict([revealed]) if revealed else {}),
        **_device(ticket),
        "entries": entries.rows(story, channel=ticket.get_channel_display()),
        "account_path": account_path.steps(ticket, story) if ticket.account_id else [],
        "title": bench.title_of(ticket),
        "origin": origin_of(request),
        "buttons": _buttons(allowed),
        "composers": _composers(allowed, ticket, request, at, opened),
        "opened": _opened(opened, request),
        "reveal_form": RevealForm(),
        "may_summarise": _may_summarise(ticket, request.actor),
        "may_see_history": access.has(request.actor, "history.view", ticket.unit),
    }
    return render(request, "console/ticket.html", context, status=status)


def dialog(
    request: StaffRequest, ticket: Ticket, act: Act, form: ActForm, *, seen: int | None
) -> HttpResponse:
    """The form alone, for the dialog that a button opens; its address without script is `show`.
    `seen` is the version of the page it opens on, which may be older than the ticket by now."""
    query = {"query": bench.query_of(request)}
    context = {"ticket": ticket, "act": act, "form": form, "bench": query, "seen": seen}
    return render(request, "console/_act_dialog.html", context)


def _head(ticket: Ticket, story: Sequence[Entry], at: datetime) -> dict[str, Any]:
    clocks = sorted(ticket.clocks.all(), key=attrgetter("pk"))
    present = [clock for clock in clocks if clock.cycle == ticket.cycle]
    rungs = catalogue.seen_with(ticket).rungs
    events = [entry.event for entry in story]
    climbed = ladders.climbed_in(events, ticket, present)
    return {
        "ticket": ticket,
        "chips": chips.all_of(present, at=at, rungs=rungs),
        # of these the ladder tells their own people alone, whatever roles its rungs name
        "steps": [] if ticket.kind in GATED else ladders.steps(ticket, climbed, rungs),
        "category": words.category_name(ticket.category),
        "holder": _holder(ticket.post, at),
        "holders": holders.among(events, ticket, at=at),
        "co_owners": _co_owners(ticket),
    }


def _co_owners(ticket: Ticket) -> list[str]:
    return escalations.co_owners([ticket])[ticket.pk] if ticket.co_owner_ids else []


def _remedies(ticket: Ticket, request: StaffRequest, at: datetime) -> dict[str, Any]:
    if not ticket.has_remedies:
        return {"corrective": []}
    rows = CorrectiveAction.objects.visible_to(request.actor).filter(ticket=ticket).for_list()
    actions = list(rows.order_by("due_on", "pk"))
    return {"corrective": corrective.rows(actions, actor=request.actor, at=at) if actions else []}


def _holder(post: Post | None, at: datetime) -> str:
    staff = posts.current_holder(post, at=at) if post else None
    return staff.name if staff else ""


def _buttons(allowed: list[Act]) -> list[dict[str, Any]]:
    """Their forms are asked for when they are opened (docs/adr/0120)."""
    offered = [act for act in allowed if act.code not in acts.COMPOSERS]
    return [
        {
            "act": act,
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
    kept = entries.kept(form, request.actor)
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
    reporter = ticket.reporter if ticket.reporter_known else None
    subject_id = reporter.subject_id if reporter is not None else None
    match = callers.known(subject_id, actor=actor) if subject_id is not None else None
    if match is not None and ticket.kind in SEALED_REPORTER:
        match = match.masked()
    others = _others(match, ticket, actor) if match is not None else ()
    shown = match is not None and match.shown_in_full
    card = callers.full_card(match, at=at) if match else None
    for place, contact in enumerate(card.contacts if card else ()):
        contact["shown"] = revealed.get(str(place), contact["masked"])
        contact["revealed"] = str(place) in revealed
    return {
        "reporter": reporter,
        "card": card,
        "revealed_name": revealed.get(NAME, ""),
        "others": bench.side_rows(others, bench.query_of(request)),
        "dwelling": _dwelling(ticket, shown),
        "steward": posts.nearest(ticket.unit, STEWARD, at=at),
        "ip": ip_panel.shown(ticket, revealed),
        "may_reveal_holder": access.has(actor, REVEAL, ticket.unit),
        "may_reveal": match is not None and access.has(actor, REVEAL, ticket.unit),
    }


def _others(match: CallerMatch, ticket: Ticket, actor: Actor) -> TicketQuerySet:
    rows = callers.tickets_of([match.subject_id], actor=actor).exclude(pk=ticket.pk)
    return rows.for_side()[: callers.MOST_OTHERS]


def _device(ticket: Ticket) -> dict[str, Any]:
    """The device whose alarm the ticket is about, and what it has said of late."""
    if ticket.channel != Channel.BUILDING_SYSTEM:
        return {}
    alerts = list(ticket.alerts.select_related("device", "rule").order_by("-last_raised_at", "-pk"))
    reports = AlertReport.objects.filter(alert__in=alerts).order_by("-occurred_at", "-pk")
    return {"alerts": alerts, "reports": list(reports[:MOST_REPORTS])}


def _may_summarise(ticket: Ticket, actor: Actor) -> bool:
    """Matters of the environment are told to everybody of the community."""
    of_all = ticket.kind not in GATED and ticket.category.code.startswith(ENVIRONMENT)
    return of_all and access.has(actor, "tickets.reply", ticket.unit)


def _dwelling(ticket: Ticket, shown: bool) -> str:
    """The room tells who lives there: without the right to know, the building is all there is."""
    if ticket.dwelling_id and shown:
        return str(ticket.dwelling)
    return ticket.building.name if ticket.building else ""
