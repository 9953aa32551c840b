"""A disk that is full under PostgreSQL: its whole folder on a small file system of its own, with a
filler that takes what is free. Only root may mount one."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.chaos.stack import Stack
from jinke_desk.launcher import processes

#: free beside what is there already, before the filler comes
ROOM = 256 * 1024 * 1024
#: ever smaller, since the server takes from the same disk meanwhile
_PIECES = (1 << 24, 1 << 20, 1 << 12)
#: until a segment is wanted that has no room
_SWITCHES = 40


def why_not() -> str:
    """What stands in the way, in words; nothing where it can be done."""
    if os.geteuid() != 0:
        return "only root can mount a small disk"
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"],
        capture_output=True,
        check=False,
    )
    return "" if tried.returncode == 0 else "this machine lets nobody mount a small disk"


class SmallDisk:
    def __init__(self, stack: Stack) -> None:
        self.cluster = stack.servers.cluster
        self.folder = self.cluster.folder
        self.filler = self.folder / "filler"

    def fill(self) -> None:
        """Not a byte is left; then ask for the next segments of the log, as more load would."""
        with self.filler.open("wb") as file:
            end = 0
            for piece in _PIECES:
                with contextlib.suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), end, piece)
                        end += piece
        try:
            with self.cluster.connect("jinke") as superuser:
                for _ in range(_SWITCHES):
                    superuser.execute("SELECT pg_logical_emit_message(false, 'chaos', 'full')")
                    superuser.execute("SELECT pg_switch_wal()")
        except psycopg.Error:
            return

    def free(self) -> None:
        """What somebody on call does: make room and start the server, where it has ended."""
        self.filler.unlink(missing_ok=True)
        if self.cluster.server_pid() is None:
            self.cluster.start()
        processes.wait_until(self.cluster.answers, 120)


@contextmanager
def small(stack: Stack) -> Iterator[SmallDisk]:
    """PostgreSQL moves to a small disk and, however we leave, back again."""
    disk = SmallDisk(stack)
    kept = disk.folder.with_name("pg.kept")
    disk.cluster.stop()
    disk.folder.rename(kept)
    disk.folder.mkdir()
    used = sum(each.stat().st_size for each in kept.rglob("*") if each.is_file())
    _run("mount", "-t", "tmpfs", "-o", f"size={used + ROOM}", "tmpfs", str(disk.folder))
    try:
        _copy(kept, disk.folder)
        disk.cluster.start()
        yield disk
    finally:
        disk.filler.unlink(missing_ok=True)
        disk.cluster.stop()
        _run("rm", "-rf", str(kept))
        kept.mkdir()
        _copy(disk.folder, kept)
        _run("umount", str(disk.folder))
        disk.folder.rmdir()
        kept.rename(disk.folder)
        disk.cluster.start()


def _copy(source: Path, target: Path) -> None:
    """With owners, modes and times, the folder's own as well."""
    _run("cp", "-a", f"{source}/.", str(target))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
