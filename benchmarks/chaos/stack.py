"""The stack that is broken: servers of the launcher, the desk's processes as in production, twice
where production may have them twice, the receiver of messages, and the naive build beside."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from benchmarks.chaos import receivers, seeding
from benchmarks.chaos.options import Size
from benchmarks.chaos.programs import Keeper, Program, family_of
from jinke_desk.launcher import processes
from jinke_desk.launcher.places import PROJECT
from jinke_desk.launcher.ports import HOST
from jinke_desk.launcher.servers import DATABASE_NAMES, Servers
from jinke_desk.launcher.web import serving

NAIVE = "jinke_naive"
_ADDRESSES = (*DATABASE_NAMES, "REDIS_URL")
HOOKS = Path(__file__).parent / "hooks"
_START_SECONDS = 240.0
_NAIVE_TABLES = """
CREATE TABLE ticket (id bigserial PRIMARY KEY, key text NOT NULL, reported_at timestamptz NOT NULL,
                     resolved_at timestamptz);
CREATE TABLE event (id bigserial PRIMARY KEY, ticket_id bigint NOT NULL REFERENCES ticket,
                    level int NOT NULL, fired_at timestamptz NOT NULL);
"""


class StackFailed(Exception):
    """The stack did not come up; the message says what, and where its log is."""


@dataclass
class Stack:
    """Everything that can be broken. `owner_url` is the database as its owner, past the product."""

    servers: Servers
    settings: dict[str, str]
    programs: list[Program]
    port: int
    naive_port: int
    folder: Path
    chosen: random.Random
    #: the desk's addresses of its servers, past the wire and over it
    straight: dict[str, str]
    wired: dict[str, str]

    @property
    def owner_url(self) -> str:
        return self.settings["DATABASE_OWNER_URL"]

    @property
    def naive_url(self) -> str:
        return self.settings["NAIVE_DATABASE_URL"]

    @property
    def has_naive(self) -> bool:
        return self.naive_port > 0

    def of(self, *jobs: str, side: str | None = None) -> list[Program]:
        return [each for each in self.programs if each.job in jobs and side in (None, each.side)]

    def hold_down(self, *jobs: str) -> None:
        for each in self.of(*jobs):
            each.hold_down()

    def let_up(self, *jobs: str) -> None:
        for each in self.of(*jobs):
            each.let_up()

    def receive(self, mode: str) -> None:
        _tell(self.folder / "mode", mode)

    def receive_by_http(self, mode: str) -> None:
        """The same for webhooks, short messages and robots (`benchmarks.chaos.receivers`)."""
        _tell(self.folder / "http-mode", mode)

    def asked_by_http(self, mode: str) -> Counter[str]:
        """How often each of these receivers has been asked so far while it behaved like this."""
        lines = (self.folder / "http-asked").read_text(encoding="utf-8").splitlines()
        asked = [json.loads(line) for line in lines]
        return Counter(each["channel"] for each in asked if each["mode"] == mode)

    def network(self, mode: str) -> None:
        """What the wire does from now on (`benchmarks.chaos.wire`)."""
        _tell(self.folder / "wire", mode)

    def lay_wire(self, *, between: bool) -> None:
        """Start the desk's programs again, with the wire between them and their servers or not."""
        for program in self.programs:
            if program.side == "desk":
                program.settings.update(self.wired if between else self.straight)
                program.kill()

    def shift_clocks(self, seconds: Mapping[str, float]) -> None:
        """Start the desk's programs of these jobs again with clocks that are wrong by as much."""
        for program in self.programs:
            if program.side == "desk" and program.job in seconds:
                shift = seconds[program.job]
                program.settings["CHAOS_CLOCK_SHIFT"] = str(shift)
                program.settings["PYTHONPATH"] = str(HOOKS) if shift else ""
                program.kill()

    def freeze_postgres(self) -> None:
        if root := self.servers.cluster.server_pid():
            for pid in family_of(root):
                processes.send(pid, signal.SIGSTOP)

    def crash_postgres(self) -> None:
        """What `pg_ctl -m immediate` sends: no checkpoint, everybody is cut off."""
        pid = self.servers.cluster.server_pid()
        if pid is not None:
            processes.send(pid, signal.SIGQUIT)
            processes.wait_until(lambda: self.servers.cluster.server_pid() is None, 30)
        self.servers.cluster.start()

    def thaw(self) -> None:
        """Whatever was frozen goes on. Safe at any time."""
        if (postgres := self.servers.cluster.process) and postgres.poll() is None:
            for each in family_of(postgres.pid):
                processes.send(each, signal.SIGCONT)
        if (redis := self.servers.doorbell.process) and redis.poll() is None:
            processes.send(redis.pid, signal.SIGCONT)


