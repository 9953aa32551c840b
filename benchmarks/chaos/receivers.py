"""The servers of others that messages go to by HTTP: `python -m benchmarks.chaos.receivers FOLDER`.

A gateway for short messages, a robot of WeCom and one of DingTalk, and a signed webhook, each at a
port of its own, which it prints in the order of KINDS. They check and answer as the servers of the
tests do. Before each request they read how to behave from FOLDER/http-mode: `accept`, `refuse`
(500), `closed` (nobody listens), `hang` (no answer), `late` (takes it and answers after the sender
has given up). What was taken stands in FOLDER/http-taken, a line each, on the disk before it is
answered; who was asked in which mode in FOLDER/http-asked; the webhook's secret in
FOLDER/http-secret.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import socket
import sys
import threading
import time
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from jinke_desk.launcher.ports import HOST
from tests.notifications import http_server as fakes

#: the protocol each speaks, and the desk's channel for it
KINDS: Final = {"gateway": "sms", "wecom": "wecom", "dingtalk": "dingtalk", "webhook": "webhook"}
DINGTALK_SECRET: Final = fakes.DINGTALK_SECRET
LATE = 8.0
HUNG = 600.0
_TICK = 0.1
#: how far a webhook's time may be from ours
_TOLERANCE = 300.0
_at_the_file = threading.Lock()


class Handler(fakes.Handler):
    """A server of the tests that is told how to behave while it runs, and keeps what it took."""

    folder: Path
    kind: str

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # who asked has given up, or died
            super().handle()

    def do_POST(self) -> None:  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mode = mode_of(self.folder)
        self._note("http-asked", {"channel": KINDS[self.kind], "mode": mode})
        if mode == "hang":
            time.sleep(HUNG)
        if mode in ("hang", "closed"):
            self.close_connection = True
            return
        if mode == "refuse":
            self.answer(500, {})
        elif not self.is_signed(body):
            self.answer(401, {})
        else:
            self._take(body)
            if mode == "late":
                time.sleep(LATE)
            self.answer(200, fakes.TAKEN[self.kind])

    def is_signed(self, body: bytes) -> bool:
        if self.kind == "webhook":
            secret = (self.folder / "http-secret").read_text()
            return signed_by(secret, dict(self.headers.items()), body, time.time())
        return bool(self.signed(body))

    def _take(self, body: bytes) -> None:
        known_by = id_of(self.kind, self.headers, body)
        self._note("http-taken", {"at": time.time(), "channel": KINDS[self.kind], "id": known_by})

    def _note(self, name: str, line: dict[str, Any]) -> None:
        with _at_the_file, (self.folder / name).open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(line) + "\n")
            kept.flush()
            os.fsync(kept.fileno())


def id_of(kind: str, headers: Any, body: bytes) -> str:
    """By which its receiver knows a repeat. WeCom is told no id: there it is the words."""
    if kind == "gateway":
        return str(headers["Idempotency-Key"])
    if kind == "webhook":
        return str(headers["webhook-id"])
    if kind == "dingtalk":
        return str(json.loads(body)["msgUuid"])
    return hashlib.sha256(body).hexdigest()


def signed_by(secret: str, headers: dict[str, str], body: bytes, now: float) -> bool:
    """Standard Webhooks 1.0, as a receiver writes it who has never seen the desk's code."""
    told = {name.lower(): value for name, value in headers.items()}
    stamp = told.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(int(stamp) - now) > _TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    words = f"{told.get('webhook-id', '')}.{stamp}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()
    return wanted in told.get("webhook-signature", "").split(" ")


def mode_of(folder: Path) -> str:
    return (folder / "http-mode").read_text().strip()


class Place:
    """A port that stays ours while nobody listens there, so that who calls is refused."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._handler = type("Handler", (Handler,), {"kind": kind, "folder": folder})
        self._held = _bound(0)
        self.port: int = self._held.getsockname()[1]
        self._server: ThreadingHTTPServer | None = None

    def open(self) -> None:
        if self._server is None:
            server = ThreadingHTTPServer((HOST, self.port), self._handler, bind_and_activate=False)
            server.socket.close()
            server.socket = _bound(self.port)
            server.server_activate()
            threading.Thread(target=server.serve_forever, args=(_TICK,), daemon=True).start()
            self._server = server

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.socket.close()
            self._server = None


def _bound(port: int) -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind((HOST, port))
    return found


def main() -> None:
    folder = Path(sys.argv[1])
    places = [Place(kind, folder) for kind in KINDS]
    for each in places:
        each.open()
    print(*(each.port for each in places), sep="\n", flush=True)
    while True:
        closed = mode_of(folder) == "closed"
        for each in places:
            each.close() if closed else each.open()
        time.sleep(_TICK)


if __name__ == "__main__":
    main()
