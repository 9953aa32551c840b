"""`make run` as people use it: one desk, started twice, with commands beside it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from jinke_desk.launcher import environment, places, ports, processes
from jinke_desk.launcher.places import PROJECT
from jinke_desk.launcher.servers import Servers, Wanted

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.xdist_group("make-run")]

FIRST_START, SECOND_START, STOP = 420, 90, 90
COUNT = "from complaints.models import Ticket; print('tickets', Ticket.objects.count())"


class Desk:
    """A running `make run`, read line by line as it speaks."""

    def __init__(self, folder: Path, port: int | None, environ: dict[str, str]) -> None:
        chosen = {"PORT": str(port)} if port else {}
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jinke_desk.launcher", "run"],
            cwd=PROJECT,
            env={**environ, **chosen, "DATA_DIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def read_until(self, text: str, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return line
            if time.monotonic() > deadline:
                break
        pytest.fail(f"{text!r} was not said:\n{''.join(self.lines[-40:])}")

    def ctrl_c(self) -> str:
        """As a terminal does it: the signal goes to the whole group."""
        os.killpg(self.process.pid, signal.SIGINT)
        rest, _ = self.process.communicate(timeout=STOP)
        return rest


@pytest.fixture(scope="module")
def environ() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in environment.SETTINGS}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with places.throwaway_place("run") as place:
        data = place.data_dir / "a desk"
        yield data
        if (data / "servers.json").exists():
            Servers(places.demo_place(data), Wanted()).stop()


def manage(code: str, folder: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
        cwd=PROJECT,
        env={**environ, "DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(address: str) -> int:
    with urllib.request.urlopen(address, timeout=60) as response:
        return int(response.status)


def processes_in(folder: Path) -> list[str]:
    """Command lines and environments that name the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                told = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(folder) in told:
                found.append((entry / "cmdline").read_text().replace("\0", " "))
    return found


def test_a_desk_starts_serves_stops_and_keeps_its_data(
    folder: Path, environ: dict[str, str]
) -> None:
    port = ports.free_port()
    desk = Desk(folder, port, environ)
    line = desk.read_until("The desk is open", FIRST_START)
    address = f"http://127.0.0.1:{port}/"
    assert address in line
    desk.read_until(f"{address}demo/messages/", 10)
    assert ask(f"{address}livez") == 200
    assert ask(f"{address}demo/messages/") == 200

    beside = manage(COUNT, folder, environ)
    assert int(re.findall(r"tickets (\d+)", beside)[0]) > 0
    assert ask(f"{address}livez") == 200

    second = subprocess.run(
        [sys.executable, "-m", "jinke_desk.launcher", "run"],
        cwd=PROJECT,
        env={**environ, "DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 2
    assert f"already runs on {folder}, at http://127.0.0.1:{port}" in second.stderr

    rest = desk.ctrl_c()
    assert desk.process.returncode == 0, rest
    assert "Stopped." in rest
    assert processes_in(folder) == []
    assert ports.is_free(port)

    alone = manage(COUNT, folder, environ)
    assert alone == beside
    assert processes_in(folder) == []


def test_a_second_start_takes_seconds_and_survives_a_kill(
    folder: Path, environ: dict[str, str]
) -> None:
    port = ports.free_port()
    desk = Desk(folder, port, environ)
    desk.read_until("The desk is open", SECOND_START)
    desk.process.kill()
    desk.process.wait()
    assert processes.wait_until(
        lambda: not any("gunicorn" in each or "celery" in each for each in processes_in(folder)), 60
    )

    again = Desk(folder, port, environ)
    again.read_until("The desk is open", SECOND_START)
    assert ask(f"http://127.0.0.1:{port}/livez") == 200
    os.kill(again.process.pid, signal.SIGTERM)
    again.process.communicate(timeout=STOP)
    assert again.process.returncode == 0
    assert processes_in(folder) == []
