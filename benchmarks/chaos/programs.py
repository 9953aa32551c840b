"""The processes of a stack, each in a session of its own, and who starts again what was killed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jinke_desk.launcher import processes
from jinke_desk.launcher.places import PROJECT

_TICK = 0.2
_PAUSE = 0.5
_PATIENCE = 10.0


class Program:
    """A command with its present process. `job` says what it is for, `side` whose it is."""

    def __init__(
        self,
        name: str,
        job: str,
        command: Sequence[str | Path],
        settings: Mapping[str, str],
        log: Path,
        *,
        side: str = "desk",
        handed: Sequence[int] = (),
    ) -> None:
        self.name, self.job, self.side = name, job, side
        self.command, self.settings, self.handed = list(command), dict(settings), handed
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = True
        self.kills = 0
        self._not_before = 0.0
        self._turn = threading.RLock()

    def start(self) -> None:
        with self._turn, self.log.open("ab") as output:
            self.process = subprocess.Popen(
                processes.dying_with_us(self.command, "KILL"),
                cwd=PROJECT,
                env=self.settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=self.handed,
            )

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self) -> None:
        """Start what should run and does not, half a second after its death."""
        with self._turn:
            if not self.wanted or self.alive():
                return
            now = time.monotonic()
            if self.process is not None:
                self._end_group()
                self.process = None
                self._not_before = now + _PAUSE
            if now >= self._not_before:
                self.start()

    def kill(self) -> None:
        """kill -9 of the process with all its children."""
        with self._turn:
            if self.alive():
                self.kills += 1
                self._end_group()

    def kill_one(self, chosen: random.Random) -> None:
        """kill -9 of one process of the group: the master or any child."""
        with self._turn:
            if self.process is not None and self.alive():
                self.kills += 1
                processes.send(
                    chosen.choice(group_of(self.process.pid) or [self.process.pid]), signal.SIGKILL
                )

    def hold_down(self) -> None:
        """Kill it and leave it down until `let_up`."""
        with self._turn:
            self.wanted = False
            self.kill()

    def let_up(self) -> None:
        self.wanted = True

    def stop(self) -> None:
        with self._turn:
            self.wanted = False
            if self.process is not None:
                if self.alive():
                    processes.send(self.process.pid, signal.SIGTERM)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self.process.wait(_PATIENCE)
                self._end_group()

    def _end_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Keeper:
    """What systemd does in production: whoever dies starts again. A thread of its own, in which all
    processes are born, since a process dies with the thread that started it."""

    def __init__(self, programs: Iterable[Program]) -> None:
        self.programs = list(programs)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        for program in self.programs:
            program.wanted = False
        stopping = [threading.Thread(target=each.stop) for each in self.programs]
        for each in stopping:
            each.start()
        for each in stopping:
            each.join()
        self._stop.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._stop.wait(_TICK):
            for program in self.programs:
                program.tend()


def group_of(group: int) -> list[int]:
    """The processes of a group, as /proc knows them."""
    return [pid for pid, (_, its_group) in _table().items() if its_group == group]


def family_of(root: int) -> list[int]:
    """A process and its descendants."""
    table, found, grown = _table(), [root], True
    while grown:
        more = [pid for pid, (parent, _) in table.items() if parent in found and pid not in found]
        found, grown = found + more, bool(more)
    return found


def _table() -> dict[int, tuple[int, int]]:
    """Process number to (parent, group)."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                words = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
                found[int(folder.name)] = (int(words[1]), int(words[2]))
    return found
