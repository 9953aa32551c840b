"""Children of the supervisor, in a process of its own that gets real signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from jinke_desk.launcher import processes
from jinke_desk.launcher.places import PROJECT

pytestmark = [pytest.mark.launcher]

DESK = """
import os, sys
from pathlib import Path
from jinke_desk.launcher.supervisor import Child, Program, supervise
folder, patience = Path(sys.argv[1]), float(sys.argv[2])
children = [
    Child(Program(name, [sys.executable, str(folder / "child.py"), name, str(folder)], patience),
          dict(os.environ, PYTHONUNBUFFERED="1"), folder)
    for name in sys.argv[3:]
]
supervise(children, lambda now: None)
"""
CHILD = """
import os, signal, sys, time
from pathlib import Path
name, folder = sys.argv[1], Path(sys.argv[2])
def end(*args):
    with (folder / "ended").open("a") as file:
        file.write(name + "\\n")
    if name != "stubborn":
        sys.exit(0)
signal.signal(signal.SIGTERM, end)
with (folder / "started").open("a") as file:
    file.write(f"{name} {os.getpid()}\\n")
print(f"{name} 投诉 is up")
if name == "brief":
    sys.exit(3)
while True:
    time.sleep(0.1)
"""

#: whatever the tests were started with
DEAF_TO_NOTHING = ("env", "--default-signal")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(
        *names: str, by: Sequence[str] = DEAF_TO_NOTHING, patience: float = 5
    ) -> subprocess.Popen[str]:
        (tmp_path / "child.py").write_text(CHILD)
        process = subprocess.Popen(
            [*by, sys.executable, "-c", DESK, str(tmp_path), str(patience), *names],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        assert processes.wait_until(lambda: set(names) <= set(pids(tmp_path)), 60)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def pids(folder: Path) -> dict[str, int]:
    """The newest process of each name."""
    path = folder / "started"
    lines = path.read_text().splitlines() if path.exists() else []
    return {name: int(pid) for name, pid in (line.split() for line in lines)}


def test_children_end_in_the_order_given(
    desk: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = desk("web", "beat", "worker")
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert (tmp_path / "ended").read_text().split() == ["web", "beat", "worker"]
    assert not any(processes.is_alive(pid) for pid in pids(tmp_path).values())
    assert "web      web 投诉 is up" in output
    assert (tmp_path / "web.log").read_text() == "web 投诉 is up\n"


def test_a_child_that_dies_starts_again_and_it_is_said(
    desk: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = desk("web", "worker")
    first = pids(tmp_path)
    os.kill(first["web"], signal.SIGKILL)
    assert processes.wait_until(lambda: pids(tmp_path)["web"] != first["web"], 60)
    assert pids(tmp_path)["worker"] == first["worker"]
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert "web ended (signal SIGKILL); it starts again in 1 s" in output


def test_a_child_that_keeps_dying_is_started_less_and_less_often(
    desk: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = desk("brief")
    started = tmp_path / "started"
    assert processes.wait_until(lambda: started.read_text().count("brief") == 3, 60)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert "brief ended (exit code 3); it starts again in 1 s" in output
    assert "starts again in 2 s" in output


def test_a_child_that_will_not_end_is_ended(
    desk: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = desk("stubborn", "worker")
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert time.monotonic() - started > 4
    assert not any(processes.is_alive(pid) for pid in pids(tmp_path).values())
    assert (tmp_path / "ended").read_text().split() == ["stubborn", "worker"]


def test_a_second_signal_does_not_wait(
    desk: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = desk("stubborn", patience=600)
    process.send_signal(signal.SIGINT)
    assert processes.wait_until((tmp_path / "ended").exists, 60)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def test_a_closed_terminal_ends_it(desk: Callable[..., subprocess.Popen[str]]) -> None:
    process = desk("web")
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_with_nohup_a_closed_terminal_does_not(
    desk: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = desk("web", by=("nohup",))
    process.send_signal(signal.SIGHUP)
    assert not processes.wait_until(lambda: process.poll() is not None, 1)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert not any(processes.is_alive(pid) for pid in pids(tmp_path).values())


def test_children_end_when_the_supervisor_is_killed(
    desk: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = desk("web", "worker")
    process.kill()
    process.wait()
    alive = lambda: [pid for pid in pids(tmp_path).values() if processes.is_alive(pid)]  # noqa: E731
    assert processes.wait_until(lambda: not alive(), 60)
