"""Django's sessions in the database; the question that every page asks first is compiled once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import CharField, QuerySet
from django.db.models.functions import Now

from core.compiled import Compiled, Slot

COLUMNS = ("session_key", "session_data", "expire_date")


def _live() -> QuerySet[Session, Any]:
    return Session.objects.filter(
        session_key=Slot("session_key", CharField()), expire_date__gt=Now()
    ).values_list(*COLUMNS)


_session = Compiled(_live)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found = _session.first(session_key=self.session_key)
        if found is None:
            self._session_key = None
            return None
        return Session(**dict(zip(COLUMNS, found, strict=True)))
