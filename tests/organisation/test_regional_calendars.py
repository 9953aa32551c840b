"""A region's or community's own days and hours, on top of the national calendar."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from core.actors import SYSTEM
from core.business_time import HOLIDAY, OFFICE_HOURS, add
from core.errors import InvalidInput, NotAllowed
from organisation import calendar_layers
from organisation.calendar_reader import AnnouncedDay
from organisation.enums import DayKind
from organisation.services import calendars
from organisation.services.calendars import OwnDay, calendar_for
from tests.factories import A_MORNING, Company

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
FESTIVAL = dt.date(2026, 4, 20)  # a Monday
SATURDAY = dt.date(2026, 4, 25)
LONG_WEEK = dict.fromkeys(range(1, 8), ((480, 720), (780, 1080), (1140, 1260)))


def own(on=FESTIVAL, kind=DayKind.HOLIDAY, minutes=()):
    return OwnDay(on, kind, "三月三", minutes)


def override(unit, *days, **fields):
    return calendars.override(unit, days, actor=SYSTEM, at=A_MORNING, **fields)


def test_a_region_s_holiday_holds_below_it_and_nowhere_else(company: Company):
    override(company.region, own())
    assert calendar_for(company.community).intervals_on(FESTIVAL) == HOLIDAY
    assert calendar_for(company.far_community).intervals_on(FESTIVAL) == OFFICE_HOURS
    assert calendar_for(company.group).intervals_on(FESTIVAL) == OFFICE_HOURS


def test_all_else_is_the_national_calendar_s(company: Company):
    override(company.region, own())
    there, here = calendar_for(company.community), calendar_for()
    assert there.known_years == here.known_years
    assert there.week == here.week
    assert there.intervals_on(dt.date(2026, 2, 14)) == OFFICE_HOURS
    assert there.intervals_on(dt.date(2026, 10, 1)) == HOLIDAY


def test_a_make_up_day_may_have_several_intervals_of_its_own(company: Company):
    override(company.region, own(SATURDAY, DayKind.MAKE_UP, (540, 600, 630, 720, 840, 900)))
    calendar = calendar_for(company.community)
    assert calendar.intervals_on(SATURDAY) == ((540, 600), (630, 720), (840, 900))
    due = add(calendar, dt.datetime(2026, 4, 25, 9, 30, tzinfo=SHANGHAI), 90).at
    assert due == dt.datetime(2026, 4, 25, 11, 30, tzinfo=SHANGHAI)


def test_a_week_of_its_own_replaces_the_hours_and_make_up_days_follow_it(company: Company):
    override(company.community, week=LONG_WEEK)
    calendar = calendar_for(company.community)
    assert calendar.intervals_on(SATURDAY) == LONG_WEEK[6]
    assert calendar.intervals_on(dt.date(2026, 2, 14)) == LONG_WEEK[1]
    assert calendar.intervals_on(dt.date(2026, 10, 1)) == HOLIDAY


def test_the_smallest_region_decides(company: Company):
    override(company.region, own())
    override(company.community, own(SATURDAY, DayKind.MAKE_UP))
    assert calendar_for(company.community).intervals_on(FESTIVAL) == OFFICE_HOURS
    assert calendar_for(company.other_community).intervals_on(FESTIVAL) == HOLIDAY


def test_a_new_version_replaces_the_days_and_the_old_one_stays_explicable(company: Company):
    before = override(company.region, own())
    after = override(company.region)
    assert (before.version, after.version) == (1, 2)
    assert calendar_for(before).intervals_on(FESTIVAL) == HOLIDAY
    assert calendar_for(company.community).intervals_on(FESTIVAL) == OFFICE_HOURS


def test_a_year_that_is_announced_reaches_regions_below_their_own_days(company: Company):
    override(company.region, own())
    new_year = AnnouncedDay(dt.date(2027, 1, 1), DayKind.HOLIDAY, "元旦")
    foreseen = calendar_layers.announced(
        calendars.default_calendar(),
        [new_year],
        [2027],
        calendars.newest_regional(calendars.default_calendar())[0],
    )
    calendars.announce("cn", [new_year], sources={2027: "n"}, actor=SYSTEM, at=A_MORNING)
    calendar = calendar_for(company.community)
    assert calendar.is_known(2027)
    assert calendar.intervals_on(FESTIVAL) == HOLIDAY
    assert calendar.exceptions == foreseen.exceptions
    assert calendar.known_years == foreseen.known_years


@pytest.mark.parametrize("minutes", [(600, 540), (540, 600, 580, 700), (0, 1441), (540,)])
def test_intervals_that_cannot_be_are_refused(company: Company, minutes):
    with pytest.raises(InvalidInput) as refused:
        override(company.region, own(SATURDAY, DayKind.MAKE_UP, minutes))
    assert set(refused.value.fields) == {"days"}


def test_a_day_is_named_once(company: Company):
    with pytest.raises(InvalidInput):
        override(company.region, own(), own())


def test_only_who_keeps_the_region_may(company: Company):
    with pytest.raises(NotAllowed):
        calendars.override(
            company.region, [own()], actor=company.manager.holder.actor, at=A_MORNING
        )
