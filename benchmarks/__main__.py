"""`make bench`: seed, serve, measure each work beside its floor, report. Exit 1 where a goal is
missed. The launcher starts PostgreSQL (with fsync) and Redis before, and stops them after."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from benchmarks import options as options_of


def main(arguments: Sequence[str]) -> int:
    options = options_of.parse(arguments)
    if not os.environ.get("DATABASE_OWNER_URL"):
        print("Start it with `make bench`: it needs a stack of its own.", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinke_desk.settings")
    django.setup()
    logging.disable(logging.INFO)  # of this process; the servers write theirs as ever
    return _run(options)


def _run(options: options_of.Options) -> int:
    from benchmarks import machine, report, world

    run: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": options.quick,
        "size": asdict(options.size),
        "load_before": machine.load(),
    }
    built = world.build(options.size, os.environ, _say)
    outcomes = _measure(options, built)
    run |= {
        "seeding_seconds": built.seconds,
        "machine": machine.described(),
        "load_after": machine.load(),
    }
    if options.plans:
        print(report.plans(outcomes))
    path = report.write(run, outcomes, options.results)
    print(f"\nLoad average {run['load_before']} before, {run['load_after']} after; all in {path}")
    missed = report.failures(outcomes, quick=options.quick)
    judged = "Every count is kept; times are not judged at this size." if options.quick else ""
    print("\n".join(["", "Missed:", *missed]) if missed else judged or "Every goal is kept.")
    return 1 if missed else 0


def _measure(options: options_of.Options, built: Any) -> list[Any]:
    from benchmarks import report, webserver
    from benchmarks.works.context import Context, Webs

    logs = Path(os.environ["LOG_DIR"])
    desk, floor = "jinke_desk.wsgi:application", "benchmarks.floor.wsgi:application"
    with ExitStack() as stack:
        webs = Webs(
            ours=stack.enter_context(webserver.web(desk, built.ours, logs / "ours.log")),
            small=stack.enter_context(webserver.web(desk, built.small, logs / "small.log")),
            floor=stack.enter_context(webserver.web(floor, built.floor, logs / "floor.log")),
        )
        context = Context(built, webs, options.size)
        outcomes = []
        for name in options.works:
            begun = time.monotonic()
            outcomes.append(_work(name).measure(context))
            _say(f"\n{name}: measured in {time.monotonic() - begun:.0f} s")
            _say(report.table(outcomes[-1:]))
    return outcomes


def _work(name: str) -> Any:
    """The module of a work; those whose name Python or the library has are called otherwise."""
    modules = {"import": "importing", "round": "sampling"}
    return importlib.import_module(f"benchmarks.works.{modules.get(name, name)}")


def _say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
