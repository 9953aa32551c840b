"""Drives a server with a few persistent connections and takes the time of every answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from benchmarks import processor
from benchmarks.figures import quantile
from benchmarks.http import BadAnswer, Connection
from benchmarks.webserver import Web

CONNECTIONS = 4


@dataclass(slots=True)
class Side:
    """One of the things compared: where to ask, what, and what to expect. `request` gets the
    number of the request, which never repeats."""

    name: str
    web: Web
    request: Callable[[int], bytes]
    expected: int = 200
    numbers: count[int] = field(default_factory=count)


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one side. Times in seconds; processor times are of all answers together."""

    answers: int
    seconds: float
    p50: float
    p95: float
    driver_cpu: float
    web_cpu: float
    postgres_cpu: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


def drive(
    side: Side, seconds: float, *, postmaster: int = 0, connections: int = CONNECTIONS
) -> Sample:
    """Ask for that long on each connection, at least once. Raises BadAnswer for a wrong answer."""
    times: list[float] = []
    failures: list[Exception] = []
    stop_at = time.perf_counter() + seconds

    def work() -> None:
        link = Connection(side.web.port)
        try:
            over = False
            while not (over or failures):
                begun = time.perf_counter()
                _ask(link, side)
                ended = time.perf_counter()
                times.append(ended - begun)
                over = ended >= stop_at
        except Exception as error:  # noqa: BLE001  # raised by the caller's thread, below
            failures.append(error)
        finally:
            link.close()

    servers = processor.seconds_of(side.web.group, postmaster)
    cpu, begun = time.process_time(), time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    taken, cpu = time.perf_counter() - begun, time.process_time() - cpu
    if failures:
        raise failures[0]
    web, postgres = processor.seconds_of(side.web.group, postmaster)
    return Sample(
        answers=len(times),
        seconds=taken,
        p50=quantile(times, 0.5),
        p95=quantile(times, 0.95),
        driver_cpu=cpu,
        web_cpu=web - servers[0],
        postgres_cpu=postgres - servers[1],
    )


def _ask(link: Connection, side: Side) -> None:
    status, body = link.ask(side.request(next(side.numbers)))
    if status != side.expected:
        words = body[:500].decode(errors="replace")
        raise BadAnswer(f"{side.name}: status {status} instead of {side.expected}: {words}")
