"""The privacy policy that a page of ours falls under."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import translation

from portal import homes
from portal.door import resident_of
from privacy.vault.enums import Application
from privacy.vault.models import PolicyDocument
from privacy.vault.services import policies


def policy_for(request: HttpRequest, *, at: datetime) -> PolicyDocument:
    """That of the company which runs the first home of who is signed in, else the group's."""
    return policies.in_force(
        Application.RESIDENTS_APP,
        language=translation.get_language() or "",
        at=at,
        legal_entity_code=_entity(request, at),
    )


def _entity(request: HttpRequest, at: datetime) -> str:
    resident = resident_of(request)
    lived_in = homes.homes_of(resident.actor, at=at) if resident else []
    for home in lived_in:
        if entity := home.dwelling.building.unit.legal_entity:
            return entity.credit_code
    return ""
