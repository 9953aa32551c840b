from __future__ import annotations

from celery import shared_task

from core.clock import database_now
from privacy.rights.services import execution


@shared_task(name="rights.resume_erasures", soft_time_limit=540, time_limit=600)
def resume_erasures() -> int:
    return execution.resume_all(at=database_now()).done
