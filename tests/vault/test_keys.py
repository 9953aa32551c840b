from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connections, transaction

from core.actors import SYSTEM
from privacy.vault.enums import LedgerKind
from privacy.vault.errors import (
    KeyDestroyed,
    KeyEncryptionKeyUnknown,
    KeyTooOldToAdopt,
    KeyWouldNotOutliveRollback,
    TooManyOrphanKeys,
)
from privacy.vault.keyed_hash import subject_ref
from privacy.vault.models import DataSubject, LedgerEntry, SubjectKey
from privacy.vault.router import KeysRouter
from privacy.vault.services import destructions, keys, sealing, subjects
from tests.vault.conftest import AT, NAME, new_subject

pytestmark = pytest.mark.django_db
AT_ONCE = timedelta(0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("alias", ["default", "keys"])
def test_a_key_is_refused_inside_an_open_transaction(alias):
    with pytest.raises(KeyWouldNotOutliveRollback), transaction.atomic(using=alias):
        keys.create_subject_key()
    assert not SubjectKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_key_is_committed_when_the_main_transaction_fails():
    key = keys.create_subject_key()
    with transaction.atomic():
        subjects.create_subject(key, at=AT)
        transaction.set_rollback(True)
    assert not DataSubject.objects.exists()
    assert SubjectKey.objects.get().subject_id == key.subject_id


def test_a_key_too_old_is_not_adopted():
    key = keys.FreshKey(keys.create_subject_key().subject_id, b"", time.monotonic() - 3601)
    with pytest.raises(KeyTooOldToAdopt):
        subjects.create_subject(key, at=AT)
    with pytest.raises(KeyTooOldToAdopt):
        subjects.create_subjects([key], at=AT)
    assert not DataSubject.objects.exists()


def test_many_keys_are_made_at_once(django_assert_num_queries):
    fresh = keys.create_subject_keys(50)
    people = subjects.create_subjects(fresh, at=AT)
    assert len({person.trace for person in people}) == 50
    assert SubjectKey.objects.count() == 50
    opened = keys.open_keys([person.pk for person in people])
    assert opened.live == {key.subject_id: key.data_key for key in fresh}


def test_the_data_key_is_stored_wrapped_only():
    key = keys.create_subject_key()
    row = SubjectKey.objects.get(pk=subject_ref(key.subject_id))
    assert key.data_key not in bytes(row.wrapped)
    assert row.kek_id == next(iter(django_settings.KEY_ENCRYPTION_KEYS))


class TestTombstone:
    @pytest.fixture
    def ref(self, subject):
        destructions.destroy_keys([subject], request_ref="42", actor=SYSTEM, at=AT)
        return subject_ref(subject)

    def test_it_keeps_neither_key_nor_subject(self, ref):
        row = SubjectKey.objects.get(pk=ref)
        assert (row.wrapped, row.subject_id, row.destroyed_at) == (None, None, AT)

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM vault_subjectkey WHERE ref = %(ref)s",
            """UPDATE vault_subjectkey SET wrapped = 'x', subject_id = ref, destroyed_at = NULL
               WHERE ref = %(ref)s""",
            "UPDATE vault_subjectkey SET kek_id = 'k9' WHERE ref = %(ref)s",
            """INSERT INTO vault_subjectkey (ref, subject_id, kek_id, wrapped)
               VALUES (%(ref)s, %(ref)s, 'k1', 'x')""",
        ],
        ids=["deleted", "given a key", "touched", "inserted again"],
    )
    def test_it_cannot_be(self, ref, statement):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(using="keys"),
            connections["keys"].cursor() as cursor,
        ):
            cursor.execute(statement, {"ref": ref})

    def test_a_key_is_never_half_destroyed(self):
        row = SubjectKey.objects.get(pk=subject_ref(new_subject()))
        with pytest.raises(IntegrityError), transaction.atomic(using="keys"):
            SubjectKey.objects.filter(pk=row.pk).update(wrapped=None)

    def test_a_live_key_is_not_given_to_another_subject(self, subject):
        other = new_subject()
        with pytest.raises(IntegrityError), transaction.atomic(using="keys"):
            SubjectKey.objects.filter(pk=subject_ref(subject)).update(subject_id=other)


