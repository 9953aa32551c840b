"""Small facts about processes that the launcher must be sure of before it signals one."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jinke_desk.launcher.places import Place


def is_alive(pid: int) -> bool:
    """Tell whether a process runs. One that ended and was not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"


def works_in(pid: int, folder: Path) -> bool | None:
    """Tell whether a process has the folder as its own; None where the system does not say."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:
        return None


def dying_with_us(command: Sequence[str | Path], how: str) -> list[str | Path]:
    """Prefix a command so that Linux signals it when its parent is gone, even by kill -9.

    setpriv(1) and not a hook in the forked child: that is unsafe beside our threads.
    """
    prefix = [_setpriv(), "--pdeathsig", how, "--"] if _setpriv() else []
    return [*prefix, *command]


@functools.cache
def _setpriv() -> str:
    """Return setpriv(1) of util-linux; other systems' knows no such option."""
    found = shutil.which("setpriv")
    if not found:
        return ""
    trial = [found, "--pdeathsig", "keep", "--", "true"]
    return found if subprocess.run(trial, capture_output=True, check=False).returncode == 0 else ""


def start_server(
    command: Sequence[str | Path], *, place: Place, log: str
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C does not reach it.

    A bare environment: no PGDATA, PGPORT or language of the user either.
    """
    with (place.logs / log).open("ab") as output:
        return subprocess.Popen(
            dying_with_us(command, "INT") if place.throwaway else list(command),
            cwd=place.home,
            env=server_environment(place),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **place.account.popen_arguments(),
        )


def server_environment(place: Place) -> dict[str, str]:
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": str(place.home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def send(pid: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)


def wait_until(ready: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
