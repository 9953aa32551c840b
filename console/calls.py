"""Calls on the workbench: who rings now, and the forms that a call opens with what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict

from complaints.models import Ticket
from console import bench, callers
from console.callers import Card
from console.forms.intake import IntakeForm, PersonForm
from core.actors import Actor
from core.errors import NotFound
from residents.models import Call, KeyAccount
from residents.services import call_drafts, calls, handles
from residents.services.people import CallerMatch

MOST_CALLS: Final = 3
#: the field that says which form was being filled
STEP: Final = "step"
INTAKE, PERSON = "intake", "person"
#: what a draft keeps: all that is typed and chosen, but no picture and no handle that ends
KEPT: Final = (
    {*IntakeForm.base_fields, *PersonForm.base_fields} - {"photos", "caller", "call", "rung"}
) | {STEP}


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call as the bar above the workbench shows it."""

    call: Call
    number: str
    cards: list[Card]
    account: KeyAccount | None
    open: list[dict[str, Any]]
    last: Call | None


def waiting(actor: Actor, *, at: datetime) -> list[Call]:
    """One statement: this is asked by every open workbench all the time."""
    found = Call.objects.visible_to(actor).waiting(at).order_by("-began_at", "-pk")
    return list(found[:MOST_CALLS])


def seen(waiting_now: Sequence[Call]) -> str:
    """What a page has shown already; another text means that there is something new."""
    parts = [
        f"{call.public_id.hex[:12]}{call.state[0]}{'p' if call.subject_id else ''}"
        for call in waiting_now
    ]
    return ".".join(parts)


def ringing(call: Call, *, actor: Actor, at: datetime) -> Ringing:
    matches = calls.callers_of(call, actor=actor)
    theirs: list[Ticket] = callers.open_tickets_of(matches, actor=actor)
    return Ringing(
        call,
        calls.masked_number(call),
        [callers.card(match) for match in matches],
        calls.account_of(call),
        bench.list_rows(theirs, at=at),
        calls.last_before(call),
    )


def named(sent: QueryDict, *, actor: Actor, at: datetime) -> Call | None:
    """The call that a form belongs to, also one that is dealt with; None for none, and for one
    that is too old."""
    try:
        return calls.of_matter(UUID(sent.get("call", "")), actor=actor, at=at)
    except (ValueError, NotFound):
        return None


def account_rung(sent: QueryDict, *, actor: Actor, at: datetime) -> KeyAccount | None:
    """Of a call that was handed on while its form was being filled."""
    try:
        public_id = UUID(sent.get("call", ""))
    except ValueError:
        return None
    return calls.account_rung(public_id, sent.get("rung", ""), actor=actor, at=at)


def keep_draft(call: Call, sent: QueryDict, *, at: datetime) -> None:
    """What is typed so far, and who it is by now. Raises NotFound for an old handle."""
    if handle := sent.get("caller", ""):
        call.subject_id = handles.subject_of(handle)
    typed = {name: values for name, values in sent.lists() if name in KEPT and any(values)}
    call_drafts.keep(call, typed, at=at)


def known_caller(call: Call, *, actor: Actor) -> CallerMatch | None:
    return callers.known(call.subject_id, actor=actor) if call.subject_id else None


def typed(call: Call) -> dict[str, Any]:
    """The draft as initial values of a form: what can have several values is a list."""
    many = {"named_staff"}
    kept = call_drafts.typed_so_far(call)
    return {name: values if name in many else values[-1] for name, values in kept.items()}
