"""What stands beside the figures: the machine, what else it did, and what a commit costs it."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import django
import rest_framework
from django.db import connection

_SYNCS = 50


def described() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        postgres, fsync = cursor.fetchone()
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "rest_framework": rest_framework.VERSION,
        "postgresql": postgres,
        "fsync": fsync,
        "fdatasync_ms": round(_fdatasync_ms(), 2),
    }


def load() -> float:
    """The load average of the last minute, our own part in it."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _fdatasync_ms() -> float:
    """The median of small synced writes where the throw-away database lies."""
    times = []
    with tempfile.TemporaryFile(dir=os.environ.get("DATA_DIR")) as file:
        for _ in range(_SYNCS):
            begun = time.perf_counter()
            file.write(b"x" * 8192)
            file.flush()
            os.fsync(file.fileno())
            times.append((time.perf_counter() - begun) * 1000)
    return median(times)
