from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from core.actors import SYSTEM
from core.business_time import HOLIDAY, OFFICE_HOURS, add, between
from core.clock import database_now
from core.errors import NotAllowed
from organisation import reference_data
from organisation.calendar_reader import AnnouncedDay
from organisation.checks import check_calendar_years, missing_years
from organisation.enums import DayKind
from organisation.models import CalendarDay, WorkCalendar
from organisation.services import calendars
from tests.factories import A_MORNING, Company, make_unit

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAKE_UP_2026 = [
    dt.date(2026, 1, 4), dt.date(2026, 2, 14), dt.date(2026, 2, 28),
    dt.date(2026, 5, 9), dt.date(2026, 9, 20), dt.date(2026, 10, 10),
]  # fmt: skip

NEW_YEAR = AnnouncedDay(dt.date(2027, 1, 1), DayKind.HOLIDAY, "元旦")


def local(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=SHANGHAI)


def test_the_shipped_calendar_has_the_make_up_days_of_2026():
    rows = CalendarDay.objects.filter(
        calendar=calendars.default_calendar(), kind=DayKind.MAKE_UP, day_on__year=2026
    )
    assert [row.day_on for row in rows.order_by("day_on")] == MAKE_UP_2026


def test_make_up_days_work_monday_hours_and_holidays_none():
    calendar = calendars.calendar_for()

    for day in MAKE_UP_2026:
        assert calendar.intervals_on(day) == OFFICE_HOURS
        assert day.isoweekday() in (6, 7)
    assert calendar.intervals_on(dt.date(2026, 2, 16)) == HOLIDAY
    assert calendar.intervals_on(dt.date(2026, 2, 24)) == OFFICE_HOURS
    assert calendar.intervals_on(dt.date(2026, 3, 7)) == HOLIDAY


def test_a_deadline_before_spring_festival_2026_is_worked_out_by_hand():
    calendar = calendars.calendar_for()

    # Saturday 14 February works; then nine days off, 15 to 23 February
    due = add(calendar, local(2026, 2, 14, 17, 0), 120)

    assert due == (local(2026, 2, 24, 10, 0), False)


def test_the_shipped_years_are_known_and_the_next_is_provisional():
    assert calendars.known_years() == set(range(2011, 2027))
    calendar = calendars.calendar_for()
    assert add(calendar, local(2026, 12, 31, 17, 0), 120).provisional


def test_conversion_keeps_intervals_of_single_days():
    row = calendars.announce(
        "short", [NEW_YEAR], sources={2027: "notice"}, actor=SYSTEM, at=A_MORNING
    )
    CalendarDay.objects.create(
        calendar=row,
        day_on=dt.date(2027, 1, 2),
        kind=DayKind.MAKE_UP,
        name="上午",
        minutes=[540, 600, 630, 720],
    )

    calendar = calendars.calendar_for(row)

    assert calendar.intervals_on(dt.date(2027, 1, 2)) == ((540, 600), (630, 720))
    assert between(calendar, local(2027, 1, 1), local(2027, 1, 3)) == dt.timedelta(minutes=150)


def test_a_unit_works_by_the_default_calendar():
    unit = make_unit("G")
    assert calendars.calendar_for(unit) is calendars.calendar_for()


def test_a_version_is_read_once(django_assert_num_queries):
    row = calendars.default_calendar()
    calendars.calendar_for(row)
    with django_assert_num_queries(0):
        assert calendars.calendar_for(row) is calendars.calendar_for(row)


