"""Takes a report, stores it, asks Celery to come back, answers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import psycopg

from benchmarks.chaos.naive.tasks import plan


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    body = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
    if path == "/livez":
        status, answer = "200 OK", {}
    elif path == "/resolve/":
        status, answer = "200 OK", _resolve(int(body["id"]))
    else:
        status, answer = "201 Created", _report(str(body["key"]))
    content = json.dumps(answer).encode()
    start_response(
        status, [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    )
    return [content]


def _connect() -> psycopg.Connection:
    return psycopg.connect(os.environ["NAIVE_DATABASE_URL"], connect_timeout=5)


def _report(key: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    with _connect() as connection:
        row = connection.execute(
            "INSERT INTO ticket (key, reported_at) VALUES (%s, %s) RETURNING id", [key, now]
        ).fetchone()
    ticket_id: int = row[0] if row else 0
    plan(ticket_id, now)
    return {"id": ticket_id}


def _resolve(ticket_id: int) -> dict[str, Any]:
    with _connect() as connection:
        connection.execute(
            "UPDATE ticket SET resolved_at = %s WHERE id = %s", [datetime.now(UTC), ticket_id]
        )
    return {}
