from __future__ import annotations

from core.actors import Actor, ActorKind
from organisation import access

#: who may change what is on file: intake, and those who carry out a request of the person
EDITORS = ("residents.edit", "privacy.plan", "privacy.approve")


def can_correct(actor: Actor) -> bool:
    """Residents correct through a verified request, which staff or the system carries out."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return any(access.has(actor, permission) for permission in EDITORS)
