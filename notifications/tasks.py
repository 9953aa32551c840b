from __future__ import annotations

from celery import shared_task

from core.clock import database_now
from notifications.services import delivery, expiry


# No soft limit: it would raise in the middle of a send and count as the server's failure. A killed
# worker loses one lease of a minute.
@shared_task(name="notifications.deliver_due", time_limit=300)
def deliver_due() -> int:
    return delivery.deliver_due(database_now()).sent


@shared_task(name="notifications.delete_old", time_limit=600)
def delete_old() -> int:
    return expiry.delete_old(database_now())
