from __future__ import annotations

from celery import shared_task

from core.clock import database_now
from notifications.enums import LANES, Channel
from notifications.services import delivery, expiry


# One lane a task, so that a channel that hangs keeps a worker from its own messages alone. No soft
# limit: it would raise in the middle of a send and count as the server's failure. A killed worker
# loses one lease of a minute.
@shared_task(name="notifications.deliver_due", time_limit=300)
def deliver_due(lane: str = "") -> int:
    """Without a lane, all of them in turn."""
    lanes = [Channel(lane)] if lane else LANES
    return delivery.deliver_due(database_now(), lanes=lanes).sent


@shared_task(name="notifications.delete_old", time_limit=600)
def delete_old() -> int:
    return expiry.delete_old(database_now())