class TestSweep:
    def test_a_key_nobody_came_for_is_destroyed_after_a_day(self, subject):
        orphan = keys.create_subject_key().subject_id
        assert keys.sweep_orphan_keys(at=AT) == 0
        assert keys.sweep_orphan_keys(at=AT, older_than=AT_ONCE) == 1
        with pytest.raises(KeyDestroyed):
            sealing.seal(orphan, NAME, "张伟")
        assert sealing.seal(subject, NAME, "张伟")
        assert LedgerEntry.objects.get(kind=LedgerKind.ORPHAN_KEYS_SWEPT).object_count == 1

    def test_it_finds_orphans_over_many_batches(self, monkeypatch):
        monkeypatch.setattr(keys, "BATCH", 3)
        subjects.create_subjects(keys.create_subject_keys(7), at=AT)
        keys.create_subject_keys(4)
        assert keys.sweep_orphan_keys(at=AT, older_than=AT_ONCE) == 4
        assert SubjectKey.objects.filter(destroyed_at__isnull=True).count() == 7

    def test_more_than_a_crash_explains_destroys_nothing(self):
        keys.create_subject_keys(4)
        with pytest.raises(TooManyOrphanKeys) as refused:
            keys.sweep_orphan_keys(at=AT, older_than=AT_ONCE, most=3)
        assert refused.value.extra == {"count": 4}
        assert not SubjectKey.objects.filter(destroyed_at__isnull=False).exists()


class TestKeyEncryptionKeys:
    def test_a_new_one_wraps_while_the_old_one_still_opens(self, subject, settings):
        sealed = sealing.seal(subject, NAME, "张伟")
        settings.KEY_ENCRYPTION_KEYS = {"k2": bytes(range(32)), **settings.KEY_ENCRYPTION_KEYS}
        assert sealing.reveal(subject, NAME, sealed) == "张伟"
        assert SubjectKey.objects.get(pk=subject_ref(new_subject())).kek_id == "k2"

    def test_after_wrapping_anew_the_old_one_can_go(self, subject, settings):
        sealed = sealing.seal(subject, NAME, "张伟")
        settings.KEY_ENCRYPTION_KEYS = {"k2": bytes(range(32)), **settings.KEY_ENCRYPTION_KEYS}
        assert keys.rewrap_keys(actor=SYSTEM, at=AT) == 1
        assert keys.rewrap_keys(actor=SYSTEM, at=AT) == 0
        settings.KEY_ENCRYPTION_KEYS = {"k2": bytes(range(32))}
        assert sealing.reveal(subject, NAME, sealed) == "张伟"

    def test_one_that_is_missing_is_named_so(self, subject, settings):
        settings.KEY_ENCRYPTION_KEYS = {"k2": bytes(range(32))}
        with pytest.raises(KeyEncryptionKeyUnknown):
            sealing.seal(subject, NAME, "张伟")


@pytest.mark.parametrize(
    ("alias", "app", "model", "hints", "goes"),
    [
        ("keys", "vault", "subjectkey", {}, True),
        ("default", "vault", "subjectkey", {}, False),
        ("keys", "vault", "datasubject", {}, False),
        ("default", "vault", "datasubject", {}, True),
        ("keys", "vault", "destructionmark", {}, True),
        ("default", "vault", "destructionmark", {}, True),
        ("keys", "vault", None, {}, False),
        ("keys", "vault", None, {"database": "keys"}, True),
        ("default", "vault", None, {"database": "keys"}, False),
        ("keys", "complaints", "ticket", {}, False),
        ("keys", "complaints", None, {}, False),
        ("default", "complaints", "ticket", {}, True),
    ],
)
def test_only_keys_live_in_the_keys_database(alias, app, model, hints, goes):
    assert KeysRouter().allow_migrate(alias, app, model, **hints) is goes


def test_the_keys_database_holds_no_other_table():
    tables = connections["keys"].introspection.table_names()
    assert set(tables) == {"django_migrations", "vault_subjectkey", "vault_destructionmark"}
    assert "vault_subjectkey" not in connections["default"].introspection.table_names()
