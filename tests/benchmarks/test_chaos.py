"""`make chaos` in short: a few faults, on a stack of its own, and everything stopped afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.chaos import crashing, options, oracle, report
from benchmarks.chaos.faults import BY_NAME
from benchmarks.chaos.receivers import KINDS
from benchmarks.chaos.report import Letters
from benchmarks.chaos.stack import HOOKS
from jinke_desk.launcher.environment import without_settings
from jinke_desk.launcher.places import PROJECT

pytestmark = [pytest.mark.launcher, pytest.mark.xdist_group("chaos")]

#: far above what a slow machine takes; nothing here is about how long it takes
PATIENCE = 900
HTTP = tuple(KINDS.values())


def _command(*arguments):
    # a shell in the background leaves it deaf to Ctrl-C
    heard = ["env", "--default-signal=INT"]
    return [*heard, sys.executable, "-m", "benchmarks.chaos", "--quick", *arguments]


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whatever_breaks(tmp_path):
    done = subprocess.run(
        _command("--results", str(tmp_path)),
        cwd=PROJECT,
        env=without_settings(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (written,) = tmp_path.glob("*.json")
    found = json.loads(written.read_text())
    assert found["machine"]["fsync"] == "on"
    rows = {row["fault"]: row for row in found["desk"]}
    told = {f"{fault}: {channel}" for fault in ("receivers-late", "outbox") for channel in HTTP}
    assert set(rows) == {*options.SHORT, *told, "all together", "outbox: email"}
    assert all(row["findings"] == [] for row in rows.values())
    assert all(rows[fault]["owed"] > 0 for fault in options.SHORT)
    assert rows["all together"]["acknowledged"] > 0
    assert all(rows[name]["acknowledged"] > 0 for name in (*told, "outbox: email"))
    # whoever answers too late is told once more, under the id it knows
    assert all(rows[f"receivers-late: {channel}"]["letters_again"] > 0 for channel in HTTP)
    _assert_nothing_is_left(_folder_named_in(done.stdout))


@pytest.mark.slow
def test_ctrl_c_stops_everything_that_was_started(tmp_path):
    with subprocess.Popen(
        _command("--only", "redis-frozen", "--seconds", "300", "--results", str(tmp_path)),
        cwd=PROJECT,
        env=without_settings(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        said = ""
        try:
            while "Open after" not in said and (line := process.stdout.readline()):
                said += line
            assert "Open after" in said
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 130
    _assert_nothing_is_left(_folder_named_in(said))


def _folder_named_in(said):
    return Path(next(line for line in said.splitlines() if line.startswith("In ")).split()[1])


def _assert_nothing_is_left(folder):
    """Neither the folder nor a process that was told of it."""
    deadline = time.monotonic() + 60
    while (left := _told_of(folder)) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert left == []
    assert not folder.exists()


def _told_of(folder):
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            with contextlib.suppress(OSError):
                told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
                if os.fsencode(folder) in told:
                    found.append(told.split(b"\0")[:4])
    return found


def test_every_fault_that_can_be_chosen_is_there():
    assert set(options.FAULTS) == set(BY_NAME)
    chosen = options.parse(["--only", "redis-frozen", "calm", "--seconds", "30"])
    assert (chosen.faults, chosen.size.seconds) == (("calm", "redis-frozen"), 30)


def test_a_crash_comes_at_every_point_once_and_then_the_work_comes_through(tmp_path):
    bomb = crashing.Bomb()
    diary = tmp_path / "diary"
    diary.touch()

    def note():
        with diary.open("a") as file:
            file.write("x")

    noted = bomb.around(note, lambda: True)

    assert crashing.crash_everywhere(lambda: [noted(), noted()], bomb) == 4
    # 0 before the first, 1 after it, 1 before the second, 2 after it, 2 at last
    assert diary.read_text() == "x" * 6


@pytest.mark.parametrize("hours", [2, -2])
def test_a_process_of_the_harness_can_be_given_a_wrong_clock(hours):
    code = "import datetime, time; print(time.time(), datetime.datetime.now().timestamp())"
    wrong = {"PYTHONPATH": str(HOOKS), "CHAOS_CLOCK_SHIFT": str(hours * 3600)}
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **wrong},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert [round((float(each) - time.time()) / 3600) for each in said.split()] == [hours] * 2


def test_a_finding_is_printed_below_its_fault_and_fails_the_run():
    clean, lost = oracle.Verdict(acknowledged=3, owed=7), oracle.Verdict()
    lost.add("lost levels", ["clock 1 level 2", "clock 1 level 3"])
    lost.add("levels after the end", ["clock 4 level 1"])
    rows = [report.row("calm", "nothing", clean), report.row("backlog", "three days", lost)]

    assert (rows[1].lost, rows[1].doubled, rows[1].wrong) == (2, 0, 1)
    assert "!! lost levels 2: clock 1 level 2, clock 1 level 3" in report.line(rows[1])
    assert "!!" not in report.line(rows[0])
    assert [report.exit_code(rows[:1]), report.exit_code(rows)] == [0, 1]


def test_a_letter_that_came_before_is_counted_as_a_repeat():
    assert Letters.of(["a", "b", "a", "c", "c"], before=2) == Letters(taken=3, again=2)
