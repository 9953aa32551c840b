from __future__ import annotations

from celery import shared_task

from core.clock import database_now
from organisation.services import expiry


@shared_task(name="organisation.delete_expired", soft_time_limit=240, time_limit=300)
def delete_expired() -> int:
    return expiry.delete_expired(database_now())
