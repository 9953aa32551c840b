"""Duties of the vault that nobody waits for. Each is safe to run twice at once."""

from __future__ import annotations

import structlog
from celery import shared_task

from core.clock import database_now
from privacy.vault.errors import LedgerBroken
from privacy.vault.services import consent, destructions, keys, ledger, ledger_check

logger = structlog.get_logger(__name__)


@shared_task(name="vault.seal_ledger", soft_time_limit=50, time_limit=55)
def seal_ledger() -> int:
    return ledger.seal(at=database_now())


@shared_task(name="vault.publish_ledger_head", soft_time_limit=50, time_limit=55)
def publish_ledger_head() -> int:
    head = ledger.publish_head()
    return head.number if head else 0


@shared_task(name="vault.verify_ledger", soft_time_limit=3500, time_limit=3600)
def verify_ledger() -> int:
    """Fails when the ledger is broken, so that the failure is counted and seen."""
    findings = ledger_check.verify(at=database_now())
    for finding in findings:
        logger.error("ledger_broken", fault=finding.fault, number=finding.number)
    if findings:
        raise LedgerBroken(count=len(findings))
    return 0


@shared_task(name="vault.sweep_orphan_keys", soft_time_limit=3500, time_limit=3600)
def sweep_orphan_keys() -> int:
    return keys.sweep_orphan_keys(at=database_now())


@shared_task(name="vault.replay_destructions", soft_time_limit=280, time_limit=300)
def replay_destructions() -> int:
    return destructions.replay(at=database_now()).keys


@shared_task(name="vault.expire_consents", soft_time_limit=280, time_limit=300)
def expire_consents() -> int:
    return consent.expire_consents(at=database_now())
