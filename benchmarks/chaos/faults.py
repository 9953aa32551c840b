"""What is done to the stack. Each fault lasts as long as it is told, leaves everything able to run
again, and says in words what it did."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import redis

from benchmarks.chaos import disk, seeding, wire
from benchmarks.chaos import stack as stacks
from benchmarks.chaos.driver import Load
from benchmarks.chaos.options import Size
from benchmarks.chaos.receivers import KINDS
from benchmarks.chaos.stack import Stack
from jinke_desk.launcher import processes
from jinke_desk.launcher.places import PROJECT

_CRASH_SECONDS = 300.0
_FEWEST_STROKES = 3
#: by when each kind of receiver has been asked, on a machine that is slow
_ASKED_SECONDS = 120.0
WAKERS = ("worker", "beat", "sweeper")


@dataclass(frozen=True, slots=True)
class Harm:
    """What a fault has at hand."""

    stack: Stack
    load: Load
    size: Size

    def turns(self, every: float) -> Iterator[int]:
        """Count from one on, a pause after each, until the fault has lasted long enough."""
        deadline, turn = time.monotonic() + self.size.seconds, 0
        while time.monotonic() < deadline:
            turn += 1
            yield turn
            time.sleep(max(0.0, min(every, deadline - time.monotonic())))

    def strokes(self, every: float) -> Iterator[int]:
        """The same, but three at least: coming back may take longer than the fault is to last."""
        deadline, turn = time.monotonic() + self.size.seconds, 0
        while turn < _FEWEST_STROKES or time.monotonic() < deadline:
            turn += 1
            time.sleep(every)
            yield turn

    def last(self) -> None:
        time.sleep(self.size.seconds)


Fault = Callable[[Harm], str]


def calm(harm: Harm) -> str:
    harm.last()
    return "nothing"


def kill_workers(harm: Harm) -> str:
    """One process or a whole group in turn; the naive worker every six seconds."""
    stack = harm.stack
    victims = stack.of(*WAKERS, side="desk")
    before = sum(each.kills for each in victims)
    for turn in harm.turns(every=1.5):
        victim = stack.chosen.choice(victims)
        victim.kill_one(stack.chosen) if turn % 2 else victim.kill()
        if turn % 4 == 1:
            for each in stack.of("worker", side="naive"):
                each.kill()
    return (
        f"{sum(each.kills for each in victims) - before} × kill -9 of workers, beats and sweepers"
    )


def kill_web(harm: Harm) -> str:
    """In the middle of requests: each time after it has served for a while."""
    victims = harm.stack.of("web")
    ours = [each for each in victims if each.side == "desk"]
    before = sum(each.kills for each in ours)
    for turn in harm.strokes(every=2.0):
        for each in victims:
            each.kill_one(harm.stack.chosen) if turn % 2 else each.kill()
        stacks.wait_until_open(harm.stack)
    return f"{sum(each.kills for each in ours) - before} × kill -9 of the web's processes"


def redis_flushed(harm: Harm) -> str:
    turns = 0
    for turn in harm.turns(every=1.0):
        _redis(harm.stack).flushall()
        turns = turn
    return f"{turns} × FLUSHALL"


def redis_frozen(harm: Harm) -> str:
    process = harm.stack.servers.doorbell.process
    if process is not None:
        processes.send(process.pid, signal.SIGSTOP)
    harm.last()
    harm.stack.thaw()
    return f"Redis frozen for {harm.size.seconds:.0f} s"


def redis_full(harm: Harm) -> str:
    client = _redis(harm.stack)
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", 1)
    harm.last()
    client.config_set("maxmemory", 0)
    return f"Redis full for {harm.size.seconds:.0f} s"


def redis_gone(harm: Harm) -> str:
    process = harm.stack.servers.doorbell.process
    if process is not None:
        process.kill()
        process.wait()
    harm.last()
    harm.stack.servers.doorbell.start()
    return f"Redis gone for {harm.size.seconds:.0f} s, back empty"


def postgres_crash(harm: Harm) -> str:
    turns = 0
    for turn in harm.strokes(every=3.0):
        harm.stack.crash_postgres()
        turns = turn
    return f"{turns} × immediate restart of PostgreSQL"


def postgres_frozen(harm: Harm) -> str:
    harm.stack.freeze_postgres()
    harm.last()
    harm.stack.thaw()
    return f"PostgreSQL frozen for {harm.size.seconds:.0f} s"


def postgres_terminate(harm: Harm) -> str:
    ended = 0
    for _ in harm.turns(every=0.5):
        with harm.stack.servers.cluster.connect("jinke") as superuser:
            ended += superuser.execute(_TERMINATE).fetchall()[0][0]
    return f"{ended} connections terminated"


_TERMINATE = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE usename = 'jinke_app' AND pid <> pg_backend_pid()
"""


