"""The few marks that policies are written in, as blocks a template can show.

Headings, paragraphs, both kinds of list and **bold**; everything else is text and stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

BlockKind = Literal["title", "heading", "paragraph", "bullets", "numbers"]

_MARKS: Final[tuple[tuple[re.Pattern[str], BlockKind], ...]] = (
    (re.compile(r"#\s+"), "title"),
    (re.compile(r"##+\s+"), "heading"),
    (re.compile(r"[-*]\s+"), "bullets"),
    (re.compile(r"\d+[.)]\s+"), "numbers"),
)
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
LISTS: Final = ("bullets", "numbers")


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """`lines` are the items of a list, or the one line of anything else."""

    kind: BlockKind
    lines: list[list[Span]] = field(default_factory=list)


def blocks(text: str) -> list[Block]:
    found: list[Block] = []
    for line in text.splitlines():
        if not line.strip():
            found.append(Block("paragraph"))
            continue
        kind, words = _read(line.strip())
        if not (kind in LISTS and found and found[-1].kind == kind):
            found.append(Block(kind))
        found[-1].lines.append(list(_spans(words)))
    return [block for block in found if block.lines]


def _read(line: str) -> tuple[BlockKind, str]:
    for mark, kind in _MARKS:
        if start := mark.match(line):
            return kind, line[start.end() :]
    return "paragraph", line


def _spans(words: str) -> Iterator[Span]:
    for place, part in enumerate(_BOLD.split(words)):
        if part:
            yield Span(part, strong=place % 2 == 1)
