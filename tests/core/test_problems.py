"""What the API answers when it cannot do what it is asked."""

import datetime as dt
import json

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from core.api import problems
from core.errors import LimitReached
from core.unexpected import server_error
from tests.factories import StaffFactory


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_is_answered_with_try_again(client):
    _lose_the_database()
    answer = client.get("/api/v1/tickets/", headers={"Authorization": "Bearer nobody"})
    connection.close()  # the next one finds the database well again

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"
    again = client.get("/api/v1/tickets/", headers={"Authorization": "Bearer nobody"})
    assert again.status_code == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/api/v1/tickets/", "application/problem+json"), ("/console/", "text/html; charset=utf-8")],
)
def test_nor_is_it_a_fault_of_the_desk_for_who_is_signed_in(client, path, media_type):
    """Their session is read before any view is asked."""
    client.force_login(StaffFactory(), backend="organisation.auth.PostBackend")
    client.raise_request_exception = False
    _lose_the_database()
    answer = client.get(path)
    connection.close()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == media_type


def test_who_was_too_often_is_told_when_to_come_back():
    at = dt.datetime(2026, 3, 4, 3, tzinfo=dt.UTC)
    answer = problems.handle(LimitReached(retry_at=at), {})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "Wed, 04 Mar 2026 03:00:00 GMT"
    assert answer.data["retry_at"] == "2026-03-04T03:00:00+00:00"


@pytest.mark.django_db
def test_no_cache_keeps_an_answer(client):
    for path in ("/api/v1/me/", "/api/v1/privacy/policies/", "/api/v1/tickets/"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def test_any_other_fault_is_one_of_the_desk(rf):
    try:
        raise RuntimeError
    except RuntimeError:
        answer = server_error(rf.get("/api/v1/tickets/"))
        page = server_error(rf.get("/console/"))
    assert (answer.status_code, page.status_code) == (500, 500)
    assert json.loads(answer.content)["code"] == "unexpected"
    assert page.headers["Content-Type"].startswith("text/html")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/", 404, "not_found"),
        ("get", "/api/v1/nothing/", 404, "not_found"),
        ("post", "/api/v1/nothing", 404, "not_found"),
        ("get", "/api/v2/tickets/", 404, "not_found"),
        ("get", "/api/v1/tickets/not-a-number/", 404, "not_found"),
        ("get", "/api/v1/tickets/%00/", 404, "not_found"),
        ("get", "/api/v1/tickets/?q=%00", 400, "malformed"),
        ("delete", "/api/v1/tickets/", 405, "method_not_allowed"),
        ("get", "/api/v1/routing/rules/", 403, "not_allowed"),
    ],
)
def test_whatever_is_asked_of_the_api_the_answer_is_a_problem(
    client, company, method, path, status, code
):
    client.force_login(company.steward.holder)
    answer = getattr(client, method)(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "code", "detail"} <= set(answer.json())
    assert (answer.json()["status"], answer.json()["code"]) == (status, code)


@pytest.mark.django_db
def test_a_body_that_is_no_json_is_a_problem(client, company):
    client.force_login(company.steward.holder)
    path, headers = "/api/v1/tickets/", {"Idempotency-Key": "k"}
    answer = client.post(path, "{", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_page_that_is_not_there_stays_a_page(client, company):
    client.force_login(company.steward.holder)
    for path, status in (("/console/nothing/", 404), ("/console/settings/", 403), ("/%00", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("text/html")


def _lose_the_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    _end_connection(pid)


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
