"""From rows to what the API answers, and from its filters to rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, QuerySet
from django.utils import timezone

from complaints.danger import Danger
from complaints.enums import EventKind
from complaints.models import Attachment, Category, Ticket, TicketClock, TicketEvent
from complaints.querysets import TicketQuerySet
from complaints.reading import Entry, News
from complaints.reasons import NEXT_STEP
from complaints.services import photos
from core import reference
from core.actors import Actor, ActorKind
from core.compiled import AnyOf, Compiled, Slot

Address = Callable[[str], str]


def narrowed(
    rows: TicketQuerySet, wanted: dict[str, Any], *, actor: Actor, at: Callable[[], datetime]
) -> TicketQuerySet:
    """Apply the filters of a list; `at` is asked only when a filter needs the time."""
    for name in ("state", "kind", "severity"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    if category := wanted.get("category"):
        rows = rows.in_category(category)
    if unit := wanted.get("unit"):
        rows = rows.in_unit(unit)
    if wanted["open"]:
        # for who reported what was merged, the matter goes on with the main ticket
        rows = rows.going_on() if actor.kind is ActorKind.REPORTER else rows.open()
    if wanted["overdue"]:
        rows = rows.overdue(at())
    if wanted["urged"]:
        rows = rows.urged()
    if wanted["supervised"]:
        rows = rows.supervised()
    return _searched(rows, wanted["q"], actor) if wanted.get("q") else rows


def _searched(rows: TicketQuerySet, typed: str, actor: Actor) -> TicketQuerySet:
    try:
        reference.parse(typed)
    except reference.ReferenceInvalid:
        return rows.matching(typed, actor)
    return rows.filter(reference=reference.normalise(typed))


def created(ticket: Ticket, danger: Danger | None) -> dict[str, Any]:
    """What `TicketCreatedSerializer` says, as it is kept for who asks again: the kind of danger,
    never the word for it."""
    return {
        "id": str(ticket.public_id),
        "reference": ticket.reference,
        "state": ticket.state,
        "severity": ticket.severity,
        "safety_suspected": {"kind": danger.kind.value, "acute": danger.acute} if danger else None,
        "received_at": moment(ticket.received_at),
    }


def rows(tickets: Sequence[Any]) -> list[dict[str, Any]]:
    """What `TicketRowSerializer` says of each, for tickets read `for_rows`; one statement for all
    their clocks. Fifty rows through serializers take longer than everything else together."""
    zone = timezone.get_current_timezone()
    clocks: dict[int, list[dict[str, Any]]] = defaultdict(list)
    live = _live_clocks(tickets=[ticket.id for ticket in tickets])
    for ticket_id, kind, state, due_at, left, provisional in live:
        clocks[ticket_id].append(
            {
                "kind": kind,
                "state": state,
                "due_at": due_at and moment(due_at, zone),
                "remaining_minutes": None if left is None else f"{left:.4f}",
                "provisional": provisional,
            }
        )
    return [_row(ticket, clocks[ticket.id], zone) for ticket in tickets]


def _clocks_of() -> QuerySet[TicketClock, Any]:
    tickets = Slot("tickets", ArrayField(BigIntegerField()))
    live = TicketClock.objects.live().filter(AnyOf(F("ticket_id"), tickets))
    columns = ("ticket_id", "kind", "state", "due_at", "remaining_minutes", "provisional")
    return live.values_list(*columns)


_live_clocks = Compiled(_clocks_of)


def _row(ticket: Any, clocks: list[dict[str, Any]], zone: tzinfo) -> dict[str, Any]:
    return {
        "id": str(ticket.public_id),
        "reference": ticket.reference,
        "kind": ticket.kind,
        "category": ticket.category_code,
        "severity": ticket.severity,
        "state": ticket.state,
        "summary": ticket.summary_text,
        "unit": ticket.unit_name,
        "received_at": moment(ticket.received_at, zone),
        "clocks": clocks,
    }


def moment(value: datetime, zone: tzinfo | None = None) -> str:
    """As serializers write it: in the zone of the company, which a long list asks for once."""
    return value.astimezone(zone or timezone.get_current_timezone()).isoformat()


def entry(each: Entry, actor: Actor, address: Address) -> dict[str, Any]:
    return {
        "at": each.at,
        "kind": each.event.kind,
        "visibility": each.event.visibility,
        "by": author(each, actor),
        "state": each.event.to_state,
        "text": each.text(),
        "next_step": next_step(each.event),
        "photos": [photo(row, address) for row in each.photos],
    }


def next_step(event: TicketEvent) -> str:
    """What a refusal says of how to go on."""
    refused = event.kind == EventKind.REJECTED
    return str(NEXT_STEP.get(event.reason_code, "")) if refused else ""


def news(found: Iterable[News]) -> list[dict[str, Any]]:
    return [{"kind": each.kind, "at": moment(each.at)} for each in found]


def author(each: Entry, actor: Actor) -> str:
    """Residents read that staff answered, not which member of staff."""
    event = each.event
    if event.staff is not None and actor.kind is not ActorKind.REPORTER:
        return event.staff.name
    return str(event.actor_kind)


def photo(row: Attachment, address: Address) -> dict[str, Any]:
    return {
        "public_id": row.public_id,
        "url": address(photos.link(row)),
        "thumbnail_url": address(photos.link(row, thumbnail=True)),
        "width": row.width,
        "height": row.height,
    }


def category(row: Category, *, english: bool) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name_en if english else row.name,
        "parent": row.parent.code if row.parent else None,
        "evidence_to_close": row.evidence_to_close,
    }