def postgres_full(harm: Harm) -> str:
    """Nobody sweeps or answers; whoever is on call makes room each time."""
    if reason := disk.why_not():
        return f"SKIPPED: {reason}"
    turns = 0
    with disk.small(harm.stack) as small:
        for turn in harm.strokes(every=3.0):
            small.fill()
            time.sleep(3.0)
            small.free()
            turns = turn
    return f"{turns} × not a byte left under PostgreSQL, for three seconds and longer"


def network_cut(harm: Harm) -> str:
    turns = 0
    with _wire(harm):
        for turn in harm.turns(every=1.5):
            harm.stack.network("cut" if turn % 2 else "pass")
            turns = turn
    return f"network to PostgreSQL and Redis reset {(turns + 1) // 2} × for 1.5 s"


def network_slow(harm: Harm) -> str:
    with _wire(harm):
        harm.stack.network("slow")
        harm.last()
    return f"each piece of data {wire.SLOW * 1000:.0f} ms late, either way"


def network_stalled(harm: Harm) -> str:
    with _wire(harm):
        harm.stack.network("stall")
        harm.last()
    return f"nothing carried for {harm.size.seconds:.0f} s, nothing reset"


def network_half_open(harm: Harm) -> str:
    """The desk loses its connections and opens others; the servers keep the old ones, with whatever
    transaction and locks they have, until they give them up by themselves."""
    turns = 0
    with _wire(harm):
        for turn in harm.strokes(every=1.0):
            harm.stack.network(f"half-open {turn}")
            turns = turn
    return f"{turns} × all connections lost, and the servers never heard of it"


@contextlib.contextmanager
def _wire(harm: Harm) -> Iterator[None]:
    harm.stack.lay_wire(between=True)
    stacks.wait_until_open(harm.stack)
    try:
        yield
    finally:
        harm.stack.network("pass")
        harm.stack.lay_wire(between=False)


def resolve_race(harm: Harm) -> str:
    """Four hands resolve tickets in the order in which their levels fall, as they fall."""
    count = harm.size.seeded
    with psycopg.connect(harm.stack.owner_url) as owner:
        rows = owner.execute(_FALLING, [count]).fetchall()
    before = _resolved(harm)
    harm.load.race((row[0] for row in rows), harm.size.seconds)
    return f"{_resolved(harm) - before} tickets resolved as their levels fall"


def _resolved(harm: Harm) -> int:
    return sum(each.did == "resolve" for each in harm.load.ledger.lines())


_FALLING = """
SELECT public_id::text FROM complaints_ticket
WHERE state = 'in_progress' AND next_step_at > clock_timestamp() ORDER BY next_step_at LIMIT %s
"""


def clock_off(harm: Harm) -> str:
    """Two hours fast, two hours slow, at once; the database alone is right."""
    stack = harm.stack
    stack.shift_clocks({"web": 7_200, "worker": -7_200, "beat": 7_200, "sweeper": 7_200})
    stacks.wait_until_open(stack)
    time.sleep(harm.size.seconds / 2)
    stack.shift_clocks({"web": -7_200, "worker": 7_200, "beat": -7_200, "sweeper": -7_200})
    stacks.wait_until_open(stack)
    time.sleep(harm.size.seconds / 2)
    stack.shift_clocks({"web": 0, "worker": 0, "beat": 0, "sweeper": 0})
    return "the processes' clocks 2 h fast, then 2 h slow"


def mail_refuses(harm: Harm) -> str:
    for turn in harm.turns(every=1.0):
        harm.stack.receive("refuse" if turn % 2 else "drop")
    harm.stack.receive("accept")
    return "the receiver refuses and cuts off in turn"


def mail_hangs(harm: Harm) -> str:
    harm.stack.receive("hang")
    harm.last()
    harm.stack.receive("accept")
    return "the receiver does not answer"