class TestANewYear:
    def test_it_is_a_new_version_and_the_old_one_stays(self):
        before = calendars.default_calendar()
        made_up = AnnouncedDay(dt.date(2027, 2, 14), DayKind.MAKE_UP, "春节")

        after = calendars.announce(
            "cn", [NEW_YEAR, made_up], sources={2027: "notice"}, actor=SYSTEM, at=A_MORNING
        )

        assert after.version == before.version + 1
        assert calendars.default_calendar() == after
        assert calendars.known_years() == set(range(2011, 2028))
        old, new = calendars.calendar_for(before), calendars.calendar_for(after)
        assert old.intervals_on(made_up.on) == HOLIDAY
        assert new.intervals_on(made_up.on) == OFFICE_HOURS
        for day in MAKE_UP_2026:
            assert new.intervals_on(day) == OFFICE_HOURS
        assert new.week == old.week

    def test_a_year_announced_again_replaces_the_year_and_nothing_else(self):
        again = AnnouncedDay(dt.date(2026, 1, 1), DayKind.HOLIDAY, "元旦")

        calendars.announce("cn", [again], sources={2026: "revised"}, actor=SYSTEM, at=A_MORNING)

        new = calendars.calendar_for()
        assert new.intervals_on(dt.date(2026, 10, 1)) == OFFICE_HOURS
        assert new.intervals_on(dt.date(2025, 10, 1)) == HOLIDAY

    def test_a_single_day_of_the_year_before_changes_that_day_alone(self):
        eve = AnnouncedDay(dt.date(2026, 12, 31), DayKind.HOLIDAY, "元旦")

        calendars.announce(
            "cn", [eve, NEW_YEAR], sources={2027: "notice"}, actor=SYSTEM, at=A_MORNING
        )

        new = calendars.calendar_for()
        assert new.intervals_on(eve.on) == HOLIDAY
        assert new.intervals_on(dt.date(2026, 10, 1)) == HOLIDAY

    def test_only_those_who_manage_the_organisation_may(self, company: Company):
        with pytest.raises(NotAllowed):
            calendars.announce(
                "cn",
                [NEW_YEAR],
                sources={2027: "notice"},
                actor=company.manager.holder.actor,
                at=A_MORNING,
            )

    def test_loading_the_reference_data_again_changes_nothing(self):
        calendars.announce("cn", [NEW_YEAR], sources={2027: "n"}, actor=SYSTEM, at=A_MORNING)
        versions = WorkCalendar.objects.count()

        reference_data.load(database_now())

        assert WorkCalendar.objects.count() == versions
        assert 2027 in calendars.known_years()


class TestTheCommand:
    def test_it_imports_a_year(self, tmp_path, capsys):
        file = tmp_path / "2027.csv"
        file.write_text(
            "date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,make_up,元旦\n", "utf-8"
        )

        call_command("import_calendar", str(file), source="国办发明电〔2026〕9号")

        assert 2027 in calendars.known_years()
        source = calendars.default_calendar().years.get(year=2027).source
        assert source == "国办发明电〔2026〕9号"
        assert "2 days of 2027" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("date,kind,name\n2027-01-02,make_up,元旦\n", "no year"),
            ("date,kind,name\n2027-01-32,holiday,元旦\n", "2"),
            ("", "1"),
        ],
    )
    def test_a_file_it_cannot_use_is_refused_in_words(self, tmp_path, content, words):
        file = tmp_path / "2027.csv"
        file.write_text(content, "utf-8")
        with pytest.raises(CommandError, match=words):
            call_command("import_calendar", str(file), source="x")
        assert 2027 not in calendars.known_years()

    def test_a_missing_or_garbled_file_is_named(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_calendar", str(tmp_path / "none.csv"), source="x")
        (tmp_path / "gbk.csv").write_bytes("元旦".encode("gbk"))
        with pytest.raises(CommandError, match="UTF-8"):
            call_command("import_calendar", str(tmp_path / "gbk.csv"), source="x")


class TestTheCheck:
    def test_the_next_year_is_asked_for_once_it_can_be_known(self):
        known = set(range(2011, 2027))
        assert missing_years(known, dt.date(2026, 9, 30)) == []
        [warning] = missing_years(known, dt.date(2026, 10, 1))
        assert "2027" in warning.msg
        assert warning.id == "organisation.W001"

    def test_a_year_that_has_begun_unannounced_is_warned_of_all_year(self):
        [warning] = missing_years({2026}, dt.date(2027, 3, 1))
        assert "2027" in warning.msg

    def test_it_asks_the_database_only_where_that_is_wanted(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert check_calendar_years(databases=None) == []
            assert check_calendar_years(databases=["keys"]) == []

    def test_it_reads_the_newest_version(self, settings, monkeypatch):
        monkeypatch.setattr("organisation.checks.timezone.localdate", lambda: dt.date(2026, 12, 1))
        assert len(check_calendar_years(databases=["default"])) == 1
        calendars.announce("cn", [NEW_YEAR], sources={2027: "n"}, actor=SYSTEM, at=A_MORNING)
        assert check_calendar_years(databases=["default"]) == []

    def test_readiness_tells_the_same_without_refusing_work(self, monkeypatch):
        from organisation import readiness

        monkeypatch.setattr(readiness, "database_now", lambda: local(2026, 10, 1, 8, 0))
        assert "2027" in readiness.work_calendar()
        monkeypatch.setattr(readiness, "database_now", lambda: local(2026, 9, 30, 8, 0))
        assert readiness.work_calendar() == "ok"
