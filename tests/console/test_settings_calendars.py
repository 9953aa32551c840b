"""Calendars are looked at, announced and given days of their own."""

import pytest

from complaints.services import recomputation
from console.forms.settings_calendar import OverrideForm, lines_of
from organisation.models import WorkCalendar
from organisation.services import calendars
from tests.console.conftest import Browser
from tests.console.test_settings import AT
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db


class TestCalendars:
    LINES = "date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,make_up,元旦\n"

    def test_a_year_shows_holidays_and_make_up_days(self, administrator, company):
        page = administrator.open(f"{AT}calendar/", year=2026)
        assert 'title="春节 · 调休上班">14<small>班' in page
        assert 'title="元旦 · 放假">1<small>休' in page
        assert "暂定" in administrator.open(f"{AT}calendar/", year=2031)

    def test_a_year_that_is_no_year_is_this_year(self, administrator, company):
        for typed in ("x", "99999", "0001"):
            assert administrator.open(f"{AT}calendar/", year=typed).status == 200

    def test_a_year_is_looked_at_and_then_announced(self, administrator, company):
        make_ticket(company)
        values = {"source": "国办发明电〔2026〕9号", "lines": self.LINES}
        page = administrator.send(f"{AT}calendar/announce/", **values)
        assert "未结工单" in page
        assert 2027 not in calendars.known_years()
        seen = page.context["seen"]
        changed = {**values, "lines": self.LINES.replace("01-02,make_up", "01-03,make_up")}
        again = administrator.send(f"{AT}calendar/announce/", looked="on", seen=seen, **changed)
        assert again.status == 200
        assert 2027 not in calendars.known_years()
        done = administrator.send(f"{AT}calendar/announce/", looked="on", seen=seen, **values)
        assert done.url == f"{AT}calendar/?year=2027"
        assert 2027 in calendars.known_years()
        assert len(recomputation.pending()) == 1

    def test_a_wrong_line_is_named_and_stays(self, administrator, company):
        lines = "date,kind,name\n2027-01-32,holiday,元旦\n"
        page = administrator.send(f"{AT}calendar/announce/", source="x", lines=lines)
        assert page.status == 422
        assert "第 2 行" in page
        assert "2027-01-32" in page

    def test_a_community_gets_days_of_its_own(self, administrator, company):
        there = f"{AT}calendar/units/X1/"
        values = {"lines": "2026-04-25,make_up,社区日,09:00-12:00 13:30-18:00"}
        page = administrator.send(there, **values)
        done = administrator.send(there, looked="on", seen=page.context["seen"], **values)
        assert done.url == f"{AT}calendar/?unit=X1"
        row = WorkCalendar.objects.get(unit=company.community)
        assert row.days.get().minutes == [540, 720, 810, 1080]
        assert "09:00-12:00 13:30-18:00" in administrator.open(there)
        assert "year__day--own" in administrator.open(f"{AT}calendar/", unit="X1", year=2026)

    def test_of_two_editors_the_second_is_told_and_loses_nothing(self, administrator, company):
        there = f"{AT}calendar/units/X1/"
        tag = administrator.open(there).context["tag"]
        for line in ("2026-04-25,make_up,社区日", "2026-04-26,make_up,邻里节"):
            page = administrator.send(there, tag=tag, lines=line)
            assert page.context["tag"] == tag
            done = administrator.send(
                there, tag=tag, looked="on", seen=page.context["seen"], lines=line
            )
        assert done.status == 422
        assert "刚刚被他人更改" in done
        assert "邻里节" in done
        own = WorkCalendar.objects.get(unit=company.community)
        assert [day.name for day in own.days.all()] == ["社区日"]
        assert done.context["tag"] != tag

    def test_own_days_are_written_and_read_back_in_words(self, administrator, company):
        there = f"{AT}calendar/units/X1/"
        line = "2026-04-25,调休上班,社区日,09:00-12:00"
        page = administrator.send(there, lines=line.replace(",", "，"))
        administrator.send(
            there, looked="on", seen=page.context["seen"], lines=line.replace(",", "，")
        )
        assert WorkCalendar.objects.get(unit=company.community).days.get().kind == "make_up"
        assert line in administrator.open(there)

    @pytest.mark.parametrize(
        ("line", "name", "minutes"),
        [
            ("2026-04-25,调休上班,年会，社区日", "年会，社区日", []),
            ("2026-04-25,调休上班,年会，社区日,09:00-12:00", "年会，社区日", [540, 720]),
            ("2026-04-25,调休上班，年会，09:00-12:00", "年会", [540, 720]),
            ("2026-04-25,调休上班,年会，09:00-12:00", "年会", [540, 720]),
        ],
    )
    def test_a_comma_within_a_name_stays(self, line, name, minutes):
        form = OverrideForm({"lines": line})
        assert form.is_valid(), form.errors
        (day,) = form.days
        assert (day.name, list(day.minutes)) == (name, minutes)
        again = OverrideForm({"lines": lines_of({day.on: day})})
        assert again.is_valid(), again.errors
        assert again.days == [day]

    def test_own_days_that_cannot_be_are_refused(self, administrator, company):
        there = f"{AT}calendar/units/X1/"
        assert "第 1 行看不懂" in administrator.send(there, lines="morgen,frei")
        overlapping = "2026-04-25,make_up,社区日,09:00-12:00 11:00-18:00"
        assert administrator.send(there, lines=overlapping).status == 422

    def test_only_units_that_one_keeps_are_there(self, company):
        regional = Browser(make_post("administrator", company.region).holder)
        assert regional.open(f"{AT}calendar/units/X1/").status == 200
        assert regional.open(f"{AT}calendar/units/X3/").status == 404
        page = regional.open(f"{AT}calendar/", unit="X3")
        assert page.status == 422
        assert "没有这个组织单元，或不在您的范围内" in page
        assert "· X3" not in page.text
        assert regional.open(f"{AT}calendar/announce/").status == 404
