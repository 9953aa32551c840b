"""The fingerprint of a frozen frame: anyone who has the rows can compute it again.

Canonical form, version 1, in UTF-8 with a line feed after each line: the word `jinke-desk-frame/1`;
a JSON array of start, end and cut-off; then one JSON array per member, ordered by public id, with
the fields of `FrameRow` in their order. JSON has no blanks and escapes everything beyond ASCII;
moments are UTC with six decimals and `Z`; what is absent is null. The hash is SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

VERSION = "jinke-desk-frame/1"


class FrameRow(NamedTuple):
    """One ticket of the population; no personal data. Moments are aware."""

    public_id: UUID
    stratum: str
    unit_code: str
    received_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None
    first_response_kept: bool | None
    resolve_kept: bool | None


class FrameUnordered(ValueError):
    """The rows are not strictly ascending by public id, so the same frame could hash otherwise."""


def frame_hash(
    rows: Iterable[FrameRow], *, starts_at: datetime, ends_at: datetime, cut_off_at: datetime
) -> str:
    """64 hexadecimal digits for a frame. Rows must come by ascending public id; memory is flat."""
    lines = (_line(list(row)) for row in _ascending(rows))
    return hash_of_lines(lines, starts_at=starts_at, ends_at=ends_at, cut_off_at=cut_off_at)


def hash_of_lines(
    lines: Iterable[str], *, starts_at: datetime, ends_at: datetime, cut_off_at: datetime
) -> str:
    """The same of members that are in the canonical form and in order already, several lines to a
    text if need be."""
    digest = hashlib.sha256(f"{VERSION}\n".encode())
    digest.update(_line([starts_at, ends_at, cut_off_at]).encode())
    for line in lines:
        digest.update(line.encode())
    return digest.hexdigest()


def _ascending(rows: Iterable[FrameRow]) -> Iterator[FrameRow]:
    previous = ""
    for row in rows:
        public_id = str(row.public_id)
        if public_id <= previous:
            raise FrameUnordered("rows must be ordered by public id, each once")
        yield row
        previous = public_id


def _line(values: list[object]) -> str:
    return json.dumps([_plain(value) for value in values], separators=(",", ":")) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a frame holds aware moments only")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID) else value
