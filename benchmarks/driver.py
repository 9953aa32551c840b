"""Drives a server with a few persistent connections and takes the time of every answer.

Prepared bytes over plain sockets: the driver shares the two cores with what it measures, and what it
costs would bring every ratio nearer to one. Its own share is part of each sample.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from benchmarks.figures import quantile

CONNECTIONS = 4
HOST = "127.0.0.1"
_PATIENCE = 30.0


class BadAnswer(Exception):
    """What the server said instead of the expected status."""


@dataclass(slots=True)
class Side:
    """One of the things compared: where to ask, what, and what to expect. `request` gets the
    number of the request, which never repeats."""

    name: str
    port: int
    request: Callable[[int], bytes]
    expected: int = 200
    numbers: count[int] = field(default_factory=count)


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one side. Times in seconds."""

    answers: int
    seconds: float
    p50: float
    p95: float
    driver_cpu: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


def get(path: str, headers: Mapping[str, str]) -> bytes:
    return _head("GET", path, headers) + b"\r\n"


def post(path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> bytes:
    content = json.dumps(body, ensure_ascii=False).encode()
    sized = {**headers, "Content-Type": "application/json", "Content-Length": str(len(content))}
    return _head("POST", path, sized) + b"\r\n" + content


def _head(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n").encode()


class Connection:
    """One keep-alive connection, opened again when the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return status and body."""
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), timeout=_PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        head, body = self._receive(self.socket)
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head[9:12]), body

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def _receive(self, link: socket.socket) -> tuple[bytes, bytes]:
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more(link)
        head, body = received[:end], received[end + 4 :]
        length = _content_length(head)
        while len(body) < length:
            body += self._more(link)
        return head, body

    def _more(self, link: socket.socket) -> bytes:
        chunk = link.recv(262_144)
        if not chunk:
            raise BadAnswer("the server hung up")
        return chunk


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.find(b"\r\ncontent-length:")
    if start < 0:
        raise BadAnswer("an answer without Content-Length")
    return int(lowered[start + 17 :].split(b"\r\n", 1)[0])


def drive(side: Side, seconds: float, connections: int = CONNECTIONS) -> Sample:
    """Ask for that long on each connection. Raises BadAnswer for anything unexpected."""
    times: list[float] = []
    failures: list[Exception] = []
    stop_at = time.perf_counter() + seconds

    def work() -> None:
        link = Connection(side.port)
        try:
            while not failures and (begun := time.perf_counter()) < stop_at:
                _ask(link, side)
                times.append(time.perf_counter() - begun)
        except Exception as error:
            failures.append(error)
        finally:
            link.close()

    cpu, begun = time.process_time(), time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    taken, cpu = time.perf_counter() - begun, time.process_time() - cpu
    if failures:
        raise failures[0]
    return Sample(len(times), taken, quantile(times, 0.5), quantile(times, 0.95), cpu)


def _ask(link: Connection, side: Side) -> None:
    status, body = link.ask(side.request(next(side.numbers)))
    if status != side.expected:
        words = body[:500].decode(errors="replace")
        raise BadAnswer(f"{side.name}: status {status} instead of {side.expected}: {words}")
