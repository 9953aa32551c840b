"""Keeps the desk's processes running until it is told to stop, then stops them in order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from jinke_desk.launcher import processes, terminal
from jinke_desk.launcher.places import PROJECT

_TICK = 0.2
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_HEALTHY_AFTER = 60.0


@dataclass(frozen=True)
class Program:
    """A command, how long in seconds it may take to end what it has begun, and open files that
    it is handed.
    """

    name: str
    command: Sequence[str | Path]
    patience: float
    handed: Sequence[int] = ()


class Child:
    """One program with its present process and, when it died, the moment to try again."""

    def __init__(self, program: Program, settings: Mapping[str, str], logs: Path) -> None:
        self.program = program
        self.settings = dict(settings)
        self.logs = logs
        self.process: subprocess.Popen[bytes] | None = None
        self.pause = _FIRST_PAUSE
        self.started_at = 0.0
        self.due_at = 0.0

    def start(self) -> None:
        """Start in a session of its own: Ctrl-C is for us, who stop the children in order."""
        self.process = subprocess.Popen(
            processes.dying_with_us(self.program.command, "TERM"),
            cwd=PROJECT,
            env=self.settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=self.program.handed,
        )
        self.started_at = time.monotonic()
        arguments = (self.process.stdout, self.program.name, self.logs)
        threading.Thread(target=terminal.pump, args=arguments, daemon=True).start()

    def tend(self, now: float) -> None:
        """Notice a death, and start again when the pause is over."""
        if self.process and (code := self.process.poll()) is not None:
            self._end_group()
            self.process = None
            if now - self.started_at > _HEALTHY_AFTER:
                self.pause = _FIRST_PAUSE
            terminal.say(
                f"{self.program.name} ended ({_describe(code)}); it starts again in "
                f"{self.pause:.0f} s. Its log: {self.logs / self.program.name}.log"
            )
            self.due_at = now + self.pause
            self.pause = min(self.pause * 2, _LONGEST_PAUSE)
        if self.process is None and now >= self.due_at:
            self.start()

    def stop(self, in_a_hurry: Callable[[], bool]) -> None:
        """Ask to end, wait, insist."""
        if self.process is None:
            return
        process = self.process
        if process.poll() is None:
            processes.send(process.pid, signal.SIGTERM)
            processes.wait_until(
                lambda: process.poll() is not None or in_a_hurry(), self.program.patience
            )
        self._end_group()
        process.wait()

    def _end_group(self) -> None:
        """Whatever the process left behind ends with it."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class StopSignals:
    """Counts requests to stop: the first is polite, the second is a hurry."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.count += 1

    def hurried(self) -> bool:
        return self.count > 1

    @contextmanager
    def caught(self) -> Iterator[None]:
        before = {each: signal.signal(each, self) for each in _stopping()}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _stopping() -> list[signal.Signals]:
    """An ignored hang-up is `nohup`: the desk stays when its terminal is closed."""
    stays = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [signal.SIGINT, signal.SIGTERM, *([] if stays else [signal.SIGHUP])]


def supervise(children: Sequence[Child], each_tick: Callable[[float], None]) -> None:
    """Run the children until a signal; stop them in the order given."""
    signals = StopSignals()
    with signals.caught():
        try:
            while not signals.count:
                now = time.monotonic()
                for child in children:
                    child.tend(now)
                each_tick(now)
                time.sleep(_TICK)
        finally:
            terminal.say("Stopping. Press Ctrl-C again not to wait for work in progress.")
            for child in children:
                child.stop(signals.hurried)
