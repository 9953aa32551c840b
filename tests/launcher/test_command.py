"""`python manage.py …` with and without a demo around it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jinke_desk.launcher import ports
from jinke_desk.launcher.demo_env import fresh_secrets
from jinke_desk.launcher.places import PROJECT
from tests.launcher.conftest import Holder

pytestmark = [pytest.mark.launcher]


def manage(
    *arguments: str, environ: dict[str, str], **extra: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env={**environ, **extra},
        capture_output=True,
        text=True,
        check=False,
    )


def database_port(done: subprocess.CompletedProcess[str]) -> int:
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("DATABASES"))
    found = re.search(r"'PORT': '?(\d+)", line)
    assert found
    return int(found[1])


def test_without_a_demo_the_strict_settings_answer_in_one_sentence(
    clean_environ: dict[str, str], tmp_path: Path
) -> None:
    done = manage("diffsettings", environ=clean_environ, DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(r"SECRET_KEY is not usable: [^\n]+\n", done.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "missing", ["DATABASE_URL", "REDIS_URL", "BLIND_INDEX_KEY", "KEY_ENCRYPTION_KEYS", "PUBLIC_URL"]
)
def test_each_missing_setting_is_named_and_nothing_is_started(
    clean_environ: dict[str, str], tmp_path: Path, missing: str
) -> None:
    complete = {
        **fresh_secrets(),
        "DATABASE_URL": "postgres://a:b@127.0.0.1:1/a",
        "KEYS_DATABASE_URL": "postgres://a:b@127.0.0.1:1/b",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PUBLIC_URL": "https://desk.example.org",
        "ALLOWED_HOSTS": "desk.example.org",
        "FILES_DIR": str(tmp_path / "files"),
        "LEDGER_DIR": str(tmp_path / "ledger"),
        "EMAIL_URL": "smtp+tls://mail.example.org:587",
        "DATA_DIR": str(tmp_path),
    }
    done = manage("diffsettings", environ=clean_environ, **complete | {missing: ""})
    assert done.returncode == 1
    assert done.stderr.startswith(f"{missing} is not usable: ")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_in_a_demo_the_servers_are_started_and_stopped(
    clean_environ: dict[str, str], demo_folder: Path
) -> None:
    done = manage("diffsettings", environ=clean_environ, DATA_DIR=str(demo_folder))
    assert "MODE = <Mode.DEMO" in done.stdout
    assert ports.is_free(database_port(done))


def test_beside_another_holder_its_servers_are_used_and_left_running(
    clean_environ: dict[str, str], demo_folder: Path, holder: Callable[[], Holder]
) -> None:
    other = holder()
    done = manage("diffsettings", environ=clean_environ, DATA_DIR=str(demo_folder))
    assert database_port(done) == other.port
    assert not ports.is_free(other.port)
    other.let_go()
    assert ports.is_free(other.port)


def test_a_command_of_production_leaves_a_demo_in_the_same_folder_alone(
    clean_environ: dict[str, str], demo_folder: Path
) -> None:
    done = manage(
        "diffsettings",
        environ=clean_environ,
        DATA_DIR=str(demo_folder),
        DATABASE_URL="postgres://a:b@db.example.org/desk",
    )
    assert done.stderr.startswith("SECRET_KEY is not usable: ")
    assert not (demo_folder / "pg").exists()


def test_a_failing_command_keeps_its_exit_code_and_stops_the_servers(
    clean_environ: dict[str, str], demo_folder: Path
) -> None:
    done = manage("no_such_command", environ=clean_environ, DATA_DIR=str(demo_folder))
    assert done.returncode == 1
    assert "Unknown command" in done.stderr
    port = int(re.findall(r'"postgres_port": (\d+)', (demo_folder / "servers.json").read_text())[0])
    assert ports.is_free(port)


def test_a_data_folder_that_cannot_be_written_is_named(clean_environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jinke_desk.launcher", "run"],
        cwd=PROJECT,
        env={**clean_environ, "DATA_DIR": "/proc/desk"},  # not even by root
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("The data folder /proc/desk cannot be written")
    assert "Set DATA_DIR" in done.stderr
