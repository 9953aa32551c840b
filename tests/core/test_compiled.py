"""A compiled query answers as its queryset does, for other values each time."""

import threading

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, F, Prefetch, Value
from django.db.models.functions import Concat
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from core.compiled import AnyOf, Compiled, Slot
from organisation.enums import UnitLevel
from organisation.models import Building, Dwelling, Unit
from tests.factories import Company

pytestmark = pytest.mark.django_db


def buildings():
    rows = Building.objects.filter(name=Slot("name", CharField()))
    label = Concat(F("unit__code"), Value("/"), F("name"))
    homes = Prefetch("dwellings", Dwelling.objects.order_by("room"), to_attr="homes")
    return rows.select_related("unit").annotate(label=label).prefetch_related(homes)


@pytest.fixture
def second(company):
    building = Building.objects.create(unit=company.other_community, name="2 栋")
    Dwelling.objects.create(building=building, room="2-201")
    return building


def test_rows_come_with_all_that_the_queryset_brings(company, second):
    found = Compiled(buildings)
    with CaptureQueriesContext(connection) as statements:
        (row,) = found(name="2 栋")
        assert (row, row.unit, row.label) == (second, company.other_community, "X2/2 栋")
        assert [home.room for home in row.homes] == ["2-201"]
    assert len(statements) == 2
    assert not row._state.adding


def test_each_call_has_its_own_values(company, second):
    found = Compiled(buildings)
    assert found(name="1 栋") == [company.building]
    assert found(name="2 栋") == [second]
    assert found(name="9 栋") == []
    assert found.first(name="9 栋") is None
    assert found.first(name="1 栋") == company.building


def test_the_query_is_built_and_compiled_once(company, second, monkeypatch):
    calls = []
    plain = SQLCompiler.as_sql

    def counted(compiler, *args, **kwargs):
        calls.append("compiled")
        return plain(compiler, *args, **kwargs)

    def build():
        calls.append("built")
        return Building.objects.filter(name=Slot("name", CharField()))

    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    found = Compiled(build)
    for name in ("1 栋", "2 栋", "3 栋"):
        found(name=name)
    assert calls == ["built", "compiled"]


def test_values_without_models_are_answered_too(company, second):
    found = Compiled(lambda: buildings().values_list("name", flat=True))
    assert found(name="2 栋") == ["2 栋"]


def test_a_column_is_any_of_several_values(company):
    codes = Slot("codes", ArrayField(CharField()))
    found = Compiled(lambda: Unit.objects.filter(AnyOf(F("code"), codes)).order_by("code"))
    assert [unit.code for unit in found(codes=["X2", "X1", "nowhere"])] == ["X1", "X2"]
    assert found(codes=[]) == []


def test_a_value_that_is_missing_is_an_error(company):
    with pytest.raises(KeyError):
        Compiled(buildings)(room="1 栋")


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("threads")
def test_threads_do_not_see_each_others_values(transactional_db):
    company = Company()
    names = [f"{number} 栋" for number in range(2, 10)]
    Building.objects.bulk_create(Building(unit=company.community, name=name) for name in names)
    found = Compiled(lambda: Building.objects.filter(name=Slot("name", CharField())))
    answers = {}

    def ask(name):
        try:
            answers[name] = {row.name for _ in range(50) for row in found(name=name)}
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[name]) for name in names]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == {name: {name} for name in names}


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_comes_again_is_prepared(transactional_db):
    """Parsed and planned once per connection: half of what a request costs the database."""
    company = Company()
    found = Compiled(lambda: Building.objects.filter(name=Slot("name", CharField())))
    for _ in range(5):
        assert found(name="1 栋") == [company.building]
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [row[0] for row in cursor.fetchall()]
    assert any('FROM "organisation_building"' in statement for statement in prepared)


def test_choices_of_the_code_stand_in_the_sql_and_other_values_do_not(company):
    rows = Unit.objects.filter(level=UnitLevel.COMMUNITY, code=Slot("code", CharField()))
    found = Compiled(lambda: rows.exclude(name="nobody's"))
    assert found(code="X1") == [company.community]
    assert found(code="G") == []
    assert "'community'" in found._kept.sql
    assert [value for value in found._kept.places if not isinstance(value, Slot)] == ["nobody's"]


def test_it_may_be_a_part_of_another_statement(company, second):
    found = Compiled(
        lambda: Building.objects.filter(name=Slot("name", CharField())).values_list("pk")
    )
    sql, values = found.asked(name="2 栋")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s, ({sql})", ["beside", *values])
        assert cursor.fetchone() == ("beside", second.pk)


def test_it_may_be_asked_beside_a_statement_of_one_row(company, second):
    found = Compiled(lambda: _homes_of(Slot("name", CharField())))
    with CaptureQueriesContext(connection) as statements:
        one, home = found.first_beside("SELECT %s::int, 'a'", [7], name="2 栋")
        assert (one, home.room, home.building.unit) == ((7, "a"), "2-201", company.other_community)
    assert len(statements) == 1
    assert found.first_beside("SELECT %s::int, 'a'", [8], name="9 栋") == ((8, "a"), None)


def test_beside_a_statement_more_than_one_is_still_the_first(company, second):
    Dwelling.objects.create(building=second, room="2-202")
    found = Compiled(lambda: _homes_of(Slot("name", CharField())))
    one, home = found.first_beside("SELECT 1", [], name="2 栋")
    assert (one, home.room) == ((1,), "2-201")


def test_rows_that_need_their_queryset_are_not_read_beside_another_statement(company, second):
    with pytest.raises(TypeError, match="not read from bare rows"):
        Compiled(buildings).first_beside("SELECT 1", [], name="2 栋")


def _homes_of(name):
    rows = Dwelling.objects.filter(building__name=name).order_by("room")
    return rows.select_related("building__unit")[:1]
