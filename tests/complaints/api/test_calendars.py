"""Work calendars by API: a year is looked at and announced, a unit has days of its own."""

import pytest

from complaints.services import calendar_versions, recomputation
from organisation.models import WorkCalendar
from organisation.services import calendars
from privacy.vault.enums import LedgerKind
from privacy.vault.models import LedgerEntry
from tests.complaints.api.conftest import staff_caller
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db

AT = "/api/v1/calendars/"
YEAR = {
    "source": "国办发明电〔2026〕9号",
    "days": [
        {"on": "2027-01-01", "kind": "holiday", "name": "元旦"},
        {"on": "2027-01-02", "kind": "make_up", "name": "元旦"},
    ],
}
OWN = {
    "days": [
        {
            "on": "2026-04-25",
            "kind": "make_up",
            "name": "社区日",
            "hours": ["09:00-12:00", "13:30-18:00"],
        }
    ]
}


@pytest.fixture
def keeper(company):
    return staff_caller(make_post("administrator", company.group).holder)


@pytest.fixture
def regional(company):
    return staff_caller(make_post("administrator", company.region).holder)


def read(unit=None):
    return {"If-Match": f'"{calendar_versions.tag(unit)}"'}


def fields(answer):
    return {each["field"] for each in answer.json()["errors"]}


def test_a_year_is_looked_at_and_then_announced(keeper, company):
    make_ticket(company)
    looked = keeper.post(f"{AT}preview/", YEAR)
    assert looked.json()["open_tickets"] == 1
    assert 2027 not in calendars.known_years()
    seen = {"If-Match": looked.headers["ETag"]}
    done = keeper.post(f"{AT}announce/", YEAR, headers=seen)
    assert done.status_code == 201, done.json()
    assert 2027 in [each["year"] for each in done.json()[0]["years"]]
    assert len(recomputation.pending()) == 1
    late = keeper.post(f"{AT}announce/", YEAR, headers=seen)
    assert (late.status_code, late.json()["tag"]) == (412, done.json()[0]["tag"])


def test_a_unit_gets_days_of_its_own_and_loses_them(regional, company):
    there, unit = f"{AT}units/X1/", company.community
    assert regional.get(there).json()["days"] == []
    looked = regional.post(f"{there}preview/", OWN)
    assert looked.status_code == 200
    assert not WorkCalendar.objects.filter(unit=unit).exists()
    seen = {"If-Match": looked.headers["ETag"]}
    done = regional.put(there, OWN, headers=seen)
    assert done.json()["days"] == OWN["days"]
    assert WorkCalendar.objects.get(unit=unit).days.get().minutes == [540, 720, 810, 1080]
    [_base, own] = regional.get(AT).json()
    assert (own["unit"], own["tag"]) == ("X1", done.json()["tag"])
    assert regional.put(there, {"days": []}, headers=seen).status_code == 412
    assert regional.put(there, {"days": []}, headers=read(unit)).json()["days"] == []


def test_what_changes_for_all_changes_under_who_reads_one_unit(regional, keeper, company):
    seen = read(company.community)
    keeper.post(f"{AT}announce/", YEAR, headers=read())
    assert regional.put(f"{AT}units/X1/", OWN, headers=seen).status_code == 412


@pytest.mark.parametrize(
    ("days", "named"),
    [
        ([{"on": "2027-01-32", "kind": "holiday", "name": "元旦"}], {"days.0"}),
        ([{"on": "2027-01-01", "kind": "rest", "name": "元旦"}], {"days.0"}),
        ([YEAR["days"][0], YEAR["days"][0]], {"days.1"}),
        ([{"on": "2027-01-04", "kind": "make_up", "name": "元旦"}], {"days.0"}),
        ([YEAR["days"][1]], {"days"}),
        ([], {"days"}),
    ],
)
def test_a_day_that_cannot_be_announced_is_named(keeper, company, days, named):
    body = {**YEAR, "days": days}
    assert fields(keeper.post(f"{AT}preview/", body)) == named
    answer = keeper.post(f"{AT}announce/", body, headers=read())
    assert (answer.status_code, fields(answer)) == (400, named)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hours": ["09:00-12:00", "11:00-18:00"]}, "days"),
        ({"hours": ["9-12"]}, "days.0.hours.0"),
        ({"on": "heute"}, "days.0.on"),
        ({"name": "日" * 41}, "days.0.name"),
    ],
)
def test_own_days_that_cannot_be_are_named(regional, company, changes, named):
    body = {"days": [{**OWN["days"][0], **changes}]}
    answer = regional.put(f"{AT}units/X1/", body, headers=read(company.community))
    assert (answer.status_code, fields(answer)) == (400, {named})


def test_others_may_not(company, steward, resident, regional):
    for caller in (steward, resident, regional):
        assert caller.post(f"{AT}preview/", YEAR).status_code == 403
        assert caller.post(f"{AT}announce/", YEAR, headers=read()).status_code == 403
    for caller in (steward, resident):
        assert caller.get(f"{AT}units/X1/").status_code == 403
        assert caller.put(f"{AT}units/X1/", OWN, headers=read()).status_code == 403
    for answer in (
        regional.get(f"{AT}units/X3/"),
        regional.put(f"{AT}units/X3/", OWN, headers=read()),
        regional.post(f"{AT}units/X3/preview/", OWN),
    ):
        assert answer.status_code == 404
    assert 2027 not in calendars.known_years()


def test_each_change_is_in_the_ledger(keeper, company):
    keeper.post(f"{AT}announce/", YEAR, headers=read())
    keeper.put(f"{AT}units/X1/", OWN, headers=read(company.community))
    entries = LedgerEntry.objects.filter(kind=LedgerKind.CALENDAR_CHANGED).order_by("pk")
    assert [each.reason_code for each in entries] == ["announced", "overridden"]


def test_who_read_nothing_changes_nothing(keeper, company):
    assert keeper.post(f"{AT}announce/", YEAR).status_code == 428
    assert keeper.put(f"{AT}units/X1/", OWN).status_code == 428


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_many(keeper, company, count, django_assert_num_queries):
    units = [company.community, company.other_community, company.far_community]
    for unit in units[:count]:
        keeper.put(f"{AT}units/{unit.code}/", OWN, headers=read(unit))
    with django_assert_num_queries(6):
        assert len(keeper.get(AT).json()) == count + 1
