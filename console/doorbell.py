"""Wakes the worker early. Nothing depends on it: beat asks the same question every minute."""

from __future__ import annotations

import logging
from typing import Final

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

from complaints.tasks import recompute_clocks
from privacy.rights.tasks import resume_erasures

logger = logging.getLogger(__name__)

#: a ring that nobody answered by then is worthless: the next beat has come
EXPIRES_SECONDS: Final = 60


def ring_for_requests() -> None:
    """After the commit, let the worker look for approved requests; a dead broker stops nobody."""
    transaction.on_commit(lambda: _ring(resume_erasures), robust=True)


def ring_for_clocks() -> None:
    """After the commit, let the worker look for clocks that are to move."""
    transaction.on_commit(lambda: _ring(recompute_clocks), robust=True)


def _ring(task: Task) -> None:
    try:
        task.apply_async(retry=False, expires=EXPIRES_SECONDS)
    except (OperationalError, OSError) as error:
        logger.warning("the worker could not be woken: %s", type(error).__name__)
