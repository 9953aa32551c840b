"""Append-only files of JSON lines in LEDGER_DIR: what must survive the loss of a database.

Each line carries the hash of the line before, so that an altered or missing line shows. A line
counts once it ends in a newline and has reached the disk; the torn rest of a crash is cut off by
the next writer.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from privacy.vault.errors import RecordOutsideBroken

Fields = Mapping[str, str | int]
FIRST = "0" * 64
TAIL_BYTES = 4096  # longer than any line


@dataclass(frozen=True, slots=True)
class Line:
    seq: int
    hash: str
    fields: dict[str, Any]


NOTHING = Line(0, FIRST, {})


def destructions_path() -> Path:
    return Path(settings.LEDGER_DIR) / "destructions.jsonl"


def heads_path() -> Path:
    return Path(settings.LEDGER_DIR) / "heads.jsonl"


def append(path: Path, rows: Iterable[Fields]) -> Line:
    """Write lines and wait for the disk; returns the last."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _cut_torn_end(file)
        for fields in rows:
            last = _next(last, fields)
            file.write(_text_of(last))
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)
    return last


def head(path: Path) -> Line:
    """The last whole line; `NOTHING` for an empty or missing file."""
    try:
        with path.open("rb") as file:
            return _last_line(file)
    except FileNotFoundError:
        return NOTHING


def lines(path: Path, *, after: int = 0) -> Iterator[Line]:
    """Every whole line beyond `after`, checking the chain from the first on.

    Raises RecordOutsideBroken at the first line that does not follow from the one before.
    """
    if not path.exists():
        return
    last = NOTHING
    with path.open("rb") as file:
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            line = _parse(raw)
            if line != _next(last, line.fields):
                raise RecordOutsideBroken(line=last.seq + 1)
            last = line
            if line.seq > after:
                yield line


def _next(before: Line, fields: Fields) -> Line:
    body = json.dumps([before.hash, before.seq + 1, dict(fields)], sort_keys=True)
    return Line(before.seq + 1, hashlib.sha256(body.encode()).hexdigest(), dict(fields))


def _text_of(line: Line) -> bytes:
    return json.dumps({"seq": line.seq, "hash": line.hash, **line.fields}).encode() + b"\n"


def _parse(raw: bytes) -> Line:
    try:
        fields = json.loads(raw)
        return Line(fields.pop("seq"), fields.pop("hash"), fields)
    except (ValueError, KeyError, AttributeError):
        raise RecordOutsideBroken from None


def _last_line(file: IO[bytes]) -> Line:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    whole = file.read().rpartition(b"\n")[0]
    return _parse(whole.rpartition(b"\n")[2]) if whole else NOTHING


def _cut_torn_end(file: IO[bytes]) -> Line:
    last = _last_line(file)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    torn = len(file.read().rpartition(b"\n")[2])
    if torn:
        file.truncate(size - torn)
    return last


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
