"""The proof of erasure: a person who exists nowhere else is looked for everywhere.

A unique name, number and address travel through every flow there is; after the erasure they, the
subject's id and the home's id are looked for in a copy of both databases, in their heap files after
VACUUM FULL, in files, Redis, logs (PostgreSQL's too) and messages. What is looked for is found
before, so that the search itself is proven.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import time
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.test import Client
from PIL import Image
from psycopg import sql

from complaints.enums import State
from complaints.models import Ticket
from complaints.services import timeline
from core.actors import SYSTEM, Actor
from core.clock import database_now
from notifications.models import Message, Notice
from privacy.rights.enums import RequestKind, RequestState
from privacy.rights.models import Certificate, PrivacyRequest
from privacy.rights.services import certificates, execution, mentions
from privacy.vault.enums import Application, ConsentChannel, ConsentOutcome
from privacy.vault.models import DataSubject, LedgerEntry
from privacy.vault.services import consent, policies
from quality.models import Checklist
from quality.result import result
from quality.services import rounds
from residents.enums import CodePurpose
from residents.models import Call, Person
from residents.services import devices, people, sign_in
from tests.factories import (
    A_MORNING,
    machine_caller,
    make_machine_key,
    make_post,
    make_ticket,
)
from tests.rights.conftest import NAME, NEW_NAME, PHONE, approved, closed_ticket

EMAIL = "canary-7b1f@desk.example"
HOME_ID = 918_273_645_501
NEEDLES = (NAME, NEW_NAME, PHONE, f"+86{PHONE}", EMAIL, "138 7776 6655")


def _photo():
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(buffer, "JPEG")
    buffer.seek(0)
    return buffer


def _databases():
    for alias in settings.DATABASES:
        connections[alias].close()
        config = connections[alias].settings_dict
        owner = settings.OWNER_DATABASES[alias]
        yield psycopg.connect(
            host=config["HOST"],
            port=config["PORT"],
            dbname=config["NAME"],
            user=owner["USER"],
            password=owner["PASSWORD"],
            autocommit=True,
        )


def _copy_of(connection):
    """Every table as text, as a dump would write it: table name to its rows."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    for (table,) in tables:
        chunks = []
        statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with connection.cursor().copy(statement) as copy:
            chunks = [bytes(chunk) for chunk in copy]
        yield table, b"".join(chunks)


def _rows_naming(needles):
    """(table, needle) wherever a row of either database holds one."""
    found = set()
    for connection in _databases():
        with connection:
            for table, rows in _copy_of(connection):
                found |= {(table, needle) for needle in needles if needle.encode() in rows}
    return found


def _wait_for_older_transactions(connection):
    """VACUUM keeps what any transaction of the server, in whichever database, began before."""
    (now,) = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    for _ in range(600):
        oldest = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        if connection.execute(oldest).fetchone()[0] > now:
            return
        time.sleep(1)
    raise AssertionError("a transaction did not end")


