"""Django's PostgreSQL backend, without three costs that every request pays there, and with a
refusal in words for whoever has waited for a lock in vain."""

from __future__ import annotations

import select
from datetime import UTC
from functools import lru_cache
from types import TracebackType
from typing import Any, Final

from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper, OperationalError
from django.utils.functional import cached_property
from psycopg import _queries, adapters, errors, pq

from core.errors import Busy

#: statements whose places are known by heart, and how many places and bytes such a one may have:
#: rows of an act have more places than the driver remembers, those of a bulk write never come again
KEPT: Final = 256
MOST_PLACES: Final = 250
LONGEST: Final = 16_384

_MOMENTS: Any = adapters.get_loader(base.TIMESTAMPTZ_OID, pq.Format.TEXT)


class _UtcMoments:
    """The driver's own reading of moments, in C and twenty times as fast as Django's, which is in
    Python for the sake of connections in other zones than UTC. Django looks at `timezone` to see
    whether a cursor needs another reader."""

    format = pq.Format.TEXT
    timezone = UTC

    def __new__(cls, oid: int, context: Any = None) -> Any:
        return _MOMENTS(oid, context)


_taken_apart = lru_cache(KEPT)(_queries._query2pg_nocache)


class _KeptQuery(_queries.PostgresQuery):
    """Finds the places of a statement's values once, as the driver itself does for shorter ones."""

    __slots__ = ()

    def convert(self, query: Any, values: Any) -> None:
        known = values is not None and isinstance(query, str) and len(query) <= LONGEST
        if not known or len(values) > MOST_PLACES:
            super().convert(query, values)
            return
        self.query, self._want_formats, self._order, self._parts = _taken_apart(
            query.encode(self._tx.encoding), self._tx.encoding
        )
        self.dump(values)


class _Cursor(base.ServerBindingCursor):
    _query_cls = _KeptQuery


class WaitedTooLong(Busy, OperationalError):
    """Somebody kept a lock longer than this connection waits (`lock_timeout`). For Django an error
    of the database, which rolls back; for pages and API a refusal in words, with nothing typed
    lost."""


class _Errors(DatabaseErrorWrapper):
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, errors.LockNotAvailable):
            raise WaitedTooLong from error
        super().__exit__(kind, error, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    @cached_property
    def wrap_database_errors(self) -> _Errors:
        return _Errors(self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if connection.cursor_factory is base.ServerBindingCursor:
            connection.cursor_factory = _Cursor
        if self.timezone == UTC:
            connection.adapters.register_loader("timestamptz", _UtcMoments)
        return connection

    def is_usable(self) -> bool:
        """A kept connection that says nothing between two requests is alive: a server that ended,
        or ended it, has closed the socket, and that can be read. Only where there is something to
        read is the server asked, as Django would for every request."""
        return self._is_silent() or super().is_usable()

    def _is_silent(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.info.transaction_status is not pq.TransactionStatus.IDLE:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0)
