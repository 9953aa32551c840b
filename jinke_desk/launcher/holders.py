"""Who needs the servers. Holders share a lock, and the last one out stops the servers.

A lock of the kernel cannot go stale: a holder that was killed has let go of it.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def holding(folder: Path, *, start: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    """Hold the servers of a folder. `start` must be safe to call while they run already."""
    held = os.open(folder / "holders.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with taking_turns(folder):
            fcntl.flock(held, fcntl.LOCK_SH)
            try:
                start()
            except BaseException:
                _stop_if_last(held, stop)
                raise
        try:
            yield
        finally:
            with _not_now(), taking_turns(folder):
                _stop_if_last(held, stop)
    finally:
        os.close(held)


def _stop_if_last(held: int, stop: Callable[[], None]) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    stop()


@contextmanager
def taking_turns(folder: Path) -> Iterator[None]:
    """Starting and stopping exclude each other between processes."""
    turn = os.open(folder / "turn.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)


@contextmanager
def _not_now() -> Iterator[None]:
    """A second Ctrl-C must not leave a server half stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, signal.SIG_IGN) for each in stopping}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
