"""`make run`: the whole desk in the foreground."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jinke_desk.launcher import (
    demo_env,
    environment,
    holders,
    places,
    ports,
    processes,
    servers,
    terminal,
    translations,
)
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import PROJECT, Place
from jinke_desk.launcher.supervisor import Child, Program, supervise
from jinke_desk.launcher.web import serving

_LOOK_AFTER_EVERY = 5.0
_SLOW_START = 60.0
# True, and no news to whoever starts a demo as root.
_AS_ROOT = "ignore:You're running the worker with superuser privileges"


def run(environ: Mapping[str, str] = os.environ) -> int:
    started = time.monotonic()
    folder = places.make_data_dir(places.data_dir(environ))
    with _alone(folder):
        demo_env.write_once(folder)
        place = places.demo_place(folder)
        with _web_socket(place, environ) as web:
            settings = environment.demo_settings(
                place, {**environ, "PORT": str(web.getsockname()[1])}
            )
            with servers.held(place, servers.wanted(settings)) as stack:
                settings.update(stack.environment())
                _prepare(place, settings)
                children = _children(place, settings, web)
                supervise(children, _Watch(place, stack, settings, started))
                terminal.say("The servers stop last.")
    terminal.say("Stopped.")
    return 0


def _web_socket(place: Place, environ: Mapping[str, str]) -> socket.socket:
    web, remark = ports.web_socket({**demo_env.read(place.data_dir), **environ})
    if remark:
        terminal.say(remark)
    address = f"http://{ports.HOST}:{web.getsockname()[1]}\n"
    (place.data_dir / environment.ADDRESS_FILE).write_text(address)
    return web


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One `make run` per data folder; others are told where the desk is."""
    lock = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        address = environment.known_address(folder) or "an address of its own"
        raise LaunchError(
            f"A desk already runs on {folder}, at {address}. Set DATA_DIR for a second one."
        ) from None
    else:
        yield
    finally:
        os.close(lock)


def _prepare(place: Place, settings: Mapping[str, str]) -> None:
    """Bring translations, tables and demo data up to date; each step skips what is done."""
    environment.make_folders(settings)
    if written := translations.compile_all():
        terminal.say(f"Translations compiled: {len(written)}")
    with subprocess.Popen(
        processes.dying_with_us(
            [sys.executable, "-u", "-m", "jinke_desk.launcher.prepare"], "TERM"
        ),
        cwd=PROJECT,
        env=dict(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            terminal.pump(process.stdout, "prepare", place.logs)
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise LaunchError(f"The desk could not be prepared; {place.logs}/prepare.log says why.")


def _children(place: Place, settings: Mapping[str, str], web_socket: socket.socket) -> list[Child]:
    """The programs in the order in which they stop."""
    schedule = place.data_dir / "beat"
    schedule.mkdir(exist_ok=True)
    python = sys.executable
    celery = [python, "-W", _AS_ROOT, "-m", "celery", "--quiet", "-A", "jinke_desk"]
    listening = web_socket.fileno()
    web = serving("jinke_desk.wsgi:application", f"fd://{listening}")
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--schedule", str(schedule / "schedule")]
    sweeper = [python, "manage.py", "sweeper"]
    programs = (
        Program("web", web, patience=15, handed=[listening]),
        Program("beat", beat, patience=10),
        Program("sweeper", sweeper, patience=30),
        Program("worker", worker, patience=60),
    )
    told = {**settings, "PYTHONUNBUFFERED": "1"}
    return [Child(program, told, place.logs) for program in programs]


class _Watch:
    """What the supervisor does besides: greet once the web answers, look after the servers."""

    def __init__(
        self, place: Place, stack: servers.Servers, settings: Mapping[str, str], started: float
    ) -> None:
        self.place = place
        self.stack = stack
        self.settings = settings
        self.started = started
        self.began = time.monotonic()
        self.greeted = self.warned = False
        self.next_look = self.began + _LOOK_AFTER_EVERY

    def __call__(self, now: float) -> None:
        if not self.greeted:
            self._greet(now)
        if now >= self.next_look:
            self._look_after()
            self.next_look = time.monotonic() + _LOOK_AFTER_EVERY

    def _greet(self, now: float) -> None:
        if _answers(f"http://{ports.HOST}:{self.settings['PORT']}/livez"):
            self.greeted = True
            terminal.say(_greeting(self.settings, now - self.started))
        elif not self.warned and now - self.began > _SLOW_START:
            self.warned = True
            terminal.say(f"The web does not answer yet; {self.place.logs / 'web.log'} may say why.")

    def _look_after(self) -> None:
        try:
            with holders.taking_turns(self.place.data_dir):
                restarted = self.stack.look_after()
        except LaunchError as error:
            terminal.say(str(error))
            return
        for name in restarted:
            terminal.say(f"{name} had died and was started again.")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as response:  # noqa: S310 (our own http)
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _greeting(settings: Mapping[str, str], seconds: float) -> str:
    accounts = subprocess.run(
        [sys.executable, "manage.py", "demo_accounts"],
        cwd=PROJECT,
        env=dict(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    address = f"http://{ports.HOST}:{settings['PORT']}"
    return "\n".join(
        [
            "",
            f"The desk is open, {seconds:.0f} s after the start:  {address}/",
            "",
            (accounts.stdout or accounts.stderr).rstrip(),
            "",
            f"Messages and codes that it sends can be read at {address}/demo/messages/",
            f"Logs: {settings['LOG_DIR']}    Ctrl-C stops everything.",
            "",
        ]
    )
