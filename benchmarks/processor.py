"""Processor time of servers, from /proc: what a request costs, whatever else the machine does."""

from __future__ import annotations

import os
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
# fields of /proc/PID/stat after the name, counted from the state
_PARENT, _GROUP, _TIMES = 1, 2, slice(11, 15)


def seconds_of(web_group: int, postmaster: int) -> tuple[float, float]:
    """User and system time so far: of a web server's process group, and of PostgreSQL."""
    web = postgres = 0
    for fields in _stats():
        ticks = sum(int(value) for value in fields[_TIMES])
        if int(fields[_GROUP]) == web_group:
            web += ticks
        elif int(fields[_PARENT]) == postmaster:
            postgres += ticks
    return web / _TICK, postgres / _TICK


def postmaster() -> int:
    """The process of this run's own PostgreSQL; 0 where it is not ours to know."""
    lock = Path(os.environ.get("DATA_DIR", "")) / "pg" / "postmaster.pid"
    try:
        return int(lock.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _stats() -> list[list[str]]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found.append(path.read_text(errors="replace").rpartition(")")[2].split())
        except OSError:
            continue  # it ended meanwhile
    return found
