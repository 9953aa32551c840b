"""Rows that repeat a key become one: the first row counts, later ones fill its gaps.

Two passes.  The first keeps eight bytes for each key and finds which occur again; the
second holds back only the rows of those keys, until the last of them has been read.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import pairwise
from typing import Final, NamedTuple

from complaints.imports.reading import SourceRow

SHELVES: Final = 256


class Conflict(NamedTuple):
    """A column whose two values differ; `dropped` is in no ticket."""

    column: str
    kept: str
    dropped: str


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A later row of a key, merged into the row at line `into`; 0 is an earlier import."""

    line: int
    into: int
    key: str
    filled: dict[str, str]
    conflicts: tuple[Conflict, ...]
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """The row that counts, its gaps filled, and the rows that went into it."""

    row: SourceRow
    absorbed: tuple[Absorbed, ...] = ()


def digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest())


def find_repeats(keys: Iterable[str]) -> Counter[int]:
    """Digests that occur more than once, and how often.

    Two keys of one digest only mean that their rows are held back for nothing.
    """
    shelves = [array("Q") for _ in range(SHELVES)]
    for key in keys:
        number = digest(key)
        shelves[number % SHELVES].append(number)
    repeats: Counter[int] = Counter()
    for shelf in shelves:
        for one, next_one in pairwise(sorted(shelf)):
            if one == next_one:
                repeats[one] += 1 if one in repeats else 2
    return repeats


class Merger:
    """Groups rows by key.

    `clean` strips a row's values, `usable(column, value)` tells whether a cleaned value
    says anything, `columns` are the ones worth keeping.
    """

    def __init__(
        self,
        key: str,
        columns: tuple[str, ...],
        clean: Callable[[dict[str, str]], dict[str, str]],
        usable: Callable[[str, str], bool],
    ) -> None:
        self.key, self.columns = key, columns
        self.clean, self.usable = clean, usable

    def key_of(self, row: SourceRow) -> str:
        """Empty for a row that has no key or cannot be read."""
        return "" if row.damage else self.clean({self.key: row.values[self.key]})[self.key]

    def repeats(self, rows: Iterable[SourceRow]) -> Counter[int]:
        return find_repeats(filter(None, map(self.key_of, rows)))

    def groups(self, rows: Iterable[SourceRow], repeats: Counter[int]) -> Iterator[Group]:
        """In the order of each key's last row; every row is in exactly one group."""
        if not repeats:
            yield from map(Group, rows)
            return
        awaited, held = repeats.copy(), dict[int, dict[str, Group]]()
        for row in rows:
            key = self.key_of(row)
            number = digest(key) if key else 0
            if not key or number not in awaited:
                yield Group(row)
                continue
            groups = held.setdefault(number, {})
            first = groups.get(key)
            groups[key] = self._absorb(first, row, key) if first else Group(row)
            awaited[number] -= 1
            if not awaited[number]:
                yield from held.pop(number).values()

    def _absorb(self, group: Group, row: SourceRow, key: str) -> Group:
        ours, theirs = self.clean(group.row.values), self.clean(row.values)
        filled, conflicts = {}, []
        for column in self.columns:
            kept, new = ours[column], theirs[column]
            if not new or new == kept:
                continue
            if self.usable(column, new) and not self.usable(column, kept):
                filled[column] = new
                kept, new = new, kept
            if new:
                conflicts.append(Conflict(column, kept, new))
        absorbed = Absorbed(row.line, group.row.line, key, filled, tuple(conflicts), row.values)
        merged = replace(group.row, values=group.row.values | filled)
        return Group(merged, (*group.absorbed, absorbed))
