"""A resident reports a matter by API: idempotency, routing, clocks, history, timeline, outbox."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client

from benchmarks import outcome
from benchmarks.driver import Side
from benchmarks.http import post
from benchmarks.outcome import Outcome
from benchmarks.rounds import interleaved
from benchmarks.statements import noted
from benchmarks.works.context import Context, floor_headers
from benchmarks.world import Caller
from demo.stories import STORIES

URL = "/api/v1/tickets/"
SAME_ROWS = "/tickets/of/the/same/rows/"
REPORTED = [story for story in STORIES if story.kind.value in ("complaint", "repair", "inquiry")]


def measure(context: Context) -> Outcome:
    callers = context.world.callers
    run = uuid.uuid4().hex  # keys of an earlier run would be answered from memory

    def ours(number: int) -> bytes:
        caller = callers[number % len(callers)]
        headers = {
            "Authorization": f"Bearer {caller.token}",
            "Idempotency-Key": f"{run}-{number}",
        }
        return post(URL, headers, _body(caller, number))

    def floor(number: int) -> bytes:
        caller = callers[number % len(callers)]
        return post("/tickets/", floor_headers(), _body(caller, number))

    def same_rows(number: int) -> bytes:
        headers = floor_headers() | {"Idempotency-Key": f"{run}-{number}"}
        return post(SAME_ROWS, headers, _body(callers[number % len(callers)], number))

    sides = [
        Side("floor: DRF, two rows", context.webs.floor, floor, 201),
        Side("floor: DRF, the same rows", context.webs.floor, same_rows, 201),
        Side("ours: POST /tickets/", context.webs.ours, ours, 201),
    ]
    least, same, found = interleaved(sides, context.size)
    return Outcome(
        "create a ticket by API",
        (found, least, same),
        (
            outcome.of_floor("create, of the floor", found, least, 0.6),
            outcome.of_floor("create, of one that writes the same rows", found, same, 0.6),
            outcome.statements("create, statements", count_statements(callers[0]), 10),
        ),
    )


def count_statements(caller: Caller) -> int:
    """Of a second create: the first of a process reads the catalogue and calendars."""
    client = Client(headers={"Authorization": f"Bearer {caller.token}"})
    for _ in range(2):
        with noted() as seen:
            answer = client.post(
                URL,
                _body(caller, 0),
                content_type="application/json",
                headers={"Idempotency-Key": uuid.uuid4().hex},
            )
        if answer.status_code != 201:
            raise RuntimeError(answer.content.decode())
    return len(seen)


def _body(caller: Caller, number: int) -> dict[str, Any]:
    story = REPORTED[number % len(REPORTED)]
    return {
        "kind": story.kind.value,
        "category": story.category,
        "body": story.body,
        "dwelling": caller.dwelling,
    }
