from __future__ import annotations

import json
import threading

import pytest
from django.db import connections, transaction

from core.actors import SYSTEM
from privacy.vault import outside
from privacy.vault.enums import LedgerKind
from privacy.vault.errors import DestructionsNotReplayed, KeyDestroyed, RecordOutsideBroken
from privacy.vault.keyed_hash import subject_ref
from privacy.vault.models import DataSubject, DestructionMark, LedgerEntry, SubjectKey
from privacy.vault.services import destructions, keys, sealing, subjects
from tests.vault.conftest import AT, NAME, new_subject, past_the_triggers, rows_with

LEVEL = {"default": 0, "keys": 0}
BRING_BACK = """
    UPDATE vault_subjectkey SET wrapped = %s, subject_id = %s, destroyed_at = NULL WHERE ref = %s
"""


def destroy(*people):
    return destructions.destroy_keys(people, request_ref="202600017", actor=SYSTEM, at=AT)


@pytest.mark.django_db
class TestRecord:
    def test_it_is_written_before_the_key_ends(self, subject, monkeypatch):
        monkeypatch.setattr(destructions, "tombstone", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            destroy(subject)
        [line] = outside.lines(outside.destructions_path())
        assert line.fields["request"] == "202600017"
        assert LedgerEntry.objects.filter(kind=LedgerKind.KEY_DESTROYED).count() == 1

    def test_it_names_no_subject(self, subject):
        destroy(subject)
        written = outside.destructions_path().read_text()
        assert str(subject) not in written
        assert subject.hex not in written
        assert subject_ref(subject).hex in written

    def test_destroying_again_changes_nothing(self, subject):
        assert destroy(subject) == 1
        assert destroy(subject) == 0
        assert outside.head(outside.destructions_path()).seq == 1
        assert LedgerEntry.objects.filter(kind=LedgerKind.KEY_DESTROYED).count() == 1

    def test_the_databases_are_level_with_it_afterwards(self, subject):
        destroy(subject, new_subject())
        assert destructions.head_seq() == 2
        assert destructions.lag() == LEVEL

    def test_nothing_more_is_destroyed_while_it_is_lost(self, subject):
        destroy(subject)
        outside.destructions_path().unlink()
        assert destructions.lag() == {"default": -1, "keys": -1}
        with pytest.raises(RecordOutsideBroken):
            destroy(new_subject())

    def test_an_altered_line_is_noticed(self, subject):
        destroy(subject, new_subject())
        path = outside.destructions_path()
        path.write_text(path.read_text().replace("202600017", "202600018", 1))
        with pytest.raises(RecordOutsideBroken) as broken:
            list(outside.lines(path))
        assert broken.value.extra == {"line": 1}

    def test_a_line_cut_by_a_crash_does_not_count(self, subject):
        destroy(subject)
        path = outside.destructions_path()
        with path.open("a") as file:
            file.write('{"seq": 2, "hash"')
        assert outside.head(path).seq == 1
        destroy(new_subject())
        assert [line.seq for line in outside.lines(path)] == [1, 2]
        assert all(json.loads(text) for text in path.read_text().splitlines())


@pytest.mark.django_db(transaction=True)
class TestAfterACrash:
    def test_no_key_opens_until_the_record_is_replayed(self, monkeypatch):
        subject, other = new_subject(), new_subject()
        sealed = sealing.seal(other, NAME, "张伟")
        with monkeypatch.context() as patch:
            patch.setattr(destructions, "tombstone", _power_cut)
            with pytest.raises(KeyboardInterrupt):
                destroy(subject)
        assert destructions.lag() == {"default": 1, "keys": 1}
        with pytest.raises(DestructionsNotReplayed):
            sealing.reveal(other, NAME, sealed)
        with pytest.raises(DestructionsNotReplayed):
            destroy(other)
        assert destructions.replay(at=AT).keys == 1
        assert sealing.reveal(other, NAME, sealed) == "张伟"
        with pytest.raises(KeyDestroyed):
            sealing.seal(subject, NAME, "李娜")


@pytest.mark.django_db(transaction=True)
def test_a_reader_waits_for_a_destruction_under_way(monkeypatch):
    doomed, other = new_subject(), new_subject()
    sealed = sealing.seal(other, NAME, "张伟")
    written, go_on = threading.Event(), threading.Event()
    tombstone = destructions.tombstone

    def slowly(refs, at):
        written.set()
        go_on.wait(60)
        return tombstone(refs, at)

    def run():
        destroy(doomed)
        connections.close_all()

    monkeypatch.setattr(destructions, "tombstone", slowly)
    worker = threading.Thread(target=run)
    worker.start()
    assert written.wait(60)
    assert destructions.lag()["keys"] == 1
    threading.Timer(0.3, go_on.set).start()
    assert sealing.reveal(other, NAME, sealed) == "张伟"
    assert go_on.is_set()
    worker.join()


@pytest.mark.django_db(transaction=True)
class TestAfterARestore:
    def test_a_restored_keys_database_opens_nothing_until_replayed(self):
        subject = new_subject()
        sealed = sealing.seal(subject, NAME, "张伟")
        before = SubjectKey.objects.get(pk=subject_ref(subject))
        destroy(subject)
        with past_the_triggers("keys", "vault_subjectkey") as execute:
            execute(BRING_BACK, [before.wrapped, subject, before.ref])
        DestructionMark.objects.using("keys").update(applied_seq=0)

        assert destructions.lag() == {"default": 0, "keys": 1}
        with pytest.raises(DestructionsNotReplayed):
            sealing.reveal(subject, NAME, sealed)
        replayed = destructions.replay(at=AT)
        assert (replayed.keys, replayed.restored_subjects) == (1, ())
        assert destructions.lag() == LEVEL
        with pytest.raises(KeyDestroyed):
            sealing.reveal(subject, NAME, sealed)

    def test_a_key_younger_than_the_backup_is_never_made_again(self):
        subject = new_subject()
        destroy(subject)
        with past_the_triggers("keys", "vault_subjectkey") as execute:
            execute("DELETE FROM vault_subjectkey WHERE ref = %s", [subject_ref(subject)])
        DestructionMark.objects.using("keys").update(applied_seq=0)
        destructions.replay(at=AT)
        with pytest.raises(KeyDestroyed):
            sealing.seal(subject, NAME, "张伟")

    def test_people_brought_back_into_the_main_database_are_named(self):
        erased, kept = new_subject(), new_subject()
        destroy(erased)
        subjects.forget([erased], request_ref="202600017", actor=SYSTEM, at=AT)
        assert destructions.restored_subjects() == ()
        DataSubject.objects.create(pk=erased, created_at=AT)
        DestructionMark.objects.using("default").update(applied_seq=0)

        assert destructions.lag() == {"default": 1, "keys": 0}
        assert destructions.replay(at=AT).restored_subjects == (erased,)
        assert destructions.lag() == {"default": 1, "keys": 0}
        subjects.forget([erased], request_ref="202600017", actor=SYSTEM, at=AT)
        assert destructions.replay(at=AT).restored_subjects == ()
        assert destructions.lag() == LEVEL
        assert DataSubject.objects.get().pk == kept

    def test_replaying_twice_is_harmless(self):
        subject = new_subject()
        destroy(subject)
        assert destructions.replay(at=AT) == destructions.Replayed(0, ())


@pytest.mark.django_db(transaction=True)
def test_no_key_is_destroyed_inside_a_transaction_that_may_roll_back():
    subject = new_subject()
    with pytest.raises(RuntimeError), transaction.atomic():
        destroy(subject)
    assert sealing.seal(subject, NAME, "张伟")
    assert not outside.destructions_path().exists()


@pytest.mark.django_db
def test_after_erasure_the_subject_is_found_nowhere():
    subject = new_subject()
    assert rows_with(str(subject)) == ["default.vault_datasubject", "keys.vault_subjectkey"]
    destroy(subject)
    subjects.forget([subject], request_ref="202600017", actor=SYSTEM, at=AT)
    assert rows_with(str(subject)) == []
    assert keys.live_keys([subject]) == 0


def _power_cut(*args):
    raise KeyboardInterrupt
