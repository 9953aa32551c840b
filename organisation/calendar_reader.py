"""Reads a work calendar file: the days that differ from their weekday, one a line.

CSV in UTF-8 with the columns date (ISO), kind (`holiday` or `make_up`) and name, or the same in
Chinese: 日期, 类型 (放假 or 调休上班) and 名称. Blank lines are skipped. Pure: lines in, values or
one refusal out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput, Text
from organisation.enums import DayKind

COLUMNS = ["date", "kind", "name"]
#: as who pastes the State Council's announcement writes them
COLUMNS_SAID = ["日期", "类型", "名称"]
KINDS_SAID = {
    "放假": DayKind.HOLIDAY,
    "休": DayKind.HOLIDAY,
    "调休上班": DayKind.MAKE_UP,
    "上班": DayKind.MAKE_UP,
    "班": DayKind.MAKE_UP,
}
LONGEST_NAME = 40
SATURDAY = 6


class AnnouncedDay(NamedTuple):
    on: date
    kind: DayKind
    name: str


class LineProblem(NamedTuple):
    """What is wrong with a line, counted from 1; `code` is stable, `message` for people."""

    line: int
    code: str
    message: Text


class CalendarFileInvalid(InvalidInput):
    """At least one line is wrong; `problems` lists them all, in the order of the file."""

    code = "calendar_file_invalid"
    message = _("工作日历文件有误，未导入任何内容。")

    def __init__(self, problems: list[LineProblem]) -> None:
        lines = [
            format_lazy(_("第 {line} 行：{problem}"), line=p.line, problem=p.message)
            for p in problems
        ]
        super().__init__(fields={"file": list(lines)})
        self.problems = problems


MESSAGES: dict[str, Text] = {
    "header": _("第一行应为 日期,类型,名称（或 date,kind,name）。"),
    "columns": _("应有三列：日期、类型、名称。"),
    "date": _("日期应写作 2026-01-04。"),
    "kind": _("类型应为 放假 或 调休上班（或 holiday、make_up）。"),
    "name": _("请填写名称，最多 40 个字。"),
    "repeated": _("该日期在文件中已经出现过。"),
    "weekday": _("调休上班日应在星期六或星期日。"),
    "empty": _("文件中没有日期。"),
    "quotes": _("引号不成对。"),
}


class _Wrong(Exception):
    """A line cannot be used, for the reason named by the code."""


def read(lines: Iterable[str]) -> list[AnnouncedDay]:
    """All days of a calendar file by date.

    Raises CalendarFileInvalid with every wrong line, so that one pass of repair is enough.
    """
    days: dict[date, AnnouncedDay] = {}
    problems: list[LineProblem] = []
    last_line = 1
    for last_line, row in _rows(lines):
        try:
            if last_line == 1:
                _require_header(row)
            else:
                day = _day(row, days)
                days[day.on] = day
        except _Wrong as wrong:
            problems.append(_problem(last_line, str(wrong)))
    if not days and not problems:
        problems.append(_problem(last_line, "empty"))
    if problems:
        raise CalendarFileInvalid(problems)
    return [days[on] for on in sorted(days)]


def days_of(rows: Iterable[Sequence[str]]) -> list[AnnouncedDay]:
    """As `read`, of days that came one by one: date, kind and name. Raises InvalidInput that names
    `days.<place>`, counted from 0."""
    days: dict[date, AnnouncedDay] = {}
    wrong: dict[str, list[Text]] = {}
    for place, row in enumerate(rows):
        try:
            day = _day(list(row), days)
            days[day.on] = day
        except _Wrong as refused:
            wrong[f"days.{place}"] = [MESSAGES[str(refused)]]
    if not days and not wrong:
        wrong["days"] = [_("没有日期。")]
    if wrong:
        raise InvalidInput(fields=wrong)
    return [days[on] for on in sorted(days)]


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells. A line is a row: no cell of this file holds a line break."""
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix("\ufeff") if number == 1 else line
        if number == 1 or text.strip():
            yield number, _cells(text)


def _cells(line: str) -> list[str]:
    try:
        cells = next(csv.reader([line], strict=True), [])
    except csv.Error:
        return ['"']
    # a line typed with Chinese commas alone
    cells = cells[0].split("，") if len(cells) == 1 else cells
    return [cell.strip() for cell in cells]


def _require_header(row: list[str]) -> None:
    if row not in (COLUMNS, COLUMNS_SAID):
        raise _Wrong("header")


def _day(row: list[str], known: dict[date, AnnouncedDay]) -> AnnouncedDay:
    if row == ['"']:
        raise _Wrong("quotes")
    if len(row) != len(COLUMNS):
        raise _Wrong("columns")
    written, kind, name = row
    day = AnnouncedDay(_date(written), _announced(kind), name)
    if not 0 < len(name) <= LONGEST_NAME:
        raise _Wrong("name")
    if day.on in known:
        raise _Wrong("repeated")
    if day.kind == DayKind.MAKE_UP and day.on.isoweekday() < SATURDAY:
        raise _Wrong("weekday")
    return day


def _date(written: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise _Wrong("date") from None
    # Python also reads 20260104 and 2026-W01-7
    if day.isoformat() != written:
        raise _Wrong("date")
    return day


def kind_of(written: str) -> DayKind:
    """Raises ValueError for a word that is none."""
    return KINDS_SAID.get(written) or DayKind(written)


def _announced(written: str) -> DayKind:
    try:
        return kind_of(written)
    except ValueError:
        raise _Wrong("kind") from None


def _problem(line: int, code: str) -> LineProblem:
    return LineProblem(line, code, MESSAGES[code])
