from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jinke_desk.launcher import testing
from jinke_desk.launcher.errors import LaunchError
from jinke_desk.launcher.places import PROJECT

SUITE = """
import pytest

def test_passes(): pass

@pytest.mark.skip(reason="no such machine here")
def test_skipped(): pass

@pytest.mark.browser
def test_in_a_browser(): pass
"""


def run_suite(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_suite.py").write_text(SUITE)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    command = [sys.executable, "-m", "pytest", "-p", "jinke_desk.launcher.pytest_plugin"]
    environ = {name: value for name, value in os.environ.items() if name != "CI"}
    return subprocess.run(
        [*command, "-p", "no:django", "-p", "no:cacheprovider", "-rs", *arguments],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(PROJECT), **extra},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skip_is_reported_with_its_reason_and_passes(tmp_path: Path) -> None:
    done = run_suite(tmp_path, CHROMIUM=sys.executable)
    assert done.returncode == 0
    assert "no such machine here" in done.stdout
    assert "2 passed, 1 skipped" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("workers", [[], ["-n", "2"]])
def test_a_skip_fails_the_run_where_everything_is_installed(
    tmp_path: Path, workers: list[str]
) -> None:
    done = run_suite(tmp_path, *workers, CI="true", CHROMIUM=sys.executable)
    assert done.returncode == 1
    assert "test_suite.py::test_skipped" in done.stdout
    assert "2 passed, 1 skipped" in done.stdout.splitlines()[-1]


def test_no_skip_is_no_failure_where_everything_is_installed(tmp_path: Path) -> None:
    done = run_suite(tmp_path, "-k", "passes or browser", CI="true", CHROMIUM=sys.executable)
    assert done.returncode == 0


def test_without_chromium_browser_tests_name_what_to_install(tmp_path: Path) -> None:
    done = run_suite(tmp_path, CHROMIUM="/nowhere/chromium")
    assert done.returncode == 0
    assert "apt-get install chromium" in done.stdout
    assert "1 passed, 2 skipped" in done.stdout.splitlines()[-1]


def test_the_whole_suite_has_three_workers_and_a_chosen_path_one() -> None:
    assert testing.pytest_arguments([]) == ["-n", "3", "--dist", "loadgroup"]
    assert testing.pytest_arguments(["-m", "not browser"])[:2] == ["-n", "3"]
    assert testing.pytest_arguments(["tests/launcher", "-x"]) == ["tests/launcher", "-x"]
    assert testing.pytest_arguments(["-n0"]) == ["-n0"]


def test_tests_of_one_group_run_in_one_process(tmp_path: Path) -> None:
    """What two desks at once would do to each other shows only on a busy machine."""
    grouped = SUITE.replace("@pytest.mark.browser", "@pytest.mark.xdist_group('desk')")
    for name in ("a", "b"):
        (tmp_path / f"test_{name}.py").write_text(
            grouped.replace("def test_passes", "@pytest.mark.xdist_group('desk')\ndef test_passes")
        )
    done = run_suite(tmp_path, "-vv", *testing.pytest_arguments([]))
    passed = [line for line in done.stdout.splitlines() if "PASSED" in line and "@desk" in line]
    assert len(passed) == 4, done.stdout
    assert len({line.split()[0] for line in passed}) == 1, done.stdout


def test_an_unknown_choice_of_servers_is_an_error() -> None:
    assert testing.chosen_origin({}) is None
    assert testing.chosen_origin({"TEST_POSTGRES": "embedded"}) == "embedded"
    with pytest.raises(LaunchError, match="must be system or embedded"):
        testing.chosen_origin({"TEST_POSTGRES": "oracle"})
