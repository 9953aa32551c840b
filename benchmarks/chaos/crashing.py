"""Dies before and after every commit and every send, at one point after the other.

`python -m benchmarks.chaos.crashing`, with the settings of a stack, and on its standard input who
may report and who may handle. A child is forked for each point, so that Django is loaded once. What
was acknowledged goes to the standard output: each act is asked for until it is answered.
"""

from __future__ import annotations

import json
import logging
import os
import smtplib
import sys
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import django
import httpx
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

CRASHED: Final = 9
_MOST_POINTS: Final = 400
_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


class Bomb:
    """Counts the points that are passed and ends the process at the chosen one."""

    def __init__(self) -> None:
        self.left = 0

    def pass_by(self) -> None:
        if self.left:
            self.left -= 1
            if not self.left:
                os._exit(CRASHED)

    def around(self, deed: Callable[..., Any], when: Callable[..., bool]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if not when(*args):
                return deed(*args, **kwargs)
            self.pass_by()
            found = deed(*args, **kwargs)
            self.pass_by()
            return found

        return wrapped


def _always(*args: Any) -> bool:
    return True


def _commits_by_itself(cursor: Any, sql: Any, *args: Any) -> bool:
    """A statement outside a transaction that writes."""
    return cursor.db.get_autocommit() and str(sql).strip().upper().startswith(_WRITES)


def plant(bomb: Bomb) -> None:
    wrapper: Any = BaseDatabaseWrapper
    wrapper._commit = bomb.around(wrapper._commit, _always)
    cursor: Any = CursorWrapper
    cursor._execute = bomb.around(cursor._execute, _commits_by_itself)
    mail: Any = smtplib.SMTP
    mail.sendmail = bomb.around(mail.sendmail, _always)
    web: Any = httpx.HTTPTransport
    web.handle_request = bomb.around(web.handle_request, _always)


def crash_everywhere(work: Callable[[], object], bomb: Bomb) -> int:
    """Run the work in a child that dies at the first point, then at the second, until one comes
    through; returns how many died. `work` must go on where the one before has died."""
    for point in range(1, _MOST_POINTS):
        child = os.fork()
        if not child:
            bomb.left = point
            os._exit(_outcome(work))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == 0:
            return point - 1
        if code != CRASHED:
            raise RuntimeError(f"the work failed at point {point} with exit code {code}")
    raise RuntimeError("there is no end of points")


def _outcome(work: Callable[[], object]) -> int:
    import traceback

    try:
        work()
    except BaseException:  # noqa: BLE001  # said, and told to the parent by the exit code
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    django.setup()
    logging.disable(logging.WARNING)  # our standard output is for the answer
    from benchmarks.chaos import seeding
    from complaints.services.escalation import sweep
    from core.clock import database_now
    from notifications.services.delivery import deliver_due

    told = json.load(sys.stdin)
    bomb = Bomb()
    plant(bomb)
    owner_url = os.environ["DATABASE_OWNER_URL"]
    acknowledged: list[tuple[str, str, str]] = []
    points: dict[str, Any] = {}

    def sweeping() -> None:
        """Fresh levels each time: a child that died after its commit leaves none to the next."""
        seeding.seed(owner_url, 3, ago=1, over=0)
        sweep(database_now())

    def delivering() -> None:
        left, bomb.left = bomb.left, 0
        sweeping()
        bomb.left = left
        deliver_due(database_now(), limit=3)

    points["the sweep"] = crash_everywhere(sweeping, bomb)
    points["delivery"] = crash_everywhere(delivering, bomb)
    key = f"crash-{uuid.uuid4()}"
    points["a report"] = crash_everywhere(lambda: _report(told, key), bomb)
    ticket = _report(told, key)
    connections.close_all()  # no child may share a connection with us
    acknowledged.append(("create", ticket, key))
    for act in ("accept", "start", "resolve"):
        points[act] = crash_everywhere(partial(_act, told, ticket, act), bomb)
    print(json.dumps({**points, "acknowledged": acknowledged}))


def _client(**headers: str) -> Any:
    from django.test import Client

    return Client(headers=headers, raise_request_exception=False)


def _report(told: dict[str, str], key: str) -> str:
    client = _client(**{"Authorization": f"Bearer {told['token']}", "Idempotency-Key": key})
    body = {
        "kind": "complaint",
        "category": "noise",
        "body": "楼上一直在敲墙。",
        "dwelling": told["dwelling"],
    }
    answer = client.post("/api/v1/tickets/", body, content_type="application/json")
    if answer.status_code != 201:
        raise RuntimeError(answer.content.decode())
    return str(answer.json()["id"])


def _act(told: dict[str, str], ticket: str, act: str) -> None:
    """Once: where the one before died after its commit, it is done."""
    path = f"/api/v1/tickets/{ticket}/"
    client = _client()
    client.cookies["sessionid"] = told["session"]
    seen = client.get(path).json()
    if act not in seen["allowed_actions"]:
        return
    body = {"text": "已处理，请查看。"} if act == "resolve" else {}
    answer = client.post(
        f"{path}actions/{act}/",
        body,
        content_type="application/json",
        headers={"If-Match": f'"{seen["version"]}"'},
    )
    if answer.status_code != 200:
        raise RuntimeError(answer.content.decode())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinke_desk.settings")
    main()
