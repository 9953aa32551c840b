"""A piece of work in a process of its own, so that its peak of memory is nobody else's.

`python -m benchmarks.apart MODULE:FUNCTION ARGUMENT …` calls it with texts and prints what it
returns, with the peak, as the last line.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import django

from benchmarks import resident
from jinke_desk.launcher.places import PROJECT


class Failed(Exception):
    """It ended badly; the message says what it wrote."""


def run(work: Callable[..., Any], *arguments: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """What the function returned, with `peak_mib`."""
    named = f"{work.__module__}:{work.__qualname__}"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.apart", named, *arguments],
        cwd=PROJECT,
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{named}: {done.stderr[-2_000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(arguments: Sequence[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinke_desk.settings")
    django.setup()
    logging.disable(logging.INFO)
    module, _, name = arguments[0].partition(":")
    found = getattr(importlib.import_module(module), name)(*arguments[1:])
    print(json.dumps({**found, "peak_mib": resident.peak_mib(Path("/proc/self"))}))


if __name__ == "__main__":
    main(sys.argv[1:])
