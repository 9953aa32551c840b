"""How a ticket belongs to others: links, merges, the same home again, many homes of a building."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints import repeats
from complaints.enums import Action, Relation, Tie
from complaints.models import Ticket, TicketLink
from complaints.repeats import Mark
from complaints.services import linking
from complaints.services.linking import SAID
from complaints.workflow import UNSOLVED
from console import bench
from core.actors import Actor

#: a relation as the ticket at its other end reads it
_FROM_THERE: Final = {
    Relation.MERGED_INTO: lambda: _("并入本单"),
    Relation.RELATES_TO: lambda: _("相关"),
    Relation.CAUSED_BY: lambda: _("由本单引起"),
    Relation.DUPLICATE_OF: lambda: _("重复于本单"),
}


def panels(
    ticket: Ticket, mark: Mark | None, allowed: Collection[str], *, actor: Actor, query: str
) -> dict[str, Any]:
    """What the context pane shows of other tickets. `mark` is the ticket's; `allowed` are the codes
    of what one may do."""
    may_merge = Action.MERGE in allowed
    home = repeats.beside(ticket, actor)
    building = (
        repeats.of_building(ticket, actor).for_side()[: repeats.MOST_BESIDE]
        if mark and mark.homes
        else ()
    )
    links = linking.shown(ticket, actor) if ticket.has_links else []
    return {
        "links": [_link(row, ticket, query) for row in links],
        "may_unlink": Tie.LINK in allowed,
        "same_home": _rows(home, ticket, query, may_merge=may_merge),
        "same_building": _rows(building, ticket, query, may_merge=may_merge),
    }


def _rows(
    rows: Iterable[Ticket], ticket: Ticket, query: str, *, may_merge: bool
) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "merge": _merge(row["ticket"], ticket)
            if may_merge and row["ticket"].state in UNSOLVED
            else None,
        }
        for row in bench.side_rows(rows, query)
    ]


def _merge(row: Ticket, ticket: Ticket) -> dict[str, Any]:
    """One press: whichever came later joins the earlier one."""
    later, earlier = sorted((row, ticket), key=lambda one: (one.received_at, one.pk), reverse=True)
    return {
        "url": reverse("console:act", args=[later.public_id, Action.MERGE]),
        "other": earlier.reference,
        "version": later.version,
        "label": _("本单并入它") if later is ticket else _("并入本单"),
    }


def _link(row: TicketLink, ticket: Ticket, query: str) -> dict[str, Any]:
    from_here = row.source_id == ticket.pk
    other = row.target if from_here else row.source
    relation = Relation(row.relation)
    return {
        "row": row,
        "ticket": other,
        "url": bench.page_of(other, query),
        "words": relation.label if from_here else _FROM_THERE[relation](),
        "by": row.made_in.staff.name if row.made_in.staff else "",
        "at": row.made_in.occurred_at,
        "removable": relation in SAID,
    }
