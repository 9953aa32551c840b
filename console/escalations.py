"""What went up to somebody: how far, since when, and what was tried before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from complaints.enums import Decision, EventKind, StepEffect
from complaints.models import CoOwnership, TextEntry, Ticket, TicketClock, TicketEvent
from complaints.services.clocks import HANDLING
from console import acts, bench, entries, ladders
from console.ladders import Climbed
from core.actors import Actor

#: what counts as an attempt, or as a word of the resident about it
TRIED: Final = (
    EventKind.ASSIGNED,
    EventKind.ACCEPTED,
    EventKind.STARTED,
    EventKind.WAITING,
    EventKind.REPLIED,
    EventKind.NOTED,
    EventKind.ADDED,
    EventKind.URGED,
    EventKind.RESOLVED,
    EventKind.REOPENED,
    EventKind.TAKEN_OVER,
    EventKind.GIVEN_BACK,
    EventKind.ACKNOWLEDGED,
    EventKind.PLANNED,
)
LINES: Final = 6
WORDS: Final = 90


def cases(tickets: Sequence[Ticket], *, actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """One for each ticket, read `for_acting` and `for_list`; as few statements as for one."""
    clocks = TicketClock.objects.filter(ticket__in=tickets, kind__in=HANDLING)
    climbed = ladders.climbed(tickets, clocks)
    rungs = ladders.rungs_of({one.clock.policy_id for one in climbed.values()})
    tried = _tried(tickets, actor)
    rows = bench.list_rows(tickets, at=at, query="from=escalated")
    owners = co_owners(tickets)
    return [
        {
            **row,
            "level": _level(climbed.get(row["ticket"].pk)),
            "steps": ladders.steps(row["ticket"], climbed.get(row["ticket"].pk), rungs),
            "tried": tried[row["ticket"].pk][-LINES:],
            "owners": owners.get(row["ticket"].pk, []),
            **_decisions(row["ticket"], actor),
            "earlier": max(0, len(tried[row["ticket"].pk]) - LINES),
        }
        for row in rows
    ]


def co_owners(tickets: Sequence[Ticket]) -> dict[int, list[str]]:
    """By ticket the posts that answer for it beside its own, in words; one statement."""
    rows = CoOwnership.objects.standing().filter(ticket__in=tickets)
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows.select_related("post__unit", "post__role", "post__holder").order_by("pk"):
        holder = row.post.holder.name if row.post.holder else _("空缺")
        found[row.ticket_id].append(f"{row.post}（{holder}）")
    return found


def _decisions(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """`awaited`: who it came up to has not said yet that it has arrived."""
    found = [act for act in acts.allowed(actor, ticket) if act.code in acts.DECISIONS]
    awaited = any(act.code == Decision.ACKNOWLEDGE for act in found)
    return {"decisions": found, "awaited": awaited}


def _level(climbed: Climbed | None) -> str:
    """2 级 · 共同负责."""
    if climbed is None or climbed.top < 1:
        return ""
    effect = climbed.fired[climbed.top].effect
    said = StepEffect(effect).label if effect else ""
    return _("%(level)d 级 · %(effect)s") % {"level": climbed.top, "effect": said}


def _tried(tickets: Sequence[Ticket], actor: Actor) -> dict[int, list[dict[str, Any]]]:
    events = (
        TicketEvent.objects.visible_to(actor)
        .filter(ticket__in=tickets, kind__in=TRIED)
        .select_related("staff", "machine", "post__role", "post__unit", "clock")
        .order_by("occurred_at", "id")
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    cycles = {ticket.pk: ticket.cycle for ticket in tickets}
    rows = [event for event in events if event.cycle == cycles[event.ticket_id]]
    said = _texts(rows, actor)
    for event in rows:
        found[event.ticket_id].append(
            {
                "at": event.occurred_at,
                "who": entries.author(event),
                "what": entries.happened(event),
                "said": Truncator(said.get(event.pk, "")).chars(WORDS),
            }
        )
    return found


def _texts(events: Iterable[TicketEvent], actor: Actor) -> dict[int, str]:
    texts = TextEntry.objects.visible_to(actor).current().filter(event__in=list(events))
    return {text.event_id: text.body for text in texts.order_by("id")}
