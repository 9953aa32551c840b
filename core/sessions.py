"""Django's sessions in the database; the question that every page asks first is compiled once."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import CharField, QuerySet
from django.db.models.functions import Now

from core.compiled import Compiled, Slot


def _live() -> QuerySet[Session]:
    return Session.objects.filter(
        session_key=Slot("session_key", CharField()), expire_date__gt=Now()
    )


_session = Compiled(_live)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found: Session | None = _session.first(session_key=self.session_key)
        if found is None:
            self._session_key = None
        return found
