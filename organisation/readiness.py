from __future__ import annotations

from core.clock import database_now
from organisation.services import posts


def duty_queue() -> str:
    """Intake goes on without a duty officer, so the desk is degraded, not unready: somebody has to
    be named before the next ladder ends."""
    filled = posts.duty_queue_is_filled(at=database_now())
    return "ok" if filled else "nobody holds the duty post of the group"
