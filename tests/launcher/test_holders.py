"""Several processes on the same data: the last one out stops the servers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jinke_desk.launcher import places, ports, processes, servers
from jinke_desk.launcher.places import PROJECT, Place
from jinke_desk.launcher.postgres import Cluster
from jinke_desk.launcher.servers import Servers, Wanted
from tests.launcher.conftest import Holder

pytestmark = [pytest.mark.launcher]


def cluster_of(place: Place) -> Cluster:
    return Servers(place, Wanted()).cluster


def test_the_servers_stay_until_the_last_holder_leaves(
    demo_place: Place, holder: Callable[[], Holder]
) -> None:
    first, second = holder(), holder()
    assert first.port == second.port
    first.let_go()
    assert cluster_of(demo_place).answers()
    second.let_go()
    assert not cluster_of(demo_place).answers()
    assert ports.is_free(first.port)


def test_a_killed_holder_stops_nothing_and_the_next_one_tidies_up(
    demo_place: Place, holder: Callable[[], Holder]
) -> None:
    first = holder()
    pid = cluster_of(demo_place).server_pid()
    first.kill()
    assert cluster_of(demo_place).answers()
    second = holder()
    assert cluster_of(demo_place).server_pid() == pid
    second.let_go()
    assert cluster_of(demo_place).server_pid() is None


def test_after_everything_was_killed_the_data_open_again(
    demo_place: Place, holder: Callable[[], Holder]
) -> None:
    first = holder()
    pid = cluster_of(demo_place).server_pid()
    assert pid
    first.kill()
    os.kill(pid, signal.SIGKILL)
    second = holder()
    assert cluster_of(demo_place).answers()
    assert cluster_of(demo_place).server_pid() != pid
    second.let_go()


def test_a_lock_with_the_number_of_another_process_does_not_stop_the_start(
    demo_place: Place, holder: Callable[[], Holder]
) -> None:
    """As after a crash of the machine, when the number was given to somebody else."""
    holder().let_go()
    lock = demo_place.database / "postmaster.pid"
    lock.write_text(f"{os.getppid()}\n{demo_place.database}\n0\n1\n\n127.0.0.1\n")
    demo_place.account.give(lock, 0o600)
    again = holder()
    assert cluster_of(demo_place).answers()
    again.let_go()
    assert processes.is_alive(os.getppid())


def test_a_start_that_fails_leaves_no_server_behind(
    demo_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object) -> None:
        raise servers.LaunchError("no Redis today")

    monkeypatch.setattr(servers.Doorbell, "start", refuse)
    with (
        pytest.raises(servers.LaunchError, match="no Redis today"),
        servers.held(demo_place, Wanted(durable=False)),
    ):
        pytest.fail("held without Redis")
    assert cluster_of(demo_place).server_pid() is None


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_command_that_is_told_to_end_stops_what_it_started(
    demo_folder: Path, how: signal.Signals
) -> None:
    code = "import sys, time; print('up', flush=True); time.sleep(60)"
    command = [sys.executable, "-m", "jinke_desk.launcher", "exec", "--"]
    # Tests started with nohup hand an ignored SIGHUP down, and whoever ignores it means to stay.
    heard = ["env", "--default-signal"]
    process = subprocess.Popen(
        [*heard, *command, sys.executable, "-c", code],
        cwd=PROJECT,
        env={**os.environ, "DATA_DIR": str(demo_folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    place = places.demo_place(demo_folder)
    assert cluster_of(place).answers()
    # Ctrl-C in a terminal reaches the whole group; the others reach the process that is named.
    send = os.killpg if how is signal.SIGINT else os.kill
    send(process.pid, how)
    process.wait(timeout=60)
    assert cluster_of(place).server_pid() is None
