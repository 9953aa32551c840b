from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from core.actors import SYSTEM
from privacy.vault.crypto import OVERHEAD
from privacy.vault.errors import KeyDestroyed, KeyMissing, SealBroken
from privacy.vault.fields import SealedField
from privacy.vault.services import destructions, keys, sealing
from privacy.vault.services.blind_index import blind_index
from tests.vault.conftest import AT, NAME, PHONE, new_subject

pytestmark = pytest.mark.django_db


def test_a_sealed_text_opens_for_its_subject_and_field(subject):
    sealed = sealing.seal(subject, NAME, "欧阳海棠")
    assert "欧阳海棠".encode() not in sealed
    assert sealing.reveal(subject, NAME, sealed) == "欧阳海棠"


def test_a_value_moved_to_another_field_does_not_open(subject):
    sealed = sealing.seal(subject, NAME, "13800001234")
    with pytest.raises(SealBroken):
        sealing.reveal(subject, PHONE, sealed)


def test_a_value_moved_to_another_subject_does_not_open(subject):
    sealed = sealing.seal(subject, NAME, "张伟")
    with pytest.raises(SealBroken):
        sealing.reveal(new_subject(), NAME, sealed)


def test_nothing_is_sealed_or_opened_without_a_key():
    with pytest.raises(KeyMissing):
        sealing.seal(uuid4(), NAME, "张伟")
    with pytest.raises(KeyMissing):
        sealing.reveal(uuid4(), NAME, b"\x01" * 40)


def test_after_the_key_is_destroyed_nothing_opens_and_nothing_is_sealed(subject):
    sealed = sealing.seal(subject, NAME, "张伟")
    destructions.destroy_keys([subject], request_ref="42", actor=SYSTEM, at=AT)
    with pytest.raises(KeyDestroyed):
        sealing.reveal(subject, NAME, sealed)
    with pytest.raises(KeyDestroyed):
        sealing.seal(subject, NAME, "李娜")


def test_many_are_opened_in_order_with_one_query(subject, django_assert_num_queries):
    people = [subject, *(new_subject() for _ in range(4))]
    sealed = sealing.seal_many((person, NAME, f"住户{n}") for n, person in enumerate(people))
    destructions.destroy_keys([people[2]], request_ref="42", actor=SYSTEM, at=AT)
    items = [(person, NAME, each) for person, each in zip(people, sealed, strict=True)]
    items += [(None, NAME, None), (subject, NAME, None), (uuid4(), NAME, sealed[0])]
    with django_assert_num_queries(1, connection=_keys()), django_assert_num_queries(0):
        names = sealing.reveal_many(items)
    assert names == ["住户0", "住户1", None, "住户3", "住户4", None, None, None]


def test_a_list_without_sealed_values_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0, connection=_keys()):
        assert sealing.reveal_many([(None, NAME, None)]) == [None]


def test_many_are_sealed_with_one_query(subject, django_assert_num_queries):
    with django_assert_num_queries(1, connection=_keys()):
        name, phone = sealing.seal_many([(subject, NAME, "张伟"), (subject, PHONE, "138")])
    assert sealing.reveal(subject, NAME, name) == "张伟"
    assert sealing.reveal(subject, PHONE, phone) == "138"


def test_fresh_keys_seal_without_a_query(django_assert_num_queries):
    fresh = keys.create_subject_keys(3)
    ring = sealing.KeyRing.of_fresh(fresh)
    with django_assert_num_queries(0, connection=_keys()):
        sealed = [ring.seal(key.subject_id, NAME, "张伟") for key in fresh]
    assert sealing.reveal(fresh[2].subject_id, NAME, sealed[2]) == "张伟"


def test_no_key_shows_in_a_traceback(subject):
    [fresh] = keys.create_subject_keys(1)
    ring = sealing.KeyRing.open([subject])
    assert fresh.data_key not in repr(fresh).encode()
    assert repr(ring) == "KeyRing(destroyed=frozenset())"


def test_a_sealed_column_refuses_clear_and_overlong_bytes():
    check = SealedField(max_plain_length=60)
    check.set_attributes_from_name("sealed")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE t (sealed bytea CHECK ({check.db_check(connection)}))"
        )
        cursor.execute("INSERT INTO t VALUES (%s), (NULL)", [bytes(OVERHEAD + 240)])
        for refused in (b"13800001234", bytes(OVERHEAD + 241)):
            with pytest.raises((IntegrityError, DataError)), transaction.atomic():
                cursor.execute("INSERT INTO t VALUES (%s)", [refused])


def test_a_blind_index_finds_equal_values_of_one_kind_only(settings):
    index = blind_index("phone", "+8613800001234")
    assert len(index) == 32
    assert index == blind_index("phone", "+8613800001234")
    assert index != blind_index("email", "+8613800001234")
    assert index != blind_index("phone", "+8613800001235")
    settings.BLIND_INDEX_KEY = bytes(32)
    assert index != blind_index("phone", "+8613800001234")


def _keys():
    from django.db import connections

    return connections["keys"]
