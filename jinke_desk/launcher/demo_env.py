"""DATA_DIR/desk.env: the settings of a demo, written once with secrets of its own."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from jinke_desk.launcher.errors import LaunchError

FILE_NAME = "desk.env"
_HEADER = """\
# Settings of this demo, written once by `make run`. The keys open the data beside this file:
# without them nothing personal in it can be read again. Lines may be added; see .env.example.
"""


def fresh_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "BLIND_INDEX_KEY": _random_key(),
        "KEY_ENCRYPTION_KEYS": f"k1:{_random_key()}",
    }


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def write_once(folder: Path) -> None:
    path = folder / FILE_NAME
    if path.exists():
        return
    if (folder / "pg").exists() or (folder / "where").exists():
        raise LaunchError(
            f"{path} is missing, though {folder} holds a database. Its keys open that data: put "
            "the file back, or choose another DATA_DIR for a new demo."
        )
    lines = [f"{name}={value}" for name, value in {"DESK_MODE": "demo", **fresh_secrets()}.items()]
    write_private(path, _HEADER + "\n".join(lines) + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read(folder: Path) -> dict[str, str]:
    """Read NAME=value lines; an absent file is an empty one. Quotes around a value are dropped."""
    path = folder / FILE_NAME
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except PermissionError:
        raise LaunchError(
            f"{path} belongs to another user. Start as that user, or set DATA_DIR to a folder "
            "of yours."
        ) from None
    return dict(_parse(line, path) for line in lines if line.strip() and line.strip()[0] != "#")


def _parse(line: str, path: Path) -> tuple[str, str]:
    name, equals, value = line.strip().removeprefix("export ").partition("=")
    if not equals or not name.strip().isidentifier():
        raise LaunchError(f"{path} has a line that is not NAME=value: {name.strip()[:30]!r}.")
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return name.strip(), value


def is_demo(folder: Path) -> bool:
    return read(folder).get("DESK_MODE") == "demo"


def applies(folder: Path, environ: Mapping[str, str]) -> bool:
    """Tell whether the demo's settings are meant.

    A process that was given a mode or a database of its own is never turned into a demo by a
    file that happens to lie in the checkout.
    """
    if environ.get("DESK_MODE", "demo") != "demo":
        return False
    if environ.get("DATABASE_URL") and environ.get("DESK_MODE") != "demo":
        return False
    return is_demo(folder)