def mail_late(harm: Harm) -> str:
    harm.stack.receive("late")
    harm.last()
    harm.stack.receive("accept")
    return "the receiver takes and answers too late"


def receivers_fail(harm: Harm) -> str:
    return _receivers(harm, "refuse", "webhook, short messages and robots answer 500")


def receivers_closed(harm: Harm) -> str:
    """Who asks over a connection that is still open is cut off."""
    harm.stack.receive_by_http("closed")
    harm.last()
    harm.stack.receive_by_http("accept")
    return "nobody listens for webhooks, short messages and robots"


def receivers_hang(harm: Harm) -> str:
    return _receivers(harm, "hang", "webhook, short messages and robots do not answer")


def receivers_late(harm: Harm) -> str:
    return _receivers(harm, "late", "webhook, short messages and robots take and answer too late")


def _receivers(harm: Harm, mode: str, did: str) -> str:
    """Until each kind was asked at least once."""
    before = harm.stack.asked_by_http(mode)

    def asked() -> Counter[str]:
        return harm.stack.asked_by_http(mode) - before

    harm.stack.receive_by_http(mode)
    harm.last()
    processes.wait_until(lambda: len(asked()) == len(KINDS), _ASKED_SECONDS)
    harm.stack.receive_by_http("accept")
    return f"{did}, {asked().total()} ×"


def crash_points(harm: Harm) -> str:
    """Nobody else works; one process after another dies at the next point."""
    harm.stack.hold_down(*WAKERS)
    command = [sys.executable, "-m", "benchmarks.chaos.crashing"]
    process = subprocess.Popen(
        processes.dying_with_us(command, "KILL"),
        cwd=PROJECT,
        env=harm.stack.settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    caller, session = harm.load.world.callers[0], harm.load.world.session
    told = json.dumps({"token": caller.token, "dwelling": caller.dwelling, "session": session})
    try:
        said, _ = process.communicate(told.encode(), timeout=_CRASH_SECONDS)
    finally:
        process.kill()
        process.wait()
        harm.stack.let_up(*WAKERS)
    if process.returncode:
        raise RuntimeError("The process that crashes at every point failed; its words are above.")
    points = json.loads(said)
    for each in points.pop("acknowledged"):
        harm.load.ledger.write(*each)
        harm.load.tried += each[0] == "create"
    named = ", ".join(f"{count} in {work}" for work, count in points.items())
    return f"crash before and after every commit and send: {named}"


def backlog(harm: Harm) -> str:
    """Nobody has swept for three days."""
    harm.stack.hold_down(*WAKERS)
    three_days = 3 * 86_400.0
    seeding.seed(harm.stack.owner_url, harm.size.backlog, policy="safety", ago=three_days, over=600)
    harm.stack.let_up(*WAKERS)
    return f"{harm.size.backlog:,} tickets with three days' levels"


def _redis(stack: Stack) -> redis.Redis:
    return redis.Redis.from_url(stack.settings["REDIS_URL"], socket_timeout=5)


@contextlib.contextmanager
def repaired(stack: Stack) -> Iterator[None]:
    """However a fault ends, also by Ctrl-C, nothing stays frozen or held down."""
    try:
        yield
    finally:
        stack.thaw()
        stack.receive("accept")
        stack.receive_by_http("accept")
        stack.let_up("web", *WAKERS)


BY_NAME: dict[str, Fault] = {
    "calm": calm,
    "kill-workers": kill_workers,
    "kill-web": kill_web,
    "redis-flushed": redis_flushed,
    "redis-frozen": redis_frozen,
    "redis-full": redis_full,
    "redis-gone": redis_gone,
    "postgres-crash": postgres_crash,
    "postgres-frozen": postgres_frozen,
    "postgres-terminate": postgres_terminate,
    "postgres-full": postgres_full,
    "network-cut": network_cut,
    "network-slow": network_slow,
    "network-stalled": network_stalled,
    "network-half-open": network_half_open,
    "resolve-race": resolve_race,
    "clock-off": clock_off,
    "mail-refuses": mail_refuses,
    "mail-hangs": mail_hangs,
    "mail-late": mail_late,
    "receivers-fail": receivers_fail,
    "receivers-closed": receivers_closed,
    "receivers-hang": receivers_hang,
    "receivers-late": receivers_late,
    "crash-points": crash_points,
    "backlog": backlog,
}
