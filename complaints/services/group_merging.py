"""The tickets of a group matter become one, each by a merge of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from complaints import repeats
from complaints.models import Ticket
from complaints.services import merging
from core.actors import Actor
from core.errors import Busy, DeskError


@dataclass(frozen=True, slots=True)
class Joined:
    """The main ticket, what is part of it now, and what stayed by itself and why."""

    main: Ticket
    done: list[Ticket] = field(default_factory=list)
    refused: list[tuple[Ticket, DeskError]] = field(default_factory=list)


def merge_all(rows: Collection[Ticket], *, actor: Actor, at: datetime) -> Joined | None:
    """Let all that are unsolved join the main one; None where nothing is unsolved any more.

    Each merge is a transaction of its own: what does not fit stays and hinders no other.
    """
    main = repeats.main_of(rows)
    if main is None:
        return None
    joined = Joined(main)
    for row in repeats.joining(rows, main):
        try:
            joined.done.append(merging.merge(row, other=main, actor=actor, at=at))
        except Busy:  # whoever keeps the main one keeps it from the others as well
            raise
        except DeskError as error:
            joined.refused.append((row, error))
    return joined


def why(error: DeskError) -> str:
    """The refusal in words: what stands beside its fields, or else its message."""
    said = " ".join(str(text) for texts in error.fields.values() for text in texts)
    return said or str(error)
