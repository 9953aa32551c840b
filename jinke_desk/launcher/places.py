"""Where a desk keeps its files, and whether servers of our own may be started there."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinke_desk.launcher import demo_env
from jinke_desk.launcher.accounts import Account, server_account
from jinke_desk.launcher.errors import LaunchError

PROJECT = Path(__file__).resolve().parent.parent.parent
_ROOT_FALLBACK = Path("/var/lib/jinke-desk")


@dataclass(frozen=True)
class Place:
    """A data folder; `home` holds what the servers must reach, mostly the same folder."""

    data_dir: Path
    home: Path
    account: Account
    throwaway: bool = False

    @property
    def database(self) -> Path:
        return self.home / "pg"

    @property
    def logs(self) -> Path:
        return self.data_dir / "logs"


def data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    chosen = environ.get("DATA_DIR", "").strip()
    return Path(chosen).expanduser().resolve() if chosen else PROJECT / ".data"


def make_data_dir(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unwritable(folder, None)
    return folder


def _unwritable(folder: Path, error: OSError | None) -> LaunchError:
    reason = f" ({error.strerror})" if error and error.strerror else ""
    return LaunchError(
        f"The data folder {folder} cannot be written{reason}. "
        "Set DATA_DIR to a folder of yours, or start as the user who owns it."
    )


def demo_place(folder: Path) -> Place:
    """The place of `make run`. Refuses a folder that is not marked as a demo."""
    if not demo_env.is_demo(folder):
        raise LaunchError(
            f"{folder / demo_env.FILE_NAME} does not say DESK_MODE=demo, so no server is started "
            "for it. Embedded servers are for the demo; production brings its own."
        )
    home = _home(folder)
    return Place(folder, home, server_account(home / "pg"))


def _home(folder: Path) -> Path:
    """The folder of the servers' files. As root it is named in DATA_DIR/where."""
    where = folder / "where"
    if (folder / "pg" / "PG_VERSION").exists() or not (where.exists() or os.geteuid() == 0):
        return folder
    if where.exists() and (named := Path(where.read_text().strip())).is_dir():
        return named
    home = _reachable_home(folder)
    where.write_text(f"{home}\n")
    return home


def _reachable_home(folder: Path) -> Path:
    if server_account(folder / "pg").can("-x", folder):
        return folder
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    home = _ROOT_FALLBACK / digest
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    return home


@contextmanager
def throwaway_place(purpose: str) -> Iterator[Place]:
    """A folder that the servers' user can reach, removed at the end with all that is in it."""
    folder = _new_throwaway(purpose)
    try:
        make_data_dir(folder)
        yield Place(folder, folder, server_account(folder / "pg"), throwaway=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _new_throwaway(purpose: str) -> Path:
    account = server_account(Path("/nonexistent"))
    for parent in (tempfile.gettempdir(), "/var/tmp", "/tmp"):  # noqa: S108 (mkdtemp makes it ours)
        if account.can("-x", Path(parent)):
            folder = Path(tempfile.mkdtemp(prefix=f"jinke-desk-{purpose}-", dir=parent)).resolve()
            folder.chmod(0o711 if account.other else 0o700)
            return folder
    raise LaunchError("No temporary folder is reachable by the servers' user. Set TMPDIR to one.")
