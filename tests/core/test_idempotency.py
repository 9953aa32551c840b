"""A repeated create gets the first answer; the same key with another body is refused."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection

from core.errors import IdempotencyConflict, IdempotencyInProgress
from core.models import IdempotencyKey
from core.services import expiry
from core.services.idempotency import Answer, Claim, once, to_keep
from organisation.models import Unit

AT = dt.datetime(2026, 3, 4, 2, 0, tzinfo=dt.UTC)


def _claim(body=b"a", key="k1", scope="tickets:caller"):
    return Claim(scope=scope, key=key, body=body)


@pytest.mark.django_db
def test_the_second_call_gets_the_first_answer_and_creates_nothing():
    made = []

    def create():
        made.append(1)
        return Answer(201, {"n": len(made)})

    first = once(_claim(), create, at=AT)
    second = once(_claim(), create, at=AT)
    assert (first.response, second.response, second.replayed) == ({"n": 1}, {"n": 1}, True)
    assert made == [1]


@pytest.mark.django_db
def test_another_body_under_the_same_key_is_refused():
    once(_claim(), lambda: Answer(201, {}), at=AT)
    with pytest.raises(IdempotencyConflict):
        once(_claim(body=b"b"), lambda: Answer(201, {}), at=AT)


@pytest.mark.django_db
def test_a_key_belongs_to_its_scope():
    once(_claim(), lambda: Answer(201, {"whose": "mine"}), at=AT)
    other = once(_claim(scope="tickets:other"), lambda: Answer(201, {"whose": "theirs"}), at=AT)
    assert other.response == {"whose": "theirs"}


@pytest.mark.django_db
def test_a_failed_create_keeps_no_key():
    def fail():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        once(_claim(), fail, at=AT)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_a_key_is_free_again_after_48_hours():
    once(_claim(), lambda: Answer(201, {"n": 1}), at=AT)
    later = once(_claim(body=b"b"), lambda: Answer(201, {"n": 2}), at=AT + dt.timedelta(hours=48))
    assert later.response == {"n": 2}


@pytest.mark.django_db
def test_expired_keys_are_deleted_and_live_ones_kept():
    once(_claim(key="old"), lambda: Answer(201, {}), at=AT - dt.timedelta(hours=49))
    once(_claim(key="new"), lambda: Answer(201, {}), at=AT)
    assert expiry.delete_expired(AT) == 1
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_a_call_beside_a_running_one_is_told_to_wait():
    inside, finish, seen = threading.Event(), threading.Event(), []

    def slow():
        inside.set()
        finish.wait(60)
        return Answer(201, {})

    def first():
        once(_claim(), slow, at=AT)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(60)
    try:
        once(_claim(), lambda: Answer(201, {}), at=AT)
    except IdempotencyInProgress as error:
        seen.append(error.code)
    finish.set()
    thread.join()
    assert seen == ["idempotency_in_progress"]
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_kept_between_looking_and_creating_is_not_doubled():
    """The lock came too late to see it: the constraint refuses the second, which keeps nothing."""

    def create():
        IdempotencyKey.objects.create(
            scope=_claim().scope,
            key=_claim().key,
            body_sha256=_claim().sha256,
            status_code=201,
            response={},
            created_at=AT,
            expires_at=AT,
        )
        return Answer(201, {})

    with pytest.raises(IdempotencyInProgress):
        once(_claim(), create, at=AT)
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
def test_an_answer_that_was_kept_with_what_it_answers_for_is_not_kept_twice():
    def create():
        answer = Answer(201, {"n": 1}, kept=True)
        to_keep(_claim(), answer, at=AT).save()
        return answer

    once(_claim(), create, at=AT)
    assert once(_claim(), create, at=AT).replayed
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db
def test_what_else_the_database_refuses_is_no_running_call():
    def create():
        Unit.objects.create(code=None)

    with pytest.raises(IntegrityError):
        once(_claim(), create, at=AT)
