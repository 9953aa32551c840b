"""A row by its columns is the row that the model makes."""

import pytest

from complaints.models import TextEntry, TicketClock, TicketEvent
from core.models import Job
from core.rows import row
from organisation.models import Building, Dwelling
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db


def columns_of(made):
    return {field.attname: getattr(made, field.attname) for field in made._meta.concrete_fields}


@pytest.mark.parametrize("model", [Job, TextEntry, TicketClock, TicketEvent])
def test_what_is_not_said_has_its_default(model):
    assert columns_of(row(model)) == columns_of(model())


def test_defaults_that_are_made_are_made_each_time():
    assert len({row(Dwelling).public_id for _ in range(3)}) == 3
    first, second = row(Job), row(Job)
    assert first.counts == second.counts == {}
    assert first.counts is not second.counts


def test_it_is_saved_as_any_row(company):
    made = row(Building, unit_id=company.community.pk, name="2 栋")
    assert made._state.adding
    made.save()
    assert made.unit == company.community


def test_an_object_may_be_given_as_ever(company):
    made = row(Building, unit=company.community, name="2 栋")
    assert made.unit is company.community
    assert made.unit_id == company.community.pk


def test_what_is_no_column_is_refused():
    with pytest.raises(TypeError):
        row(Job, begun_at=A_MORNING)
