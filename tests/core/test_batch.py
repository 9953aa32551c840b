"""Rows of several tables go to the database in one statement, or not at all."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Value
from django.db.models.functions import Greatest, Now
from django.test.utils import CaptureQueriesContext

from core.batch import Batch
from core.models import Job
from organisation.models import Building, Dwelling
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db


def job(fingerprint, **fields):
    return Job(kind="k", fingerprint=fingerprint, started_at=A_MORNING, **fields)


def test_rows_of_three_tables_are_one_statement(company):
    batch = Batch()
    batch.reserve({Building: 1})
    building = batch.number(Building(unit=company.community, name="2 栋"))
    batch.add(*(Dwelling(building=building, room=room) for room in ("101", "102", "103")))
    batch.add(job("a", updated_at=A_MORNING))
    with CaptureQueriesContext(connection) as statements:
        batch.write()
    assert len(statements) == 1
    assert sorted(building.dwellings.values_list("room", flat=True)) == ["101", "102", "103"]
    assert Job.objects.get().counts == {}


def test_a_numbered_row_can_be_used_as_saved(company):
    batch = Batch()
    building = batch.number(Building(unit=company.community, name="2 栋"))
    batch.write()
    building.name = "3 栋"
    building.save()
    assert Building.objects.get(pk=building.pk).name == "3 栋"


def test_numbers_ascend_in_the_order_of_the_rows(company):
    batch = Batch()
    batch.reserve({Building: 2})
    rows = [batch.number(Building(unit=company.community, name=f"{n} 栋")) for n in "234"]
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)


def test_further_values_come_with_the_numbers():
    assert Batch().reserve({Building: 1}, also=["1 + 1", "'two'"]) == (2, "two")


def test_an_expression_is_written_by_the_database():
    batch = Batch()
    batch.add(job("a", updated_at=Now()), job("b", updated_at=A_MORNING))
    batch.write()
    assert Job.objects.get(fingerprint="a").updated_at > A_MORNING
    assert Job.objects.get(fingerprint="b").updated_at == A_MORNING


def test_an_expression_may_hold_values_of_its_own():
    batch = Batch()
    batch.add(job("a", updated_at=Greatest(Now(), Value(A_MORNING))), job("b", updated_at=Now()))
    batch.write()
    first, second = Job.objects.order_by("fingerprint")
    assert first.updated_at == second.updated_at > A_MORNING


def test_one_refused_row_refuses_all(company):
    batch = Batch()
    batch.number(Building(unit=company.community, name="2 栋"))
    batch.add(Dwelling(building=company.building, room=company.dwelling.room))
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.write()
    assert not Building.objects.filter(name="2 栋").exists()


def test_a_row_without_a_number_cannot_be_pointed_at(company):
    batch = Batch()
    building = Building(unit=company.community, name="2 栋")
    batch.add(building, Dwelling(building=building, room="101"))
    with pytest.raises(ValueError, match="unsaved related object"):
        batch.write()


def test_an_empty_batch_asks_nothing():
    with CaptureQueriesContext(connection) as statements:
        Batch().write()
    assert len(statements) == 0


def test_parts_of_another_app_are_written_with_the_rows_or_not_at_all(company):
    def written(room):
        batch = Batch()
        batch.add(job("a", updated_at=A_MORNING))
        batch.with_parts(
            "more AS (INSERT INTO organisation_dwelling (public_id, building_id, room)"
            " SELECT gen_random_uuid(), %(building)s, %(room)s WHERE %(room)s <> '')",
            {"building": company.dwelling.building_id, "room": room},
        )
        batch.write()

    with CaptureQueriesContext(connection) as statements:
        written("909")
    assert len(statements) == 1
    assert Dwelling.objects.filter(room="909").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        written("910")  # the job is there already
    assert not Dwelling.objects.filter(room="910").exists()


def test_many_numbers_are_drawn_as_few_are(company):
    batch = Batch()
    batch.reserve({Building: 12})
    rows = [batch.number(Building(unit=company.community, name=f"{n} 栋")) for n in range(20, 32)]
    assert len({row.pk for row in rows}) == 12
    assert batch.left(Building) == 0


@pytest.mark.django_db(transaction=True)
def test_small_and_large_numbers_are_one_statement_to_the_database(transactional_db):
    """Else each mixture of ids would be planned anew."""

    def prepared():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT parameter_types::text FROM pg_prepared_statements"
                " WHERE statement LIKE 'INSERT INTO %%core_job%%'"
            )
            return [row[0] for row in cursor.fetchall()]

    for turn, done in enumerate((1, 40_000, 10**10) * 3):
        batch = Batch()
        batch.add(job(f"f{turn}", updated_at=A_MORNING, done=done))
        batch.write()
    assert len(prepared()) == 1
    assert set(Job.objects.values_list("done", "updated_at")) == {
        (done, A_MORNING) for done in (1, 40_000, 10**10)
    }