def _heap_files():
    """The files of both test databases, by the relation they hold. The application never reads
    them; a thief would."""
    home = Path(settings.DATA_DIR)
    where = home / "where"
    base = (Path(where.read_text().strip()) if where.exists() else home) / "pg" / "base"
    for connection in _databases():
        with connection:
            _wait_for_older_transactions(connection)
            connection.execute("VACUUM (FULL, ANALYZE)")
            rows = connection.execute(
                "SELECT pg_relation_filenode(oid)::text, relname FROM pg_class"
            ).fetchall()
            (oid,) = connection.execute(
                "SELECT oid FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        names = dict(rows)
        for file in (base / str(oid)).iterdir():
            yield names.get(file.name.partition(".")[0], file.name), file.read_bytes()


def _heap_holds(needles):
    """(relation, needle). The planner's samples may keep a random id until they are taken anew;
    they never hold words (migration `statistics_hold_no_words`), and words are looked for."""
    found = set()
    for relation, data in _heap_files():
        wanted = [n for n in needles if relation != "pg_statistic" or isinstance(n, str)]
        for needle in wanted:
            if (needle if isinstance(needle, bytes) else needle.encode()) in data:
                found.add((relation, needle))
    return found


def _files_naming(folder, needles):
    return {
        (str(file), needle)
        for file in Path(folder).rglob("*")
        if file.is_file() and "/pg/" not in str(file)
        for needle in needles
        if needle.encode() in file.read_bytes()
    }


def _redis_names(needles):
    client = redis.Redis.from_url(settings.REDIS_URL)
    found = set()
    for key in client.scan_iter():
        data = key + (client.dump(key) or b"")
        found |= {needle for needle in needles if needle.encode() in data}
    return found


@pytest.fixture
def life(office, person, codes, company, tmp_path):
    """Everything the desk can come to hold about one person."""
    me = Actor.reporter(person.subject_id)
    devices.issue(person.subject_id, at=A_MORNING)
    sign_in.request_code(PHONE, CodePurpose.SIGN_IN, address="127.0.0.1", at=A_MORNING)
    consent.record(
        person.subject_id,
        purpose="satisfaction_survey",
        outcome=ConsentOutcome.REFUSED,
        channel=ConsentChannel.WEB,
        actor=me,
        at=A_MORNING,
        policy=policies.in_force(Application.RESIDENTS_APP, language="zh-hans", at=A_MORNING),
        device=f"{NAME} 的手机",
    )
    request = approved(
        office, person, codes, kind=RequestKind.CORRECT, field="name", value=NEW_NAME
    )
    execution.carry_out(request, at=A_MORNING)
    ticket = closed_ticket(company, person, _photo())
    agent = Actor.staff(company.agent.holder_id)
    _calls(company)
    timeline.note(ticket, actor=agent, text=f"{NAME}说周末在家", at=A_MORNING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(name_index=None)
    assert Message.objects.filter(subject_id=person.subject_id).exists()
    return ticket


def _calls(company):
    """One that is taken down just now, and one of which nobody knows whose it was."""
    exchange = machine_caller(make_machine_key("calls.report"))
    desktop = Client()
    desktop.force_login(company.agent.holder)
    for call_id in ("canary-1", "canary-2"):
        body = {
            "call_id": call_id,
            "state": "answered",
            "caller": PHONE,
            "agent": company.agent.holder.username,
            "at": database_now().isoformat(),
        }
        assert exchange.post("/api/v1/calls/", body).status_code == 201
    call = Call.objects.get(call_id="canary-1")
    page = desktop.get(f"/console/calls/{call.public_id}/").content.decode()
    handle = re.search(r'name="caller" value="([^"]+)"', page)[1]
    typed = {"step": "intake", "caller": handle, "body": f"我是{NAME}，电话 {PHONE}"}
    kept = desktop.post(f"/console/calls/{call.public_id}/draft/", typed)
    assert kept.status_code == 204
    assert Call.objects.filter(subject__isnull=False, draft_sealed__isnull=False).count() == 1
    assert Call.objects.filter(subject__isnull=True, number_index__isnull=False).count() == 1


def _round(company, at):
    manager = Actor.staff(make_post("quality_manager", company.group).holder_id)
    plan = rounds.Plan(
        name="Q1",
        starts_at=A_MORNING - dt.timedelta(days=30),
        ends_at=A_MORNING + dt.timedelta(days=1),
        cut_off_at=at,
        checklist=Checklist.objects.get(),
    )
    planned = rounds.plan(plan, actor=manager, at=at - dt.timedelta(days=1))
    frozen = rounds.freeze(planned, actor=manager, at=dt.datetime.now(dt.UTC))
    return rounds.draw(frozen, actor=manager, at=dt.datetime.now(dt.UTC))


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_is_found_nowhere(office, person, codes, company, life, tmp_path):
    subject_id = person.subject_id
    other = make_ticket(company)
    drawn = _round(company, A_MORNING + dt.timedelta(days=2))
    figures = result(drawn)
    texts = (*NEEDLES, str(subject_id))
    before = _rows_naming(texts)
    assert ("complaints_textentry", NAME) in before
    assert ("residents_person", str(subject_id)) in before
    assert _heap_holds([NAME, subject_id.bytes])
    files_before = list((tmp_path / "files").rglob("*.*"))
    assert len(files_before) == 2

    request = approved(office, person, codes)
    carried = execution.carry_out(request, at=A_MORNING)
    assert carried.state == RequestState.VERIFYING
    (task,) = carried.mentions.all()
    mentions.settle(task, keep=False, actor=office.officer, at=A_MORNING)
    carried = execution.carry_out(carried, at=A_MORNING)
    assert carried.state == RequestState.ANSWERED

    assert _rows_naming(texts) == set()
    assert _heap_holds([*NEEDLES, str(subject_id), subject_id.bytes]) == set()
    assert _files_naming(tmp_path, texts) == set()
    assert _files_naming(settings.DATA_DIR, texts) == set()
    assert _redis_names(texts) == set()
    assert not [file for file in (tmp_path / "files").rglob("*.*") if file.is_file()]
    assert not DataSubject.objects.exists()
    assert not people.look_up(PHONE, actor=SYSTEM)
    assert Call.objects.count() == 2
    emptied = Call.objects.values_list("subject", "number_sealed", "number_index", "draft_sealed")
    assert set(emptied) == {(None, None, None, None)}
    life.refresh_from_db()
    assert (life.dwelling_id, life.state) == (None, State.CLOSED)
    assert life.reporter.subject_id is None
    other.refresh_from_db()
    assert other.dwelling_id == company.dwelling.pk
    assert result(drawn) == figures
    assert rounds.stored_hash(drawn) == drawn.frame_sha256
    assert life.public_id in rounds.rederived(drawn)


@pytest.mark.django_db(transaction=True)
def test_the_certificate_counts_names_nobody_and_is_signed(office, person, codes, company):
    closed_ticket(company, person)
    request = approved(office, person, codes)
    execution.carry_out(request, at=A_MORNING)
    certificate = Certificate.objects.get(request=request)
    assert certificates.is_genuine(certificate)
    counted = {line["name"]: line["erased"] for line in certificate.body["holdings"]}
    assert counted["residents.people"] == 1
    text = str(certificate.body)
    assert NAME not in text
    assert str(person.subject_id) not in text
    certificate.body["holdings"] = []
    assert not certificates.is_genuine(certificate)
    kinds = set(LedgerEntry.objects.values_list("kind", flat=True))
    assert {"request_approved", "erasure_started", "key_destroyed", "erasure_verified"} <= kinds


@pytest.mark.django_db(transaction=True)
def test_an_open_ticket_holds_its_words_and_the_rest_goes(office, person, codes, company):
    from complaints.services import lifecycle

    me = Actor.reporter(person.subject_id)
    ticket = make_ticket(company, actor=me, reporter_subject=person.subject_id, channel="app")
    done = closed_ticket(company, person)
    request = approved(office, person, codes)
    held = execution.carry_out(request, at=A_MORNING)
    assert held.state == RequestState.RESTRICTED
    assert ticket.texts.filter(erased_at__isnull=True).exists()
    assert not done.texts.filter(role="body", erased_at__isnull=True).exists()
    assert execution.resume_all(at=A_MORNING).done == 0

    lifecycle.withdraw(ticket, actor=SYSTEM, at=A_MORNING, reason="住户撤回")
    assert execution.resume_all(at=A_MORNING).done == 1
    assert not ticket.texts.filter(role="body", erased_at__isnull=True).exists()
    assert PrivacyRequest.objects.get(pk=request.pk).state == RequestState.ANSWERED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broken", range(1, 9))
def test_an_erasure_cut_off_at_any_step_is_finished_by_the_next_run(
    office, person, codes, company, monkeypatch, broken
):
    """The n-th write to the ledger of a step fails once; around the key see `test_cut_off`."""
    from privacy.rights.services import erasure

    closed_ticket(company, person)
    approved(office, person, codes)
    calls, real = [], erasure._record

    def record(*args, **kwargs):
        calls.append(args[0])
        if len(calls) == broken:
            raise RuntimeError("cut off")
        real(*args, **kwargs)

    monkeypatch.setattr(erasure, "_record", record)
    first = execution.resume_all(at=A_MORNING)
    assert first.failed == 1
    second = execution.resume_all(at=A_MORNING)
    assert (second.done, second.failed) == (1, 0)
    assert not DataSubject.objects.exists()
    assert Certificate.objects.count() == 1
    assert not Notice.objects.filter(subject__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_a_tenant_is_not_erased_with_the_owner(office, person, codes, company):
    from tests.factories import make_person

    tenant = make_person("租客甲", "13811112222", company.dwelling)
    theirs = make_ticket(
        company, actor=Actor.reporter(tenant.subject_id), reporter_subject=tenant.subject_id
    )
    execution.carry_out(approved(office, person, codes), at=A_MORNING)
    assert Person.objects.get().subject_id == tenant.subject_id
    assert theirs.texts.filter(erased_at__isnull=True).count() >= 2
    assert Ticket.objects.get(pk=theirs.pk).reporter.subject_id == tenant.subject_id


@pytest.mark.django_db(transaction=True)
def test_merged_people_are_erased_together(office, person, codes, company):
    from privacy.vault.services import subjects
    from tests.factories import make_person

    twin = make_person("同一个人", "13855556666")
    subjects.merge(twin.subject_id, into=person.subject_id, actor=SYSTEM, at=A_MORNING)
    execution.carry_out(approved(office, person, codes), at=A_MORNING)
    assert not Person.objects.exists()
    assert not DataSubject.objects.exists()
