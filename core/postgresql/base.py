"""Django's PostgreSQL backend, without two costs that every request pays there."""

from __future__ import annotations

import select
from datetime import UTC
from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapters, pq

_MOMENTS: Any = adapters.get_loader(base.TIMESTAMPTZ_OID, pq.Format.TEXT)


class _UtcMoments:
    """The driver's own reading of moments, in C and twenty times as fast as Django's, which is in
    Python for the sake of connections in other zones than UTC. Django looks at `timezone` to see
    whether a cursor needs another reader."""

    format = pq.Format.TEXT
    timezone = UTC

    def __new__(cls, oid: int, context: Any = None) -> Any:
        return _MOMENTS(oid, context)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
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
