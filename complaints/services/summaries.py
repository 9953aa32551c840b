"""What everybody may read of a matter: written by staff, published by a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import rights
from complaints.enums import ENVIRONMENT
from complaints.models import PublicSummary, Ticket
from complaints.querysets import GATED
from core import detect
from core.actors import Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed, Text
from organisation import access
from privacy.vault.services import sealing
from residents.models import Person
from residents.services import people

LONGEST: Final = {"raised": 120, "done": 400}


class SecondReaderNeeded(NotAllowed):
    code = "second_reader_needed"
    message = gettext_lazy("公开摘要须由撰写人以外的人发布。")


@transaction.atomic
def write(ticket: Ticket, *, raised: str, done: str, actor: Actor, at: datetime) -> PublicSummary:
    """Write or rewrite the summary; whatever stood before is public no longer.

    Raises NotAllowed, or InvalidInput for what is missing, too long, or names the reporter, a
    number or a room.
    """
    ticket = Ticket.objects.lock(ticket.pk, at)
    _require(ticket, actor, rights.REPLY)
    said = {"raised": raised.strip(), "done": done.strip()}
    if faults := _faults(said, ticket):
        raise InvalidInput(fields=faults)
    written: dict[str, object] = {
        **said,
        "written_by_id": actor.staff_id,
        "written_at": at,
        "published_by": None,
        "published_at": None,
    }
    summary, _made = PublicSummary.objects.update_or_create(ticket=ticket, defaults=written)
    return summary


@transaction.atomic
def publish(summary: PublicSummary, *, actor: Actor, at: datetime) -> PublicSummary:
    """Raises NotAllowed, SecondReaderNeeded, or InvalidTransition for one that is public."""
    summary = PublicSummary.objects.select_for_update().get(pk=summary.pk)
    _require(summary.ticket, actor, rights.CLOSE)
    if actor.staff_id == summary.written_by_id:
        raise SecondReaderNeeded
    if summary.published_at is not None:
        raise InvalidTransition
    summary.published_by_id, summary.published_at = actor.staff_id, at
    summary.save(update_fields=["published_by", "published_at"])
    return summary


@transaction.atomic
def take_back(summary: PublicSummary, *, actor: Actor) -> PublicSummary:
    """It is public no longer, at once. Raises NotAllowed."""
    summary = PublicSummary.objects.select_for_update().get(pk=summary.pk)
    _require(summary.ticket, actor, rights.CLOSE)
    summary.published_by = summary.published_at = None
    summary.save(update_fields=["published_by", "published_at"])
    return summary


def _require(ticket: Ticket, actor: Actor, permission: str) -> None:
    """Matters of the environment alone are told to everybody."""
    open_to_all = ticket.kind not in GATED and ticket.category.code.startswith(ENVIRONMENT)
    seen = Ticket.objects.visible_to(actor).filter(pk=ticket.pk).exists()
    if not (open_to_all and seen and actor.staff_id):
        raise NotAllowed
    access.require(actor, permission, ticket.unit)


def _faults(said: dict[str, str], ticket: Ticket) -> dict[str, list[Text]]:
    personal = _personal(ticket)
    found: dict[str, list[Text]] = {}
    for field, text in said.items():
        if not 0 < len(text) <= LONGEST[field]:
            found[field] = [_("请填写，最多 %(n)d 个字。") % {"n": LONGEST[field]}]
        elif detect.find(text) or any(each in text for each in personal):
            found[field] = [_("公开的文字里不能有姓名、房号和号码。")]
    return found


def _personal(ticket: Ticket) -> list[str]:
    """The reporter's name and the room, which must not be told."""
    reporter = getattr(ticket, "reporter", None)
    row = Person.objects.filter(pk=reporter.subject_id).first() if reporter else None
    names = sealing.reveal_many([(row.pk, people.NAME, row.name_sealed)]) if row else []
    room = [ticket.dwelling.room] if ticket.dwelling else []
    return [each for each in (*names, *room) if each]
