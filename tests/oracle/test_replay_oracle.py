"""The oracle itself: its days against published calendars, its walk against hand-worked rows."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from tests.oracle import replay_oracle
from tests.oracle.replay_oracle import Outcome
from tests.real_data import MESSAGES, TWINS, real_file

ALL = (0, 1, 2, 3, 4)
# Those that cannot be played: bad date, no text, answered before, half an answer, open, no id.
UNPLAYABLE = frozenset({"1031", "1032", "1033", "1034", "1035", "1037", ""})


def test_it_imports_nothing_from_the_product() -> None:
    tree = ast.parse(Path(replay_oracle.__file__).read_text(encoding="utf-8"))
    modules = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else
                     [alias.name for alias in node.names])
    }  # fmt: skip
    assert modules == {"collections", "csv", "datetime", "gzip", "pathlib", "sys", "typing"}


def test_its_days_are_those_of_two_published_calendars() -> None:
    off, made_up = replay_oracle.days_off(), replay_oracle.make_up_days()
    published = holidays.country_holidays("CN", years=range(2011, 2021))
    assert not off & made_up
    day = replay_oracle.FIRST_DAY
    while day <= replay_oracle.LAST_DAY:
        worked = day in made_up or (day.weekday() < 5 and day not in off)
        assert worked == chinese_calendar.is_workday(day), day
        if day.weekday() < 5:
            assert (day in off) == (day in published), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("message", "first", "resolve", "first_kept", "resolve_kept"),
    [
        ("1001", (0,), (), True, True),  # answered exactly when due
        ("1002", (0, 1), (), False, True),  # a second later
        ("1003", (), (), True, True),  # exactly at 80 %
        ("1004", (0,), (), True, True),
        ("1005", ALL, (0,), False, True),  # three working days, exactly when due
        ("1006", ALL, (0, 1), False, False),
        ("1007", ALL, (0, 1), False, False),  # exactly at due + 240
        ("1008", ALL, (0, 1, 2), False, False),
        ("1009", ALL, (0, 1, 2), False, False),  # exactly at due + 1,440
        ("1010", ALL, (0, 1, 2, 3), False, False),
        ("1011", ALL, (0, 1, 2, 3), False, False),  # exactly at due + 2,880
        ("1012", ALL, ALL, False, False),
        ("1013", (0,), (), True, True),  # six seconds before lunch
        ("1014", (), (), True, True),  # within lunch
        ("1015", (), (), True, True),  # received in the Spring Festival
        ("1016", (0, 1), (), False, True),  # on a make-up Sunday before it
        ("1017", (0,), (), True, True),  # due at closing time
        ("1018", ALL, (0,), False, True),  # over the longer Spring Festival of 2020
        ("1019", ALL, (0,), False, True),  # over a year's end
        ("1024", ALL, ALL, False, False),
        ("1025", (), (), True, True),  # within one minute
        ("1027", (0, 1), (), False, True),  # received at closing time
        ("1028", (0,), (), True, True),  # over the parade of 2015
        ("1036", (0, 1, 2), (), False, True),  # its answer stands in a second row
    ],
)
def test_hand_worked_messages(
    message: str,
    first: tuple[int, ...],
    resolve: tuple[int, ...],
    first_kept: bool,
    resolve_kept: bool,
) -> None:
    played = replay_oracle.replay(TWINS / "messages_40.csv", UNPLAYABLE)
    assert played[message] == Outcome(first, resolve, first_kept, resolve_kept, True)


@pytest.mark.real_data
def test_totals_of_the_real_messages() -> None:
    totals = replay_oracle.totals(replay_oracle.replay(real_file(MESSAGES)))
    assert totals["tickets"] == 2_816
    assert totals["acknowledge_kept"] == 2_816
    levels = [totals[f"resolve_level_{level}"] for level in range(5)]
    assert levels == sorted(levels, reverse=True)
    assert totals["resolve_kept"] == 2_816 - levels[1]
    assert totals["first_response_kept"] == 2_816 - totals["first_response_level_1"]
