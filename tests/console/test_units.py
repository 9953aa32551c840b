"""Looking for a unit: a company has thousands, so that none is listed that nobody asked for."""

import pytest

from console.units import OFFERED, Units
from core.actors import Actor
from core.errors import InvalidInput
from organisation.models import Unit
from tests.console.conftest import Browser
from tests.factories import make_post, make_unit
from tests.reading import says

pytestmark = pytest.mark.django_db

AT = "/console/settings/"
MANAGE = "organisation.manage"


@pytest.fixture
def keeper(company):
    return Browser(make_post("administrator", company.group).holder)


@pytest.fixture
def regional(company):
    return make_post("administrator", company.region).holder


def test_few_are_offered_however_many_there_are(keeper, company):
    for n in range(OFFERED + 3):
        make_unit(f"Y{n:02}", parent=company.city)
    assert keeper.open(f"{AT}units/").text.count("<option") == OFFERED
    assert keeper.open(f"{AT}units/", unit="Y0").text.count("<option") == 10
    assert "<option" not in keeper.open(f"{AT}units/", unit="没有").text
    page = keeper.open(f"{AT}calendar/").text
    assert not says(page, "Y01")


def test_those_out_of_reach_are_neither_offered_nor_meant(company, regional):
    reach = Units(Actor.staff(regional.pk), MANAGE)
    assert reach.offered("X") == ["R1 / C1 / X1 · X1", "R1 / C1 / X2 · X2"]
    assert not says(Browser(regional).open(f"{AT}units/", unit="X").text, "X3")
    with pytest.raises(InvalidInput):
        reach.meant("X3")


def test_by_name_code_initials_or_the_whole_line(company, regional):
    Unit.objects.filter(pk=company.community.pk).update(name="江岸花园", initials="jahy")
    reach = Units(Actor.staff(regional.pk), MANAGE)
    for typed in ("江岸花园", "花园", "JAH", "x1", "X1", "R1 / C1 / 江岸花园 · X1"):
        assert reach.meant(typed) == company.community, typed
    assert reach.meant("  ") is None


@pytest.mark.parametrize("count", [1, 3])
def test_offering_costs_the_same_for_one_as_for_three(
    keeper, company, count, django_assert_num_queries
):
    for n in range(count):
        make_unit(f"Y{n}", parent=company.city)
    keeper.open(f"{AT}units/", unit="Y")
    with django_assert_num_queries(4):
        assert keeper.open(f"{AT}units/", unit="Y").text.count("<option") == count


def test_the_dry_run_looks_for_communities(company):
    dispatcher = Browser(company.dispatcher.holder)
    page = dispatcher.open(f"{AT}routing/try/").text
    assert f'hx-get="{AT}communities/"' in page
    assert "· X1" not in page
    assert "X1 · X1" in dispatcher.open(f"{AT}communities/", community="X1").text


def test_who_keeps_no_settings_looks_for_nothing(company, steward):
    assert steward.open(f"{AT}units/").status == 403
    assert steward.open(f"{AT}communities/").status == 403
