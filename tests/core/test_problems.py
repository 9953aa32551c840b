"""What the API answers when it cannot do what it is asked."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_is_answered_with_try_again(client):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    _end_connection(pid)
    answer = client.get("/api/v1/tickets/", headers={"Authorization": "Bearer nobody"})
    connection.close()  # the next one finds the database well again

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"
    again = client.get("/api/v1/tickets/", headers={"Authorization": "Bearer nobody"})
    assert again.status_code == 401


def _end_connection(pid):
    config, role = connection.settings_dict, settings.DATABASES["default"]
    where = make_conninfo(
        host=config["HOST"],
        port=config["PORT"],
        dbname=config["NAME"],
        user=role["USER"],
        password=role["PASSWORD"],
    )
    with psycopg.connect(where) as other:
        assert other.execute("SELECT pg_terminate_backend(%s)", [pid]).fetchone() == (True,)
