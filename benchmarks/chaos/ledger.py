"""What the desk has said it had stored: a line per answer, on the disk before it counts."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """An acknowledged act: `ticket` is the public id, `key` what the caller chose for a create."""

    at: float
    did: str
    ticket: str
    key: str = ""


class Ledger:
    """Append-only. A line that `write` returned from survives whatever happens to us."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._file = path.open("a", encoding="utf-8")

    def write(self, did: str, ticket: str, key: str = "") -> None:
        line = json.dumps({"at": time.time(), "did": did, "ticket": ticket, "key": key})
        with self._turn:
            self._file.write(line + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def lines(self) -> list[Line]:
        """What the file says, not what we remember."""
        return list(read(self.path))

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Line]:
    for text in path.read_text(encoding="utf-8").splitlines():
        yield Line(**json.loads(text))
