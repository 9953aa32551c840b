"""One run: the stack once, the faults one after the other, each with a load of its own."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import psycopg

from benchmarks import machine
from benchmarks.chaos import faults, oracle, outbox, receivers, report, seeding
from benchmarks.chaos import stack as stacks
from benchmarks.chaos.driver import Load, NaiveLoad
from benchmarks.chaos.faults import Harm
from benchmarks.chaos.ledger import Ledger, Line
from benchmarks.chaos.naive import LEVELS
from benchmarks.chaos.naive import oracle as naive_oracle
from benchmarks.chaos.options import FOR_NAIVE, Options
from benchmarks.chaos.oracle import Verdict
from benchmarks.chaos.report import Letters, Row
from benchmarks.chaos.seeding import World
from benchmarks.chaos.stack import Stack
from jinke_desk.launcher import processes
from jinke_desk.launcher.servers import Servers

#: how long the stack may take to make up for a fault before what is missing counts as lost
RECOVERY = 240.0
#: a lease of a minute, a refused letter's pause, and a receiver that was slow
DRAINING = 240.0
#: and how long the naive build may take after the last fault
_AFTER_LAST_LEVEL = 30.0
#: faults after which worker and sweeper are each waited for, not only the first to come
_WAKERS_MUST_RETURN = ("kill", "redis", "postgres", "network")
#: every way out of the house: the mail server and those that are reached by HTTP
CHANNELS = (outbox.EMAIL, *receivers.KINDS.values())
#: faults of the latter, after which each of them is asked for by itself
_OF_RECEIVERS = "receivers"


@dataclass(slots=True)
class Run:
    """A run under way."""

    options: Options
    stack: Stack
    world: World
    ledger: Ledger
    naive_ledger: Ledger
    since: datetime
    tried: int = 0
    desk: list[Row] = field(default_factory=list)
    #: fault, what was done, lines of the ledger, answers: judged when all its levels are past
    naive: list[tuple[str, str, list[Line], NaiveLoad]] = field(default_factory=list)


def run(options: Options, servers: Servers, settings: dict[str, str]) -> int:
    begun, load_before = time.monotonic(), machine.load()
    folder = Path(settings["DATA_DIR"])
    _say(f"In {folder}")
    world = seeding.build(_say)
    with stacks.running(servers, settings, options.size, naive=options.naive) as stack:
        stacks.wait_until_open(stack)
        with _connected(stack) as connection:
            since = oracle.now(connection)
        this = Run(
            options,
            stack,
            world,
            Ledger(folder / "ledger.jsonl"),
            Ledger(folder / "naive-ledger.jsonl"),
            since,
        )
        _say(f"Open after {time.monotonic() - begun:.0f} s.\n\n{report.head()}")
        for name in options.faults:
            _suffer(this, name)
        this.desk += [_all_together(this), *_letters(this)]
        naive = _judge_naive(this)
    if naive:
        _say(f"\nThe naive build on Celery's eta, at the same moments:\n\n{report.head()}")
        _say("\n".join(report.line(row) for row in naive))
    described = {
        "at": since.isoformat(timespec="seconds"),
        "seconds_of_each_fault": options.size.seconds,
        "load_before": load_before,
        "load_after": machine.load(),
        "machine": machine.described(),
        "minutes": round((time.monotonic() - begun) / 60, 1),
    }
    path = report.write(options.results, described, this.desk, naive)
    wrong = [row.fault for row in this.desk if not row.clean]
    _say(f"\n{described['minutes']} minutes; all in {path}")
    _say(f"Not clean: {', '.join(wrong)}" if wrong else "Nothing is lost, nothing is doubled.")
    return report.exit_code(this.desk)


def _suffer(this: Run, name: str) -> None:
    """Load, break, let recover, ask."""
    stack, size, begun = this.stack, this.options.size, time.monotonic()
    load = Load(stack.port, this.world, this.ledger, reporters=size.reporters)
    compared = stack.has_naive and name in FOR_NAIVE
    naive = NaiveLoad(stack.naive_port, this.naive_ledger) if compared else None
    ledger_from, naive_from = len(this.ledger.lines()), len(this.naive_ledger.lines())
    taken_before = Counter(each.channel for each in outbox.read(stack.folder))
    seeding.seed(stack.owner_url, size.seeded, ago=-1, over=size.seconds)
    load.start()
    if naive:
        naive.start()
    with faults.repaired(stack):
        did = faults.BY_NAME[name](Harm(stack, load, size))
    stacks.wait_until_open(stack)
    if naive:
        naive.stop()
        this.naive.append((name, did, this.naive_ledger.lines()[naive_from:], naive))
    load.stop()
    this.tried += load.tried
    with _connected(stack) as connection:
        until = oracle.now(connection)
        _recover(connection, until)
        verdict = oracle.judge(
            connection, this.ledger.lines(), since=this.since, until=until, tried=this.tried
        )
        if name.startswith(_WAKERS_MUST_RETURN):
            processes.wait_until(lambda: not oracle.silent_wakers(connection, until), RECOVERY)
            verdict.add("silent wakers", oracle.silent_wakers(connection, until))
    verdict.acknowledged -= ledger_from  # earlier ones were held against the tables again
    letters = [each.id for each in outbox.read(stack.folder) if each.channel == outbox.EMAIL]
    row = report.row(
        name,
        did,
        verdict,
        answers=load.tally.seconds,
        refused=load.tally.refused,
        letters=Letters.of(letters, before=taken_before[outbox.EMAIL]),
        seconds=time.monotonic() - begun,
    )
    this.desk.append(row)
    _say(report.line(row))
    if name.startswith(_OF_RECEIVERS):
        channels = receivers.KINDS.values()
        this.desk += _told(this, name, channels, since=this.since, before=taken_before)
    this.since = until
    if naive:
        time.sleep(LEVELS[-1])  # its last level falls before the next fault begins


def _recover(connection: psycopg.Connection, until: datetime) -> None:
    processes.wait_until(lambda: not oracle.lost_levels(connection, until), RECOVERY, 0.5)


def _all_together(this: Run) -> Row:
    """Everything of the run once more, from its beginning."""
    with _connected(this.stack) as connection:
        until = oracle.now(connection)
        _recover(connection, until)
        verdict = oracle.judge(connection, this.ledger.lines(), until=until, tried=this.tried)
    row = report.row("all together", "the whole database", verdict)
    _say(report.line(row))
    return row


def _letters(this: Run) -> list[Row]:
    """The outbox runs empty; every message was taken, repeats are counted."""
    nothing: Counter[str] = Counter()
    return _told(this, "outbox", CHANNELS, since=oracle.ALWAYS, before=nothing)


def _told(
    this: Run, name: str, channels: Collection[str], *, since: datetime, before: Counter[str]
) -> list[Row]:
    """What each kind of receiver was to be told since then, back-offs cut short, and was. `before`
    is how much each had taken by then."""
    with _connected(this.stack) as connection:
        until = oracle.now(connection)
        _drain(connection, channels, until)
        rows = []
        for each in channels:
            read = partial(outbox.read, this.stack.folder)
            verdict = outbox.judge(connection, each, read, since=since, until=until)
            ids = [taken.id for taken in read() if taken.channel == each]
            letters = Letters.of(ids, before=before[each])
            rows.append(report.row(f"{name}: {each}", "what it took", verdict, letters=letters))
            _say(report.line(rows[-1]))
    return rows


def _drain(connection: psycopg.Connection, channels: Collection[str], until: datetime) -> None:
    def drained() -> bool:
        outbox.turn_back_offs(connection)
        return outbox.waiting(connection, channels, until) == 0

    processes.wait_until(drained, DRAINING, 1.0)


def _judge_naive(this: Run) -> list[Row]:
    if not this.naive:
        return []
    time.sleep(_AFTER_LAST_LEVEL)
    rows = []
    with psycopg.connect(this.stack.naive_url, autocommit=True) as connection:
        for name, did, lines, load in this.naive:
            verdict: Verdict = naive_oracle.judge(connection, lines)
            tally = load.tally
            rows.append(
                report.row(name, did, verdict, answers=tally.seconds, refused=tally.refused)
            )
    return rows


@contextmanager
def _connected(stack: Stack) -> Iterator[psycopg.Connection]:
    with psycopg.connect(stack.owner_url, autocommit=True) as connection:
        yield connection


def _say(words: str) -> None:
    print(words, flush=True)
