"""A file of another system's tickets comes in, beside COPY of the same rows."""

from __future__ import annotations

import csv
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks import apart, outcome
from benchmarks.floor import copying
from benchmarks.outcome import Check, Figure, Outcome
from benchmarks.works.context import Context
from complaints.services.importing import ImportRequest, import_file
from core.actors import SYSTEM
from core.clock import database_now
from demo.stories import STORIES

MAPPING = "citizen_messages_with_replies"
COLUMNS = ("message_id", "user", "subject", "created_at", "body", "reply", "replied_at")
FIRST = datetime(2019, 1, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
OPEN_ONE_IN = 10


def measure(context: Context) -> Outcome:
    size = context.size
    ours, least = [], []
    for number in range(size.rounds + 1):
        ours_rate, floor_rate = _round(size.few_imported)
        if number:
            ours.append(ours_rate)
            least.append(floor_rate)
    found = Figure("ours: import of a CSV file", "tickets/s", tuple(ours))
    floor = Figure("floor: COPY of the same rows", "tickets/s", tuple(least))
    few, many = (_peak(context, rows) for rows in (size.few_imported, size.imported))
    return Outcome(
        f"import of {size.few_imported:,} tickets",
        (found, floor),
        (
            outcome.of_floor("import, of COPY of the same rows", found, floor, 0.25),
            Check(
                f"peak memory, {size.imported:,} rows against {size.few_imported:,}",
                1.1,
                (many / few,),
                at_least=False,
            ),
        ),
        (f"Peak memory of the import's process: {few:.0f} MiB, then {many:.0f} MiB.",),
    )


def alone(path: str) -> dict[str, Any]:
    """One import, in whichever process this is."""
    return {"tickets": _bring_in(Path(path))}


def _round(rows: int) -> tuple[float, float]:
    """Tickets per second of the import and of COPY, of the very rows that it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        run = uuid.uuid4().hex
        path = write(Path(folder), rows, run)
        begun = time.perf_counter()
        if _bring_in(path) != rows:
            raise RuntimeError("Not every row of the file was imported.")
        seconds = time.perf_counter() - begun
        written = copying.take(Path(folder), MAPPING, run)
        return rows / seconds, rows / copying.put(written)


def _bring_in(path: Path) -> int:
    request = ImportRequest(path, MAPPING, path.with_suffix(".rejects.csv"))
    report = import_file(
        request, actor=SYSTEM, at=database_now(), progress=lambda done, total: None
    )
    return report.tally.imported


def _peak(context: Context, rows: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), rows, uuid.uuid4().hex)
        found = apart.run(alone, str(path), environ=context.world.ours)
    if found["tickets"] != rows:
        raise RuntimeError("Not every row of the file was imported.")
    return float(found["peak_mib"])


def write(folder: Path, rows: int, run: str) -> Path:
    """A file whose texts are all different, so that nothing is answered from memory."""
    path = folder / f"{run}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        lines.writerows(_rows(rows, run))
    return path


def _rows(rows: int, run: str) -> Iterator[tuple[str, ...]]:
    for number in range(rows):
        told = [STORIES[(number + step) % len(STORIES)] for step in range(3)]
        received = FIRST + timedelta(minutes=number)
        answered = "" if number % OPEN_ONE_IN == 0 else (received + timedelta(days=1)).isoformat()
        yield (
            f"{run}-{number}",
            "",
            f"{told[0].body[:20]}（{number} 号）",
            received.isoformat(),
            f"{number} 号来信：" + "".join(story.body for story in told),
            f"{number} 号来信收悉，已派人处理。" if answered else "",
            answered,
        )
