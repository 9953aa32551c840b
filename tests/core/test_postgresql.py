"""The backend's savings change nothing that can be seen."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection
from django.db.backends.postgresql import base

from core.clock import database_now
from core.postgresql import base as backend
from tests.factories import A_MORNING


def ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


@pytest.fixture
def others(transactional_db):
    """Ends our connection from another one, as a server that goes away does."""

    def end():
        pid = ask("SELECT pg_backend_pid()")
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.close()

    return end


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [
        A_MORNING,
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 4, 10, 0, tzinfo=timezone(timedelta(hours=8))),
    ],
)
def test_moments_are_read_in_utc_to_the_microsecond(moment):
    found = ask("SELECT %s::timestamptz", moment)
    assert found == moment
    assert found.tzinfo is UTC


@pytest.mark.django_db
def test_lists_of_moments_too():
    assert ask("SELECT ARRAY[%s::timestamptz, NULL]", A_MORNING) == [A_MORNING, None]


def test_a_silent_connection_is_usable_and_is_not_asked(transactional_db, monkeypatch):
    asked = []
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: bool(asked.append(self)))
    database_now()
    assert connection.is_usable()
    assert not asked


def test_a_connection_that_the_server_ended_is_not(others):
    others()
    assert not connection.is_usable()
    connection.close()


def test_a_request_after_that_finds_a_new_one(others, client):
    others()
    connection.close_if_unusable_or_obsolete()
    connection.health_check_done = False
    assert abs(database_now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_aborted_transaction_is_not_usable(transactional_db):
    connection.set_autocommit(False)
    with pytest.raises(DatabaseError):
        ask("SELECT 1 / 0")
    assert not connection.is_usable()
    connection.rollback()
    connection.set_autocommit(True)
    assert connection.is_usable()


@pytest.mark.django_db
def test_a_statement_with_many_places_is_taken_apart_once():
    """The driver itself remembers those of up to fifty places."""
    values = list(range(120))
    sql = f"SELECT ARRAY[{', '.join(['%s'] * len(values))}]"
    before = backend._taken_apart.cache_info()
    assert ask(sql, *values) == ask(sql, *values) == values
    after = backend._taken_apart.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)


@pytest.mark.django_db
def test_a_statement_that_never_comes_again_is_not_remembered():
    values = list(range(backend.MOST_PLACES + 1))
    before = backend._taken_apart.cache_info()
    assert ask(f"SELECT ARRAY[{', '.join(['%s'] * len(values))}]", *values) == values
    assert backend._taken_apart.cache_info() == before
