from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from core.actors import SYSTEM, Actor
from core.database_roles import as_owner
from privacy.vault import outside, tasks
from privacy.vault.enums import LedgerKind
from privacy.vault.errors import LedgerBroken
from privacy.vault.models import LedgerEntry, LedgerSeal, LedgerSealMember
from privacy.vault.services import ledger, ledger_check
from privacy.vault.services.ledger_check import Fault, Finding
from tests.vault.conftest import AT, past_the_triggers

TABLES = ("vault_ledgerentry", "vault_ledgerseal", "vault_ledgersealmember")
FROZEN = {
    "vault_ledgerentry": "at = now()",
    "vault_ledgerseal": "entries = 0",
    "vault_ledgersealmember": "digest = ''",
    "vault_consentevent": "at = now()",
    "vault_reveallog": "at = now()",
}
SET = "UPDATE vault_ledgerentry SET {} = %s WHERE id = %s"
FORGED = {
    "at": AT + timedelta(seconds=1),
    "recorded_at": AT,
    "kind": "export_made",
    "actor_kind": "machine",
    "actor_id": 8,
    "request_ref": "202600018",
    "object_kind": "a.b",
    "object_count": 1,
    "reason_code": "on_request",
}


@pytest.fixture
def empty_ledger(transactional_db):
    """Without the entries that the reference data left."""
    with past_the_triggers("default", *TABLES) as execute:
        execute("DELETE FROM vault_ledgerentry", [])


def write(count=1, **fields):
    fields.setdefault("request_ref", "202600017")
    entries = [
        ledger.append(LedgerKind.ERASURE_STEP_DONE, actor=Actor.staff(7), at=AT, **fields)
        for _ in range(count)
    ]
    return [entry.pk for entry in entries]


def verify():
    return ledger_check.verify(at=AT)


