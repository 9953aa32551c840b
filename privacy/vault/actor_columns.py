from __future__ import annotations

from typing import TypedDict

from core.actors import Actor


class ActorColumns(TypedDict):
    actor_kind: str
    actor_id: int | None


def actor_columns(actor: Actor) -> ActorColumns:
    """An actor as append-only rows keep it: never the id of a person who reported."""
    return {"actor_kind": actor.kind, "actor_id": actor.staff_id or actor.machine_id}
