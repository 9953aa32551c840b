"""The load: residents who report and a handler who works, by HTTP. Whatever is answered goes into
the ledger; whatever is not is asked again, under the same key, until it is."""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.chaos.ledger import Ledger
from benchmarks.chaos.seeding import Caller, World, csrf_token
from jinke_desk.launcher.ports import HOST

_PATIENCE = 8.0
_PAUSE = 0.3
_HANDLED = 0.4
_HANDS = 4
_ACTS = ("accept", "start", "resolve")
#: answers of a server that is well: still running, changed meanwhile, wait
_EXPECTED = (409, 412, 429)


class NotOurFault(Exception):
    """The server refused a request as wrong: the driver is out of date, and nothing is proved."""


@dataclass(slots=True)
class Tally:
    """What the callers saw: seconds of each answer that counted, what came instead of others."""

    seconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    #: requests that were refused as wrong
    broken: list[str] = field(default_factory=list)


class Door:
    """Asks one server, each time over a connection of its own: a broken one breaks nothing else."""

    def __init__(self, port: int, tally: Tally) -> None:
        self.port, self.tally = port, tally

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None = None
    ) -> tuple[int, Any]:
        """Status and body; status 0 when there was no answer."""
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        link = http.client.HTTPConnection(HOST, self.port, timeout=_PATIENCE)
        begun = time.monotonic()
        try:
            link.request(method, path, content, {"Content-Type": "application/json", **headers})
            answer = link.getresponse()
            status, read = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.tally.refused[type(error).__name__] += 1
            return 0, None
        finally:
            link.close()
        if status < 300:
            self.tally.seconds.append(time.monotonic() - begun)
            return status, json.loads(read)
        self.tally.refused[str(status)] += 1
        if status < 500 and status not in _EXPECTED:
            self.tally.broken.append(f"{method} {path}: {status} {read[:300].decode()}")
        return status, None


class Load:
    """Threads that ask until `stop`, and then finish what they have begun."""

    def __init__(self, port: int, world: World, ledger: Ledger, *, reporters: int) -> None:
        self.world, self.ledger = world, ledger
        self.tally = Tally()
        self.door = Door(port, self.tally)
        self.tried = 0
        self._handled: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ending, self._giving_up = threading.Event(), threading.Event()
        self._threads = [
            *(threading.Thread(target=self._report, daemon=True) for _ in range(reporters)),
            threading.Thread(target=self._handle, daemon=True),
        ]

    def start(self) -> None:
        for each in self._threads:
            each.start()

    def stop(self, patience: float = 60.0) -> None:
        """Begin nothing new; what is under way gets its answer, the server being well again."""
        self._ending.set()
        deadline = time.monotonic() + patience
        for each in self._threads:
            each.join(max(0.0, deadline - time.monotonic()))
        self._giving_up.set()
        for each in self._threads:
            each.join()
        if self.tally.broken:
            raise NotOurFault(self.tally.broken[0])

    def race(self, tickets: Iterable[str], seconds: float) -> None:
        """Resolve these in their order, with several hands, for so long. They are as they were
        seeded: in progress, and nobody has changed them but the sweep, which is no new version."""
        waiting, deadline = iter(tickets), time.monotonic() + seconds
        turn = threading.Lock()

        def resolve() -> None:
            while time.monotonic() < deadline:
                with turn:
                    ticket = next(waiting, None)
                if ticket is None:
                    return
                self._act(f"/api/v1/tickets/{ticket}/", ticket, "resolve", 1)

        hands = [threading.Thread(target=resolve, daemon=True) for _ in range(_HANDS)]
        for each in hands:
            each.start()
        for each in hands:
            each.join()

    def _report(self) -> None:
        chosen = random.Random()
        while not self._ending.is_set():
            self.tried += 1
            ticket = self._create(chosen.choice(self.world.callers), f"chaos-{uuid.uuid4()}")
            if ticket and chosen.random() < _HANDLED:
                self._handled.put(ticket)
            self._ending.wait(_PAUSE)

    def _create(self, caller: Caller, key: str) -> str | None:
        headers = {"Authorization": f"Bearer {caller.token}", "Idempotency-Key": key}
        body = {
            "kind": "complaint",
            "category": "noise",
            "body": "楼上一直在敲墙。",
            "dwelling": caller.dwelling,
        }
        while not self._giving_up.is_set():
            status, found = self.door.ask("POST", "/api/v1/tickets/", headers, body)
            if status == 201:
                ticket = str(found["id"])
                self.ledger.write("create", ticket, key)
                return ticket
            time.sleep(_PAUSE)
        return None

    def _handle(self) -> None:
        while not self._ending.is_set():
            with contextlib.suppress(queue.Empty):
                self._work(self._handled.get(timeout=_PAUSE))

    def _work(self, ticket: str) -> None:
        """Take it to its resolution, from whatever state it is in."""
        path = f"/api/v1/tickets/{ticket}/"
        while not self._giving_up.is_set():
            status, found = self.door.ask("GET", path, self._as_staff())
            if status == 200:
                allowed = [act for act in _ACTS if act in found["allowed_actions"]]
                if not allowed:
                    return
                self._act(path, ticket, allowed[0], found["version"])
            else:
                time.sleep(_PAUSE)

    def _act(self, path: str, ticket: str, act: str, version: int) -> None:
        headers = {**self._as_staff(), "If-Match": f'"{version}"'}
        body = {"text": "已处理，请查看。"} if act == "resolve" else {}
        status, _ = self.door.ask("POST", f"{path}actions/{act}/", headers, body)
        if status == 200:
            self.ledger.write(act, ticket)
        elif status != 412:
            time.sleep(_PAUSE)

    def _as_staff(self) -> dict[str, str]:
        token = csrf_token()
        return {
            "Cookie": f"sessionid={self.world.session}; csrftoken={token}",
            "X-CSRFToken": token,
        }


class NaiveLoad:
    """The same for the naive build: it reports, and resolves some."""

    def __init__(self, port: int, ledger: Ledger) -> None:
        self.ledger = ledger
        self.tally = Tally()
        self.door = Door(port, self.tally)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        reported = 0
        while not self._ending.is_set():
            key, status = str(uuid.uuid4()), 0
            while status != 201 and not self._ending.is_set():
                status, found = self.door.ask("POST", "/", {}, {"key": key})
                if status == 201:
                    self.ledger.write("create", str(found["id"]), key)
                    reported += 1
                self._ending.wait(_PAUSE)
            if status == 201 and reported % 5 == 0:
                ticket = str(found["id"])
                if self.door.ask("POST", "/resolve/", {}, {"id": ticket})[0] == 200:
                    self.ledger.write("resolve", ticket)
