"""Memory that processes have in use, from /proc."""

from __future__ import annotations

from pathlib import Path

_GROUP = 2  # of /proc/PID/stat after the name, counted from the state


def peak_mib(process: Path) -> float:
    """The most since the program began; unlike `ru_maxrss`, without who started it."""
    return _field(process, "VmHWM")


def now_mib(process: Path) -> float:
    return _field(process, "VmRSS")


def of_group(group: int) -> list[Path]:
    """The folders of /proc of a process group, the eldest first."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[_GROUP]) == group:
            found.append(folder)
    return sorted(found, key=lambda each: int(each.name))


def _field(process: Path, name: str) -> float:
    for line in (process / "status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"{process} says nothing of {name}.")
