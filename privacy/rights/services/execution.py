"""Carries out what was approved, one request at a time, whoever calls."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from privacy.rights.enums import ERASURES, RequestKind, RequestState
from privacy.rights.models import PrivacyRequest
from privacy.rights.services import corrections, erasure, requests

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Carried:
    done: int = 0
    waiting: int = 0
    failed: int = 0


def carry_out(request: PrivacyRequest, *, at: datetime) -> PrivacyRequest:
    """Not inside a transaction: an erasure commits each step. Raises what the step raises."""
    if request.kind == RequestKind.CORRECT:
        return corrections.carry_out(request, at=at)
    if request.kind in ERASURES:
        return erasure.carry_out(request, at=at)
    return request


def resume_all(*, at: datetime) -> Carried:
    """Go on with every approved request, also with those that a crash or a hold interrupted.

    One that fails is logged by its number and tried again next time; it stops nobody else's.
    """
    result = Carried()
    for request in PrivacyRequest.objects.taken_back():
        requests.follow_ticket(request, at=at)
    waiting = PrivacyRequest.objects.to_carry_out().select_related("ticket").order_by("pk")
    for request in waiting:
        try:
            carried = carry_out(request, at=at)
        except Exception as error:  # noqa: BLE001  # any holding; its words may carry personal data
            logger.error(
                "privacy request %s failed: %s", request.ticket.reference, type(error).__name__
            )
            result.failed += 1
            continue
        if carried.state == RequestState.ANSWERED:
            result.done += 1
        else:
            result.waiting += 1
    return result
