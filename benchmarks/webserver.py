"""The web server: the same command for the desk and for the floor."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.http import HOST, Connection, get
from jinke_desk.launcher import processes
from jinke_desk.launcher.places import PROJECT
from jinke_desk.launcher.ports import free_port
from jinke_desk.launcher.web import serving

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Web:
    """A running server; `group` is the process group of all its workers."""

    port: int
    group: int


class WebServerFailed(Exception):
    """It did not start; the message says what it wrote."""


@contextmanager
def web(application: str, settings: Mapping[str, str], log: Path) -> Iterator[Web]:
    """Serve on a free port of the loopback."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            processes.dying_with_us(serving(application, f"{HOST}:{port}"), "TERM"),
            cwd=PROJECT,
            env=dict(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait(process, port, log)
        yield Web(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        link = Connection(port)
        try:
            link.ask(get("/livez", {}))
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            link.close()
    words = log.read_text(errors="replace")[-2_000:]
    raise WebServerFailed(f"The web server did not start:\n{words}")
