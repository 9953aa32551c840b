"""Lines of several processes on one terminal, each with the name of its writer."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jinke_desk.launcher.readable import readable

_COLOURS = {"web": 36, "worker": 33, "beat": 35, "sweeper": 32, "desk": 1}
_WIDTH = 8
_LARGEST_LOG = 10_000_000
_turn = threading.Lock()


def say(text: str, name: str = "desk") -> None:
    """Print under a name. A terminal that went away must not stop the desk."""
    with _turn, contextlib.suppress(OSError, ValueError):
        for line in text.splitlines() or [""]:
            print(f"{_label(name)} {line}", flush=True)


def _label(name: str) -> str:
    padded = name.ljust(_WIDTH)
    if not sys.stdout.isatty():
        return padded
    return f"\x1b[{_COLOURS.get(name, 37)}m{padded}\x1b[0m"


@contextlib.contextmanager
def log_file(folder: Path, name: str) -> Iterator[IO[bytes]]:
    """Append to name.log; a large one becomes name.log.1 first, in place of the one before."""
    path = folder / f"{name}.log"
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    with path.open("ab", buffering=0) as file:
        yield file


def pump(stream: IO[bytes] | None, name: str, folder: Path) -> None:
    """Copy a child's output to its log, and what a person needs of it to the terminal."""
    if stream is None:
        return
    with stream, log_file(folder, name) as file:
        for line in stream:
            file.write(line)
            shown = readable(line.decode(errors="replace").rstrip())
            if shown is not None:
                say(shown, name)
