from __future__ import annotations

from collections import Counter
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from complaints.imports import merge
from complaints.imports.merge import Merger
from complaints.imports.reading import SourceRow
from complaints.imports.reasons import Refused

KEYS = st.lists(st.sampled_from(["", "a", "b", "c", "d", "e"]), max_size=30)


def rows(keys: list[str]) -> list[SourceRow]:
    return [SourceRow(line, {"key": key, "v": str(line)}) for line, key in enumerate(keys, 2)]


def merger() -> Merger:
    return Merger("key", ("key", "v"), dict, lambda column, value: bool(value))


def grouped(keys: list[str]) -> list[tuple[int, ...]]:
    one = merger()
    groups = one.groups(rows(keys), one.repeats(rows(keys)))
    return [(group.row.line, *(row.line for row in group.absorbed)) for group in groups]


@given(KEYS)
def test_every_row_is_in_exactly_one_group_and_the_first_row_leads(keys: list[str]) -> None:
    groups = grouped(keys)
    lines = [line for group in groups for line in group]
    assert sorted(lines) == list(range(2, len(keys) + 2))
    for group in groups:
        assert list(group) == sorted(group)
        assert len({keys[line - 2] for line in group}) == 1
    sizes = Counter(keys)
    assert sorted(map(len, groups)) == sorted(
        [n for key, n in sizes.items() if key] + [1] * sizes[""]
    )


@given(KEYS)
def test_keys_of_one_digest_are_still_told_apart(keys: list[str]) -> None:
    with mock.patch.object(merge, "digest", return_value=7):
        colliding = grouped(keys)
    assert sorted(colliding) == sorted(grouped(keys))


def test_damaged_rows_are_never_merged() -> None:
    damaged = [SourceRow(2, {}, Refused.COLUMN_COUNT, "x"), SourceRow(3, {}, Refused.COLUMN_COUNT)]
    one = merger()
    assert [g.row.line for g in one.groups(damaged, one.repeats(damaged))] == [2, 3]


def test_only_rows_of_repeated_keys_are_held_back() -> None:
    one = merger()
    some = rows(["a", "b", "a", "c"])
    groups = one.groups(iter(some), one.repeats(some))
    assert next(groups).row.values["key"] == "b"
    assert next(groups).row.values["key"] == "a"
    assert next(groups).row.values["key"] == "c"
