from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from core.actors import Actor


def actor_of(request: Request | HttpRequest) -> Actor:
    """Who does it. Every kind of user (staff, resident, machine) names its own actor; core knows
    none of their models. Raises NotAuthenticated for nobody."""
    actor = getattr(request.user, "actor", None)
    if not isinstance(actor, Actor):
        raise NotAuthenticated
    return actor


def asked_at(request: Request) -> datetime | None:
    """By the database's clock, where the statement that found who it is read that too."""
    moment: datetime | None = getattr(request.user, "asked_at", None)
    return moment
