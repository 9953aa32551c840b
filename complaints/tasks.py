from __future__ import annotations

import logging

from celery import shared_task

from complaints.services import alerts, audit, heartbeats, photos, recomputation, remedies, tenures
from complaints.services.escalation import sweep
from core.clock import database_now
from core.services.jobs import JobIsRunning

logger = logging.getLogger(__name__)


# No soft limit: it would raise inside a batch and count as a ticket's failure. A killed worker
# rolls back the one batch it was in.
@shared_task(name="complaints.sweep_due", time_limit=900)
def sweep_due() -> int:
    at = database_now()
    result = sweep(at)
    heartbeats.beat("worker", result, at=at)
    return result.fired


@shared_task(name="complaints.audit_clocks", time_limit=300)
def audit_clocks() -> dict[str, int]:
    problems = audit.audit(database_now(), repair=True).problems
    if problems:
        logger.error("audit of the clocks found %s", problems)
    return problems


@shared_task(name="complaints.delete_drafts", soft_time_limit=240, time_limit=300)
def delete_drafts() -> int:
    return photos.delete_expired_drafts(database_now())


@shared_task(name="complaints.recompute_clocks", time_limit=3_600)
def recompute_clocks() -> int:
    """A worker that is killed leaves whole chunks; the next ring goes on where it was."""
    try:
        return recomputation.run()
    except JobIsRunning:
        return 0


@shared_task(name="complaints.delete_alerts", soft_time_limit=240, time_limit=300)
def delete_alerts() -> int:
    return alerts.delete_old(database_now())


@shared_task(name="complaints.tell_late_actions", soft_time_limit=240, time_limit=300)
def tell_late_actions() -> int:
    return remedies.tell_late(database_now())


@shared_task(name="complaints.tell_new_holders", soft_time_limit=240, time_limit=300)
def tell_new_holders() -> int:
    return tenures.look(database_now())
