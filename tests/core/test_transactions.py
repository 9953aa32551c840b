"""A deadlock is nobody's error: whoever lost it begins anew."""

import threading

import psycopg
import pytest
from django.db import OperationalError, connections, transaction

from core.errors import Busy
from core.models import Job
from core.transactions import TRIES, atomic
from tests.factories import A_MORNING

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]


def deadlock():
    error = OperationalError()
    error.__cause__ = psycopg.errors.DeadlockDetected()
    return error


def test_two_who_embrace_both_finish(transactional_db):
    rows = [
        Job.objects.create(kind="k", fingerprint=name, started_at=A_MORNING, updated_at=A_MORNING)
        for name in "ab"
    ]
    met, began, failed = threading.Barrier(2), [], []

    @atomic
    def count_both(first, second):
        began.append(first.pk)
        for place, row in enumerate((first, second)):
            locked = Job.objects.select_for_update().get(pk=row.pk)
            locked.cursor += 1
            locked.save()
            if place == 0 and len(began) <= 2:
                met.wait(timeout=60)

    def run(*order):
        try:
            count_both(*order)
        except Exception as error:  # noqa: BLE001  # raised by who began it
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=order) for order in (rows, rows[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    assert len(began) == 3
    assert list(Job.objects.order_by("pk").values_list("cursor", flat=True)) == [2, 2]


def test_who_never_gets_through_is_told_so(transactional_db):
    tried = []

    @atomic
    def lose():
        tried.append(1)
        raise deadlock()

    with pytest.raises(Busy):
        lose()
    assert len(tried) == TRIES


def test_a_part_of_a_transaction_is_not_begun_anew_alone(transactional_db):
    tried = []

    @atomic
    def lose():
        tried.append(1)
        raise deadlock()

    with pytest.raises(OperationalError), transaction.atomic():
        lose()
    assert len(tried) == 1


def test_what_is_no_deadlock_is_raised_at_once(transactional_db):
    tried = []

    @atomic
    def fail():
        tried.append(1)
        raise OperationalError

    with pytest.raises(OperationalError):
        fail()
    assert len(tried) == 1
