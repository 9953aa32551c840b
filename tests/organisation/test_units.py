from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.actors import SYSTEM
from core.errors import InvalidInput, NotAllowed
from organisation.enums import UnitLevel
from organisation.models import Unit
from organisation.services import units
from organisation.services.units import NewUnit
from tests.factories import Company, LegalEntityFactory, make_post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("星河湾", "xhw"),
        ("重庆·金科天宸二期", "cq·jktceq"),
        ("Sunny Hill 3", "sunnyhill3"),
        ("长安里", "cal"),
        ("", ""),
    ],
)
def test_initials_are_what_people_type(name: str, expected: str):
    assert units.initials(name) == expected


def test_initials_fit_their_column():
    assert len(units.initials("星" * 120)) == 60


def test_a_unit_is_added_below_its_parent(company: Company):
    entity = LegalEntityFactory()
    new = NewUnit("X9", "星河湾", UnitLevel.COMMUNITY, "C1", entity)

    unit = units.add(new, actor=SYSTEM)

    assert unit.path.startswith(company.city.path)
    assert unit.initials == "xhw"
    assert Unit.objects.get_parent(unit) == company.city
    assert not any(Unit.objects.find_problems())


def test_a_code_is_given_once(company: Company):
    with pytest.raises(InvalidInput) as refused:
        units.add(NewUnit("C1", "新", UnitLevel.CITY, "R1"), actor=SYSTEM)
    assert set(refused.value.fields) == {"code"}


@pytest.mark.parametrize(
    ("level", "parent"),
    [
        (UnitLevel.GROUP, None),
        (UnitLevel.REGION, None),
        (UnitLevel.GROUP, "G"),
        (UnitLevel.REGION, "C1"),
        (UnitLevel.REGION, "R1"),
        (UnitLevel.CITY, "X1"),
        (UnitLevel.DEPARTMENT, "D1"),
        (UnitLevel.COMMUNITY, "D1"),
        (UnitLevel.COMMUNITY, "C1"),  # without a legal entity
        (UnitLevel.CITY, "nowhere"),
    ],
)
def test_a_unit_that_cannot_be_there_is_refused(company: Company, level, parent):
    units.add(NewUnit("D1", "部门", UnitLevel.DEPARTMENT, "G"), actor=SYSTEM)
    before = Unit.objects.count()
    with pytest.raises(InvalidInput):
        units.add(NewUnit("N", "新", level, parent), actor=SYSTEM)
    assert Unit.objects.count() == before


@pytest.mark.parametrize(
    ("level", "parent"),
    [
        (UnitLevel.CITY, "C1"),  # a city may be repeated
        (UnitLevel.CITY, "G"),  # a region may be missing
        (UnitLevel.DEPARTMENT, "X1"),
        (UnitLevel.DEPARTMENT, "G"),
    ],
)
def test_levels_may_be_missing_and_cities_repeated(company: Company, level, parent):
    assert units.add(NewUnit("N", "新", level, parent), actor=SYSTEM).pk


def test_only_those_who_manage_the_organisation_there_may_add(company: Company):
    administrator = make_post("administrator", company.other_region).holder.actor
    units.add(NewUnit("N1", "新", UnitLevel.CITY, "R2"), actor=administrator)
    for actor in (administrator, company.manager.holder.actor):
        with pytest.raises(NotAllowed):
            units.add(NewUnit("N2", "新", UnitLevel.CITY, "R1"), actor=actor)


def test_an_import_adds_what_is_missing_in_any_order(company: Company, django_assert_num_queries):
    entity = LegalEntityFactory()
    rows = [
        NewUnit("R9-X1", "一区", UnitLevel.COMMUNITY, "R9", entity),
        NewUnit("R9", "西南", UnitLevel.REGION, "G"),
        NewUnit("C1", "已有", UnitLevel.CITY, "R1"),
        NewUnit("R9-X2", "二区", UnitLevel.COMMUNITY, "R9", entity),
    ]

    found = units.get_or_create_many(rows, actor=SYSTEM)

    assert set(found) == {"R9", "R9-X1", "R9-X2", "C1"}
    assert found["C1"].name == company.city.name
    assert found["R9-X2"].path.startswith(found["R9"].path)
    assert not any(Unit.objects.find_problems())
    assert units.get_or_create_many(rows, actor=SYSTEM) == found


def test_the_statements_of_an_import_do_not_grow_with_its_rows(
    company: Company, django_assert_max_num_queries
):
    entity = LegalEntityFactory()
    rows = [NewUnit(f"Y{n}", f"社区{n}", UnitLevel.COMMUNITY, "C1", entity) for n in range(300)]

    with django_assert_max_num_queries(8):
        units.get_or_create_many(rows, actor=SYSTEM)

    assert Unit.objects.get_children_count(Unit.objects.get(code="C1")) == 302
    assert not any(Unit.objects.find_problems())


def test_a_row_whose_parent_is_nowhere_adds_none(company: Company):
    rows = [
        NewUnit("R9", "西南", UnitLevel.REGION, "G"),
        NewUnit("C9", "重庆", UnitLevel.CITY, "R8"),
    ]
    with pytest.raises(InvalidInput):
        units.get_or_create_many(rows, actor=SYSTEM)
    assert not Unit.objects.filter(code="R9").exists()


def test_the_first_unit_is_the_group():
    found = units.get_or_create_many(
        [NewUnit("G", "集团", UnitLevel.GROUP), NewUnit("R", "华东", UnitLevel.REGION, "G")],
        actor=SYSTEM,
    )
    assert found["G"].depth == 1
    assert found["R"].depth == 2
    assert not any(Unit.objects.find_problems())


@settings(max_examples=20, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(parents=st.lists(st.integers(min_value=-1, max_value=30), max_size=25))
def test_any_tree_of_cities_is_sound(db, parents: list[int]):
    """Each unit hangs under an earlier one, or under the group."""
    Unit.objects.all().delete()
    rows = [NewUnit("G", "集团", UnitLevel.GROUP)] + [
        NewUnit(f"C{n}", f"城{n}", UnitLevel.CITY, f"C{parent}" if 0 <= parent < n else "G")
        for n, parent in enumerate(parents)
    ]

    found = units.get_or_create_many(reversed(rows), actor=SYSTEM)

    assert not any(Unit.objects.find_problems())
    for row in rows[1:]:
        assert Unit.objects.get_parent(found[row.code]).code == row.parent_code


def test_a_removed_units_path_is_not_given_to_another(company: Company):
    removed = units.add(NewUnit("N1", "一", UnitLevel.CITY, "R2"), actor=SYSTEM)
    kept = units.add(NewUnit("N2", "二", UnitLevel.CITY, "R2"), actor=SYSTEM)
    Unit.objects.get(pk=removed.pk).delete()

    assert units.add(NewUnit("N3", "三", UnitLevel.CITY, "R2"), actor=SYSTEM).path > kept.path


def test_a_new_name_has_new_initials(company: Company):
    assert units.rename(company.community, "金科城", actor=SYSTEM).initials == "jkc"
