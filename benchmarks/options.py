"""How large, how long, and what."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
WORKS = (
    "create", "queue", "ticket", "search", "lookup", "sweep", "policy", "arithmetic", "import",
    "round", "erasure", "pages", "memory",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """`few_*` is the smaller of the two sizes between which growth is measured."""

    tickets: int = 200_000
    residents: int = 1_000_000
    few_tickets: int = 10_000
    few_residents: int = 10_000
    overdue: int = 100_000
    few_overdue: int = 1_000
    deep_page: int = 1_000
    imported: int = 50_000
    few_imported: int = 10_000
    answered: int = 1_000_000
    few_answered: int = 100_000
    erased: int = 8
    memory_seconds: float = 240.0
    rounds: int = 5
    seconds: float = 3.0


QUICK = Size(
    tickets=600,
    residents=400,
    few_tickets=300,
    few_residents=200,
    overdue=300,
    few_overdue=60,
    deep_page=4,
    imported=120,
    few_imported=60,
    answered=400,
    few_answered=300,
    erased=1,
    memory_seconds=3.0,
    rounds=3,
    seconds=0.3,
)


@dataclass(frozen=True, slots=True)
class Options:
    size: Size
    works: tuple[str, ...]
    quick: bool
    plans: bool
    results: Path


def parse(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a few hundred rows: shows that everything runs; ratios are printed and not judged",
    )
    parser.add_argument("--only", choices=WORKS, nargs="+", default=WORKS)
    parser.add_argument("--plans", action="store_true", help="print EXPLAIN of the hot queries too")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the JSON")
    for name in fields(Size):
        kind = float if name.name.endswith("seconds") else int
        parser.add_argument(f"--{name.name.replace('_', '-')}", type=kind, metavar="N")
    given = parser.parse_args(arguments)
    base = QUICK if given.quick else Size()
    chosen = {each.name: getattr(given, each.name) for each in fields(Size)}
    size = Size(
        **{name: getattr(base, name) if value is None else value for name, value in chosen.items()}
    )
    _refuse(parser, size)
    return Options(size, tuple(given.only), given.quick, given.plans, given.results)


def _refuse(parser: argparse.ArgumentParser, size: Size) -> None:
    if size.rounds < 3:
        parser.error("--rounds must be 3 or more: a median of fewer says nothing.")
    for name in ("tickets", "residents", "overdue", "imported", "answered"):
        if getattr(size, f"few_{name}") > getattr(size, name):
            parser.error("--few-… is the smaller size.")
    if size.deep_page * 50 > size.tickets:
        parser.error(f"--deep-page {size.deep_page} needs {size.deep_page * 50:,} tickets.")
