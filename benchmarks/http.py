"""As much HTTP as a benchmark needs: prepared bytes over a kept connection.

The driver shares the two cores with what it measures; what it costs would bring every ratio nearer
to one.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

HOST = "127.0.0.1"
_PATIENCE = 30.0


class BadAnswer(Exception):
    """What the server said instead of the expected status."""


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
