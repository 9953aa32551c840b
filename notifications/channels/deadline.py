"""A limit for the whole of one request: connecting, TLS, headers and body together.

httpx limits each phase, and the phase of reading anew with every byte; a receiver that sends one
byte every few seconds would hold its lane for ever.
"""

from __future__ import annotations

import ssl
import time
from typing import Any

import httpx


class BoundedTransport(httpx.HTTPTransport):
    """Sends one request at a time, as the client of a lane does."""

    def __init__(self, whole_seconds: float, trusted: ssl.SSLContext) -> None:
        super().__init__(verify=trusted, trust_env=False)
        # httpx has no other door to what its connections read from (encode/httpx 0.28)
        pool: Any = self._pool
        self._clock = _Clock(whole_seconds)
        pool._network_backend = _Backend(pool._network_backend, self._clock)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._clock.start()
        return super().handle_request(request)


class _Clock:
    def __init__(self, seconds: float) -> None:
        self._seconds, self._ends_at = seconds, 0.0

    def start(self) -> None:
        self._ends_at = time.monotonic() + self._seconds

    def limit(self, timeout: float | None) -> float:
        """What is left, if that is less. Raises ReadTimeout when nothing is."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the time for the whole request is over")
        return left if timeout is None else min(timeout, left)


class _Backend:
    def __init__(self, inner: Any, clock: _Clock) -> None:
        self._inner, self._clock = inner, clock

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> _Stream:
        limit = self._clock.limit(timeout)
        return _Stream(self._inner.connect_tcp(host, port, timeout=limit, **options), self._clock)


class _Stream:
    def __init__(self, inner: Any, clock: _Clock) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        received: bytes = self._inner.read(max_bytes, timeout=self._clock.limit(timeout))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._clock.limit(timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> _Stream:
        limit = self._clock.limit(timeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout=limit)
        return _Stream(inner, self._clock)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