@contextmanager
def running(
    servers: Servers, settings: dict[str, str], size: Size, *, naive: bool
) -> Iterator[Stack]:
    """Start every process, and stop every one, frozen or not, however we leave."""
    folder = Path(settings["DATA_DIR"]) / "chaos"
    folder.mkdir()
    _tell(folder / "mode", "accept")
    _tell(folder / "http-mode", "accept")
    _tell(folder / "wire", "pass")
    for ledger in ("taken", "http-taken", "http-asked"):
        (folder / ledger).touch()
    receiver = _harness("receiver", str(folder), ports=1)
    behind = [servers.cluster.port, servers.doorbell.port]
    others = _harness("receivers", str(folder), ports=len(receivers.KINDS))
    wire = _harness("wire", str(folder), *map(str, behind), ports=2)
    with (
        receiver as (mail_port,),
        others as http_ports,
        wire as over,
        _listening() as web,
        _listening() as naive_web,
    ):
        settings["EMAIL_URL"] = f"smtp://{HOST}:{mail_port}"
        ports = dict(zip(receivers.KINDS.values(), http_ports, strict=True))
        settings["SMS_GATEWAY_URL"] = f"http://{HOST}:{ports['sms']}/send"
        _tell(folder / "http-secret", seeding.listen(ports))
        programs = _desk(settings, size, web)
        if naive:
            settings.update(_naive_database(settings))
            programs += _naive(settings, naive_web)
        stack = Stack(
            servers,
            settings,
            programs,
            port=web.getsockname()[1],
            naive_port=naive_web.getsockname()[1] if naive else 0,
            folder=folder,
            chosen=random.Random(),  # a fault that is met once must be met by chance
            straight={name: settings[name] for name in _ADDRESSES},
            wired=_moved(settings, dict(zip(behind, over, strict=True))),
        )
        try:
            with Keeper(programs):
                yield stack
        finally:
            stack.thaw()


def _tell(file: Path, mode: str) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(mode)
    draft.replace(file)


def _moved(settings: Mapping[str, str], ports: Mapping[int, int]) -> dict[str, str]:
    """The addresses of the same servers at other ports."""
    found = {}
    for name in _ADDRESSES:
        url = urlsplit(settings[name])
        secret, _, _ = url.netloc.rpartition("@")
        place = f"{secret}@{url.hostname}:{ports[url.port or 0]}"
        found[name] = url._replace(netloc=place).geturl()
    return found


@contextmanager
def _harness(module: str, *arguments: str, ports: int) -> Iterator[list[int]]:
    """A program of the harness in a process of its own, which says at which ports it is."""
    command = [sys.executable, "-m", f"benchmarks.chaos.{module}", *arguments]
    with subprocess.Popen(
        processes.dying_with_us(command, "KILL"),
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            lines = [process.stdout.readline() for _ in range(ports)] if process.stdout else []
            if not all(line.strip().isdigit() for line in lines):
                raise StackFailed(f"The {module} of the harness did not start.")
            yield [int(line) for line in lines]
        finally:
            process.kill()


@contextmanager
def _listening() -> Iterator[socket.socket]:
    """Ours, and handed to the web server, as systemd does: who calls while it is down waits."""
    with socket.create_server((HOST, 0), backlog=256) as listening:
        yield listening


def _desk(settings: Mapping[str, str], size: Size, web: socket.socket) -> list[Program]:
    logs = Path(settings["LOG_DIR"])
    python = sys.executable
    celery = [python, "-W", "ignore", "-m", "celery", "--quiet", "-A", "jinke_desk"]
    handed = web.fileno()
    programs = [
        Program(
            "web",
            "web",
            serving("jinke_desk.wsgi:application", f"fd://{handed}"),
            settings,
            logs / "web.log",
            handed=[handed],
        )
    ]
    for number in range(1, size.twins + 1):
        schedule = Path(settings["DATA_DIR"]) / f"beat{number}"
        twins = {
            "worker": [
                *celery,
                *("worker", "--concurrency", "1", "-n", f"w{number}@desk"),
                *("--without-gossip", "--without-mingle"),
            ],
            "beat": [*celery, "beat", "--schedule", str(schedule), "--pidfile", ""],
            "sweeper": [python, "manage.py", "sweeper"],
        }
        for job, command in twins.items():
            name = f"{job}{number}"
            programs.append(Program(name, job, command, settings, logs / f"{name}.log"))
    return programs


def _naive_database(settings: Mapping[str, str]) -> dict[str, str]:
    url = urlsplit(settings["DATABASE_OWNER_URL"])
    with psycopg.connect(url._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAIVE}")
    named = url._replace(path=f"/{NAIVE}").geturl()
    with psycopg.connect(named) as connection:
        connection.execute(_NAIVE_TABLES)
    redis = urlsplit(settings["REDIS_URL"])._replace(path="/1").geturl()
    return {"NAIVE_DATABASE_URL": named, "NAIVE_REDIS_URL": redis}


def _naive(settings: Mapping[str, str], web: socket.socket) -> list[Program]:
    logs = Path(settings["LOG_DIR"])
    handed = web.fileno()
    application = "benchmarks.chaos.naive.web:application"
    worker = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet"]
    worker += ["-A", "benchmarks.chaos.naive.tasks:app", "worker", "--concurrency", "1"]
    worker += ["-n", "naive@desk", "--without-gossip", "--without-mingle"]
    serve = serving(application, f"fd://{handed}")
    told = {**settings, "DJANGO_SETTINGS_MODULE": ""}
    return [
        Program(
            "naive-web",
            "web",
            serve,
            told,
            logs / "naive-web.log",
            side="naive",
            handed=[handed],
        ),
        Program("naive-worker", "worker", worker, told, logs / "naive-worker.log", side="naive"),
    ]


def wait_until_open(stack: Stack) -> None:
    """Until the web answers and the rest has lived long enough to have read its settings."""
    for port in filter(None, (stack.port, stack.naive_port)):
        if not processes.wait_until(partial(answers, port), _START_SECONDS, 0.3):
            logs = stack.settings["LOG_DIR"]
            raise StackFailed(f"No web server answers at port {port}; {logs}/web.log says why.")
    time.sleep(1)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/livez", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False
