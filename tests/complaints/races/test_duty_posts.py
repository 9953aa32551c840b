"""Two who change duty posts in the same moment: neither waits for the other for ever."""

import datetime as dt
import threading

import pytest
from django.db import connection

from core.actors import SYSTEM
from organisation.services import posts, staff
from tests.complaints.races.together import at_once, codes, kept
from tests.factories import A_MORNING, make_post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

TODAY = dt.date(2026, 3, 4)


@pytest.fixture
def others(company):
    """Two duty posts more, made after the one that there is."""
    return [make_post("duty_officer", company.group) for _ in range(2)]


def ending(post):
    return lambda: posts.end(post, on=TODAY, actor=SYSTEM, at=A_MORNING)


def leaving(post):
    return lambda: staff.leave(post.holder, on=TODAY, actor=SYSTEM, at=A_MORNING)


def wait_until_two_wait():
    with connection.cursor() as cursor:
        for _ in range(3_000):
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0] == 2:
                return
            cursor.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("they do not wait")


@pytest.mark.parametrize("second", [ending, leaving])
def test_two_end_while_somebody_has_the_first_one(company, others, second):
    """Both wait for it, and nobody had locked their own before that."""
    outcomes = []
    calls = ending(others[0]), second(others[1])
    with kept(company.duty):
        thread = threading.Thread(target=lambda: outcomes.extend(at_once(*calls)))
        thread.start()
        wait_until_two_wait()
    thread.join(timeout=120)
    assert codes(outcomes) == ["done", "done"]
    assert posts.duty_queue(at=A_MORNING) == company.duty


def test_of_the_last_two_one_stays(company):
    other = make_post("duty_officer", company.group)
    outcomes = at_once(ending(company.duty), ending(other))
    assert codes(outcomes) == ["done", "duty_queue_empty"]
    assert posts.duty_queue_is_filled(at=A_MORNING)
