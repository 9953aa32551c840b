"""`make test`, `make bench` and `make chaos`: on servers of their own, in a folder that is gone
afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinke_desk.launcher import environment
from jinke_desk.launcher.binaries import Origin
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import PROJECT
from jinke_desk.launcher.servers import Wanted

_PLUGIN = "jinke_desk.launcher.pytest_plugin"


def run(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Run pytest and return its exit code."""
    want = Wanted(origin=chosen_origin(environ), durable=False)
    with environment.throwaway("test", "test", want=want) as settings:
        command = [sys.executable, "-m", "pytest", "-p", _PLUGIN, *pytest_arguments(arguments)]
        return run_to_the_end(command, settings)


def chosen_origin(environ: Mapping[str, str]) -> Origin | None:
    chosen = environ.get("TEST_POSTGRES", "").strip()
    origins: dict[str, Origin | None] = {"": None, "system": "system", "embedded": "embedded"}
    if chosen not in origins:
        raise LaunchError(f"TEST_POSTGRES is {chosen!r}; it must be system or embedded.")
    return origins[chosen]


def pytest_arguments(arguments: Sequence[str]) -> list[str]:
    """Three workers for the whole suite on two cores, since one often waits: for a ladder, a server
    that starts, a fault that lasts. A chosen path runs alone, where a second worker would only
    migrate a second database. Any number can be had with `-n`.
    """
    whole_suite = not any(_names_tests(argument) for argument in arguments)
    says_itself = any(argument.startswith(("-n", "--numprocesses")) for argument in arguments)
    parallel = ["-n", "3", "--dist", "loadgroup"] if whole_suite and not says_itself else []
    return [*parallel, *arguments]


def _names_tests(argument: str) -> bool:
    return not argument.startswith("-") and (PROJECT / argument.partition("::")[0]).exists()


def bench(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Run the benchmarks on a durable stack: with fsync, as the floors they are held against."""
    want = Wanted(origin=chosen_origin(environ), durable=True)
    with environment.throwaway("bench", "test", want=want) as settings:
        return run_to_the_end([sys.executable, "-m", "benchmarks", *arguments], settings)


def chaos(arguments: Sequence[str]) -> int:
    """The harness holds its servers itself: it has to freeze and kill them."""
    return run_to_the_end([sys.executable, "-m", "benchmarks.chaos", *arguments])


def run_to_the_end(command: Sequence[str | Path], settings: Mapping[str, str] = os.environ) -> int:
    """Run a command in our terminal; Ctrl-C is its to answer, and we wait for its last words."""
    process = subprocess.Popen(command, cwd=PROJECT, env=dict(settings))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
        except SystemExit:
            process.send_signal(signal.SIGTERM)
