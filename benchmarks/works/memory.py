"""Memory of web workers and a sweeper while people report and read and tickets fall due."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks import overdue, resident
from benchmarks.driver import Sample, Side, drive
from benchmarks.http import get, post
from benchmarks.outcome import Check, Figure, Outcome
from benchmarks.works.context import Context, staff_headers
from complaints.enums import Kind
from complaints.models import Ticket
from core.clock import database_now
from jinke_desk.launcher import processes
from jinke_desk.launcher.places import PROJECT

TICKETS, WORKBENCH = "/api/v1/tickets/", "/console/workbench/"
EVERY_SECONDS = 0.2
BACKLOGS = 10
FIRST_LATE = timedelta(hours=30)
FEWEST = 3
#: what the median of the last third may be above that of the first: less than a leak leaves
FLAT_MIB = 10
_STOP_SECONDS = 30.0

Used = dict[str, list[float]]


def measure(context: Context) -> Outcome:
    """After a first part of the same load: what is built once is no growth."""
    seconds = context.size.memory_seconds
    due = _falling_due(context, seconds)
    with _sweeper(context) as sweeper:
        _load(context, sweeper, seconds / 4, due)
        used, samples = _load(context, sweeper, seconds, due)
    if len(used["sweeper"]) < FEWEST:
        raise RuntimeError("Too short to say anything of growth: give --memory-seconds.")
    return Outcome(
        f"memory under {seconds:g} s of load",
        tuple(Figure.of_requests(name, [sample]) for name, sample in samples.items()),
        tuple(_checks(used)),
        (
            "Resident memory of one process, with the pages that workers share.",
            "The goal is an hour of load.",
        ),
    )


def _checks(used: Used) -> Iterator[Check]:
    for name, most in (("web worker", 200), ("sweeper", 120)):
        third = max(1, len(used[name]) // 3)
        grown = median(used[name][-third:]) - median(used[name][:third])
        yield Check(f"{name}, the most", most, (max(used[name]),), at_least=False, unit=" MiB")
        yield Check(
            f"{name}, last third less first", FLAT_MIB, (grown,), at_least=False, unit=" MiB"
        )


def _load(
    context: Context, sweeper: int, seconds: float, due: Iterator[None]
) -> tuple[Used, dict[str, Sample]]:
    """MiB of the largest web worker and of the sweeper through the time, and what was answered."""
    web, used = context.webs.ours.group, Used({"web worker": [], "sweeper": []})
    with ThreadPoolExecutor(2) as pool:
        driven: dict[str, Future[Sample]] = {
            side.name: pool.submit(drive, side, seconds, connections=links)
            for side, links in ((_reports(context), 1), (_reads(context), 2))
        }
        while not all(each.done() for each in driven.values()):
            next(due)
            used["web worker"].append(max(map(resident.now_mib, resident.of_group(web)[1:])))
            used["sweeper"].append(max(map(resident.now_mib, resident.of_group(sweeper))))
            time.sleep(EVERY_SECONDS)
    return used, {name: each.result() for name, each in driven.items()}


def _falling_due(context: Context, seconds: float) -> Iterator[None]:
    """Every tenth of the time, when asked, some tickets are due at once, at several levels. Each
    lot is late by longer than the one before, so that none is taken for another."""
    for number in count():
        late = FIRST_LATE + number * timedelta(hours=2)
        backlog = overdue.only_due(context.size.few_overdue, database_now() - late)
        overdue.seed(backlog, context.world.ours["DATABASE_OWNER_URL"])
        until = time.monotonic() + seconds / BACKLOGS
        yield
        while time.monotonic() < until:
            yield


def _reports(context: Context) -> Side:
    callers, run = context.world.callers, uuid.uuid4().hex

    def request(number: int) -> bytes:
        caller = callers[number % len(callers)]
        headers = {
            "Authorization": f"Bearer {caller.token}",
            "Idempotency-Key": f"{run}-{number}",
        }
        body = {
            "kind": "complaint",
            "category": "noise",
            "body": f"第 {number} 次听到装修的声音",
            "dwelling": caller.dwelling,
        }
        return post(TICKETS, headers, body)

    return Side("ours: reports", context.webs.ours, request, 201)


def _reads(context: Context) -> Side:
    staff = staff_headers(context.world.sessions["hotline_agent"])
    tickets = Ticket.objects.filter(kind=Kind.COMPLAINT).order_by("-received_at")
    newest = tickets.values_list("public_id", flat=True)[:100]
    requests = [
        get(address, staff)
        for public_id in newest
        for address in (TICKETS, WORKBENCH, f"/console/tickets/{public_id}/")
    ]
    return Side(
        "ours: lists and pages", context.webs.ours, lambda number: requests[number % len(requests)]
    )


@contextmanager
def _sweeper(context: Context) -> Iterator[int]:
    """The process group of a sweeper of its own."""
    command = [sys.executable, "manage.py", "sweeper"]
    with Path(context.world.ours["LOG_DIR"], "sweeper.log").open("wb") as log:
        process = subprocess.Popen(
            processes.dying_with_us(command, "TERM"),
            cwd=PROJECT,
            env=context.world.ours,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
