"""`python manage.py …` on the demo: joins the running servers, or starts them for its own time."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from jinke_desk.launcher import demo_env, environment, places, servers


@contextmanager
def demo_if_marked() -> Iterator[None]:
    """Complete our environment where DATA_DIR is a demo; leave it alone everywhere else."""
    folder = places.data_dir()
    if not demo_env.applies(folder, os.environ):
        yield
        return
    place = places.demo_place(folder)
    settings = environment.demo_settings(place, os.environ)
    want = servers.wanted(settings)
    os.environ.update(settings)
    if not (want.postgres or want.redis):
        yield
        return
    end_by_exception()
    with servers.held(place, want) as stack:
        os.environ.update(stack.environment())
        yield


def end_by_exception() -> None:
    """Let a polite kill run what must be run at the end, as Ctrl-C does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