@pytest.mark.django_db
class TestAppend:
    def test_an_entry_names_its_doer_and_the_request(self):
        [pk] = write(object_kind="complaints.textentry", object_count=3, reason_code="on_request")
        entry = LedgerEntry.objects.get(pk=pk)
        assert (entry.actor_kind, entry.actor_id) == ("staff", 7)
        assert (entry.at, entry.object_count) == (AT, 3)
        assert entry.recorded_at > AT

    @pytest.mark.parametrize(
        "fields",
        [
            {"reason_code": "张伟 要求删除"},
            {"request_ref": "请求 17"},
            {"request_ref": "zhang.wei@example.com"},
            {"object_kind": "某人的工单"},
        ],
    )
    def test_nothing_but_codes_fits_in(self, fields):
        with pytest.raises(IntegrityError), transaction.atomic():
            write(**fields)

    def test_the_doer_of_an_entry_is_never_missing(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            LedgerEntry.objects.create(kind=LedgerKind.EXPORT_MADE, at=AT, actor_kind="staff")


@pytest.mark.usefixtures("empty_ledger")
def test_not_even_the_owner_changes_what_was_written():
    write()
    with as_owner(), connection.cursor() as cursor:
        for table, column in FROZEN.items():
            for act in (
                f"UPDATE {table} SET {column}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with pytest.raises(IntegrityError, match="is refused"):
                    cursor.execute(act)
    assert LedgerEntry.objects.count() == 1


@pytest.mark.usefixtures("empty_ledger")
class TestChain:
    def test_an_untouched_ledger_is_intact(self, monkeypatch):
        monkeypatch.setattr(ledger, "BATCH", 3)
        write(7)
        assert ledger.seal(at=AT) == 7
        assert ledger.seal(at=AT) == 0
        write(1)
        assert ledger.seal(at=AT) == 1
        assert list(LedgerSeal.objects.values_list("entries", flat=True)) == [3, 3, 1, 1]
        assert verify() == []

    def test_a_changed_entry_is_named_whichever_column_it_was(self):
        broken = write(3)[1]
        ledger.seal(at=AT)
        for column, forged in FORGED.items():
            with past_the_triggers("default", *TABLES) as execute:
                true = LedgerEntry.objects.values_list(column, flat=True).get(pk=broken)
                execute(SET.format(column), [forged, broken])
                assert verify() == [Finding(Fault.ENTRY_CHANGED, broken)], column
                execute(SET.format(column), [true, broken])
        assert verify() == []

    def test_a_removed_entry_is_named(self):
        gone = write(3)[0]
        ledger.seal(at=AT)
        with past_the_triggers("default", *TABLES) as execute:
            execute("DELETE FROM vault_ledgerentry WHERE id = %s", [gone])
        assert verify() == [Finding(Fault.ENTRY_MISSING, gone)]

    def test_an_entry_removed_with_its_membership_breaks_the_seal(self):
        gone = write(3)[2]
        ledger.seal(at=AT)
        with past_the_triggers("default", *TABLES) as execute:
            execute("DELETE FROM vault_ledgerentry WHERE id = %s", [gone])
            execute("DELETE FROM vault_ledgersealmember WHERE entry_id = %s", [gone])
        assert verify() == [Finding(Fault.SEAL_BROKEN, 1)]

    def test_a_changed_entry_with_a_matching_digest_breaks_the_seal(self):
        [pk] = write()
        ledger.seal(at=AT)
        with past_the_triggers("default", *TABLES) as execute:
            execute("UPDATE vault_ledgerentry SET actor_id = 8", [])
            digest = ledger.digest_of(LedgerEntry.objects.get(pk=pk))
            execute("UPDATE vault_ledgersealmember SET digest = %s", [digest])
        assert verify() == [Finding(Fault.SEAL_BROKEN, 1)]

    def test_a_resealed_link_no_longer_fits_the_next(self):
        first = write()[0]
        ledger.seal(at=AT)
        write()
        ledger.seal(at=AT)
        with past_the_triggers("default", *TABLES) as execute:
            execute("UPDATE vault_ledgerentry SET actor_id = 8 WHERE id = %s", [first])
            digest = ledger.digest_of(LedgerEntry.objects.get(pk=first))
            execute(
                "UPDATE vault_ledgersealmember SET digest = %s WHERE entry_id = %s",
                [digest, first],
            )
            seal = LedgerSeal.objects.get(number=1)
            forged = ledger.hash_of(seal, [(first, digest)])
            execute("UPDATE vault_ledgerseal SET hash = %s WHERE number = 1", [forged])
        assert verify() == [Finding(Fault.LINK_BROKEN, 2)]

    def test_a_missing_link_is_named(self):
        for _ in range(3):
            write()
            ledger.seal(at=AT)
        with past_the_triggers("default", *TABLES) as execute:
            execute("DELETE FROM vault_ledgersealmember WHERE seal_id = 2", [])
            execute("DELETE FROM vault_ledgerseal WHERE number = 2", [])
        assert verify()[0] == Finding(Fault.LINK_BROKEN, 3)

    def test_a_cut_end_is_told_by_the_published_head(self):
        write()
        ledger.seal(at=AT)
        ledger.publish_head()
        with past_the_triggers("default", *TABLES) as execute:
            for table in reversed(TABLES):
                execute(f"DELETE FROM {table}", [])
        assert verify() == [Finding(Fault.HEAD_MISSING, 1)]

    def test_a_chain_written_anew_is_told_by_the_published_head(self):
        write()
        ledger.seal(at=AT)
        ledger.publish_head()
        with past_the_triggers("default", *TABLES) as execute:
            execute("DELETE FROM vault_ledgersealmember", [])
            execute("DELETE FROM vault_ledgerseal", [])
            execute("UPDATE vault_ledgerentry SET actor_id = 8", [])
        ledger.seal(at=AT)
        assert verify() == [Finding(Fault.HEAD_CHANGED, 1)]

    def test_a_published_head_that_was_edited_is_told(self):
        write()
        ledger.seal(at=AT)
        ledger.publish_head()
        path = outside.heads_path()
        path.write_text(path.read_text().replace('"number": 1', '"number": 2'))
        assert verify() == [Finding(Fault.RECORD_OUTSIDE_BROKEN, 1)]

    def test_a_head_is_published_once(self):
        assert ledger.publish_head() is None
        write()
        ledger.seal(at=AT)
        ledger.publish_head()
        ledger.publish_head()
        assert len(list(outside.lines(outside.heads_path()))) == 1

    def test_an_entry_that_commits_late_is_sealed_later(self):
        begun, finish = threading.Event(), threading.Event()

        def slow():
            with transaction.atomic():
                write()
                begun.set()
                finish.wait(60)
            connection.close()

        worker = threading.Thread(target=slow)
        worker.start()
        assert begun.wait(60)
        write()
        assert ledger.seal(at=AT) == 1
        finish.set()
        worker.join()
        assert ledger.seal(at=AT + timedelta(minutes=1)) == 1
        late, early = LedgerSeal.objects.order_by("first_id")
        assert (early.number, late.number) == (1, 2)
        assert verify() == []

    def test_an_entry_that_was_never_sealed_is_named_after_a_day(self):
        [pk] = write()
        recorded = LedgerEntry.objects.get(pk=pk).recorded_at
        assert ledger_check.verify(at=recorded + timedelta(hours=23)) == []
        assert ledger_check.verify(at=recorded + timedelta(hours=25)) == [
            Finding(Fault.ENTRY_UNSEALED, pk)
        ]

    def test_two_sealers_do_not_seal_twice(self):
        write(2)
        locked, done = threading.Event(), threading.Event()

        def other():
            with transaction.atomic():
                assert ledger._sole_sealer()
                locked.set()
                done.wait(60)
            connection.close()

        worker = threading.Thread(target=other)
        worker.start()
        assert locked.wait(60)
        assert ledger.seal(at=AT) == 0
        done.set()
        worker.join()
        assert ledger.seal(at=AT) == 2
        assert LedgerSealMember.objects.count() == 2


@pytest.mark.usefixtures("empty_ledger")
class TestDoors:
    def test_command_and_task_pass_over_an_intact_ledger(self, capsys):
        write()
        assert tasks.seal_ledger() == 1
        assert tasks.publish_ledger_head() == 1
        assert tasks.verify_ledger() == 0
        call_command("verify_ledger")
        assert "intact" in capsys.readouterr().out

    def test_command_and_task_fail_on_a_broken_one(self, capsys):
        [pk] = write()
        tasks.seal_ledger()
        with past_the_triggers("default", *TABLES) as execute:
            execute("UPDATE vault_ledgerentry SET actor_id = 8", [])
        with pytest.raises(LedgerBroken):
            tasks.verify_ledger()
        with pytest.raises(CommandError):
            call_command("verify_ledger")
        assert f"entry_changed {pk}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "task",
    [
        tasks.seal_ledger,
        tasks.publish_ledger_head,
        tasks.verify_ledger,
        tasks.sweep_orphan_keys,
        tasks.replay_destructions,
        tasks.expire_consents,
    ],
)
def test_tasks_are_named_and_limited(task):
    assert task.name == f"vault.{task.__name__}"
    assert 0 < task.soft_time_limit < task.time_limit


def test_system_entries_have_no_doer_id(db):
    entry = ledger.append(LedgerKind.KEYS_REWRAPPED, actor=SYSTEM, at=AT)
    assert (entry.actor_kind, entry.actor_id) == ("system", None)
