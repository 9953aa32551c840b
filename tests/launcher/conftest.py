"""Places to start real servers in, and processes that hold them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jinke_desk.launcher import demo_env, environment, places
from jinke_desk.launcher.places import PROJECT, Place
from jinke_desk.launcher.servers import Servers, Wanted

collect_ignore = [] if os.geteuid() == 0 else ["test_as_root.py"]

HOLDER = """
import sys
from pathlib import Path
from jinke_desk.launcher import places, servers
place = places.demo_place(Path(sys.argv[1]))
with servers.held(place, servers.Wanted(durable=False)) as stack:
    print("holding", stack.cluster.port, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def clean_environ(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of someone who has exported nothing for a desk."""
    for name in environment.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return dict(os.environ)


@pytest.fixture
def demo_folder(clean_environ: dict[str, str]) -> Iterator[Path]:
    """A data folder as `make run` leaves it, with a space and Chinese in its path."""
    with places.throwaway_place("launcher") as outer:
        folder = places.make_data_dir(outer.data_dir / "a demo 小区")
        demo_env.write_once(folder)
        yield folder
        stop_all(folder)


def stop_all(folder: Path) -> None:
    if (folder / "servers.json").exists():
        Servers(places.demo_place(folder), Wanted()).stop()


@pytest.fixture
def demo_place(demo_folder: Path) -> Place:
    return places.demo_place(demo_folder)


class Holder:
    """Another process that holds the servers of a folder until told to let go."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        said = self.process.stdout.readline().split()
        assert said[:1] == ["holding"], said
        self.port = int(said[1])

    def let_go(self) -> None:
        self.process.communicate("\n", timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=60)


@pytest.fixture
def holder(demo_folder: Path) -> Iterator[Callable[[], Holder]]:
    started: list[Holder] = []

    def start() -> Holder:
        started.append(Holder(demo_folder))
        return started[-1]

    yield start
    for each in started:
        each.kill()
