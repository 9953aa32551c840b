"""Who the embedded servers run as. PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinke_desk.launcher.errors import LaunchError


@dataclass(frozen=True)
class Account:
    """A user to run servers as, or ourselves when `other` is false."""

    uid: int
    gid: int
    other: bool

    def popen_arguments(self) -> dict[str, Any]:
        """Return what subprocess needs to change over; nothing when there is nothing to change."""
        if not self.other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self.other:
            os.chown(path, self.uid, self.gid)

    def make_folder(self, path: Path) -> Path:
        path.mkdir(mode=0o700, exist_ok=True)
        self.give(path, 0o700)
        return path

    def can(self, flag: str, path: Path) -> bool:
        """Ask test(1) as that user: -x reach or run it, -r read it. Sees ACLs and parents."""
        command = ["/bin/sh", "-c", 'test "$1" "$2"', "sh", flag, str(path)]
        done = subprocess.run(command, cwd="/", check=False, **self.popen_arguments())
        return done.returncode == 0


def server_account(database_folder: Path) -> Account:
    """Ourselves; as root the owner of the existing database, or `nobody` for a new one."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), other=False)
    if database_folder.exists() and (owner := database_folder.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, other=True)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LaunchError(
            "PostgreSQL does not run as root and there is no user nobody. Start as a normal user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid, other=True)
