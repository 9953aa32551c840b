from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from chinese_calendar import constants as chinese_calendar

from core.business_time import HOLIDAY, OFFICE_HOURS, Calendar, add, between
from organisation import calendar_reader
from organisation.calendar_reader import AnnouncedDay, CalendarFileInvalid
from organisation.enums import DayKind

FILE = Path(calendar_reader.__file__).parent / "calendar_data" / "cn_state_council.csv"
YEARS = range(2011, 2027)
SHANGHAI = ZoneInfo("Asia/Shanghai")

# weekend days inside an announced holiday, which chinesecalendar leaves out
LEFT_OUT = {date(2011, 6, 5), date(2012, 6, 23)}


@pytest.fixture(scope="module")
def shipped():
    with FILE.open(encoding="utf-8") as lines:
        return calendar_reader.read(lines)


def dates(days, kind):
    return {day.on for day in days if day.kind == kind}


def test_the_shipped_file_is_chinesecalendar_and_two_days_it_leaves_out(shipped):
    theirs_off = {on for on in chinese_calendar.holidays if on.year in YEARS}
    theirs_made_up = {on for on in chinese_calendar.workdays if on.year in YEARS}
    assert not LEFT_OUT & theirs_off
    assert all(on.isoweekday() > 5 for on in LEFT_OUT)
    assert dates(shipped, DayKind.HOLIDAY) == theirs_off | LEFT_OUT
    assert dates(shipped, DayKind.MAKE_UP) == theirs_made_up


@pytest.mark.parametrize("year", YEARS)
def test_the_shipped_file_agrees_with_holidays(shipped, year):
    """`holidays` omits weekend days of a break; weekdays and make-up days must be the same."""
    theirs = holidays.China(years=year)
    ours_off = {on for on in dates(shipped, DayKind.HOLIDAY) if on.year == year}
    ours_made_up = {on for on in dates(shipped, DayKind.MAKE_UP) if on.year == year}
    assert ours_made_up == {on for on in theirs.weekend_workdays if on.year == year}
    assert set(theirs) <= ours_off
    assert {on for on in ours_off if on.isoweekday() < 6} <= set(theirs)


@pytest.mark.parametrize("year", YEARS)
def test_a_year_makes_up_less_than_it_gives(shipped, year):
    made_up = [day for day in shipped if day.kind == DayKind.MAKE_UP and day.on.year == year]
    off = [on for on in dates(shipped, DayKind.HOLIDAY) if on.year == year and on.isoweekday() < 6]
    assert 5 <= len(made_up) < len(off)


def test_make_up_days_of_2026(shipped):
    assert sorted(on for on in dates(shipped, DayKind.MAKE_UP) if on.year == 2026) == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]


def test_spring_festival_2020_as_extended(shipped):
    january = [date(2020, 1, 24) + timedelta(days=ahead) for ahead in range(10)]
    assert [day.on for day in shipped if day.name == "春节" and day.on.year == 2020] == [
        date(2020, 1, 19),
        *january,
    ]


def test_the_shipped_file_makes_a_calendar(shipped):
    calendar = Calendar(
        exceptions={
            day.on: HOLIDAY if day.kind == DayKind.HOLIDAY else OFFICE_HOURS for day in shipped
        },
        known_years=frozenset(YEARS),
    )
    # 2020 had 262 weekdays, 19 of them off, and 6 make-up days
    year = datetime(2020, 1, 1, tzinfo=SHANGHAI), datetime(2021, 1, 1, tzinfo=SHANGHAI)
    assert between(calendar, *year) == 249 * timedelta(minutes=450)
    due = add(calendar, datetime(2020, 1, 23, 9, tzinfo=SHANGHAI), 1350)
    assert due == (datetime(2020, 2, 4, 18, tzinfo=SHANGHAI), False)


def test_days_are_read_by_date():
    lines = [
        "\ufeffdate,kind,name\r\n",
        "2027-02-14,make_up,春节\r\n",
        "\r\n",
        ' 2027-01-01 , holiday ,"元旦"\r\n',
    ]
    assert calendar_reader.read(lines) == [
        AnnouncedDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦"),
        AnnouncedDay(date(2027, 2, 14), DayKind.MAKE_UP, "春节"),
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2027-02-30,holiday,春节", "date"),
        ("2027/02/01,holiday,春节", "date"),
        ("20270201,holiday,春节", "date"),
        ("2027-W05-1,holiday,春节", "date"),
        (",holiday,春节", "date"),
        ("2027-02-06,off,春节", "kind"),
        ("2027-02-06,,春节", "kind"),
        ("2027-02-06,holiday,", "name"),
        ("2027-02-06,holiday," + "节" * 41, "name"),
        ("2027-02-06,holiday", "columns"),
        ("2027-02-06,holiday,春节,x", "columns"),
        ("2027-02-06;holiday;春节", "columns"),
        ('2027-02-06,holiday,"春节', "quotes"),
        ("2027-01-01,holiday,春节", "repeated"),
        ("2027-02-08,make_up,春节", "weekday"),
    ],
)
def test_a_wrong_line_is_named(line, code):
    with pytest.raises(CalendarFileInvalid) as refusal:
        calendar_reader.read(["date,kind,name", "2027-01-01,holiday,元旦", line])
    assert [(problem.line, problem.code) for problem in refusal.value.problems] == [(3, code)]


def test_every_wrong_line_is_named_at_once():
    with pytest.raises(CalendarFileInvalid) as refusal:
        calendar_reader.read(["哪天,类型,名称", "x,holiday,元旦", "", "2027-01-01,y,元旦"])
    named = [(problem.line, problem.code) for problem in refusal.value.problems]
    assert named == [(1, "header"), (2, "date"), (4, "kind")]
    assert len(refusal.value.fields["file"]) == 3


@pytest.mark.parametrize(
    ("lines", "code"),
    [(["date,kind,name"], "empty"), ([], "empty"), (["date,kind,name", " "], "empty")]
    + [([""], "header"), (["2027-01-01,holiday,元旦"], "header")],
)
def test_a_file_without_days_or_header_is_refused(lines, code):
    with pytest.raises(CalendarFileInvalid) as refusal:
        calendar_reader.read(lines)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_it_is_read_as_who_copies_the_announcement_writes_it():
    lines = [
        "日期,类型,名称",
        "2027-01-01,放假,元旦",
        "2027-01-02，调休上班，元旦",
        "2027-01-03,班,元旦",
    ]
    assert [day.kind for day in calendar_reader.read(lines)] == [
        DayKind.HOLIDAY,
        DayKind.MAKE_UP,
        DayKind.MAKE_UP,
    ]
