"""Waiting for a lock ends: one connection keeps it, another one waits."""

import time
from contextlib import ExitStack, closing

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction

from complaints.enums import State
from complaints.models import Ticket, TicketEvent
from complaints.services import lifecycle
from core.actors import Actor
from core.database_roles import as_owner
from core.errors import Busy
from core.transactions import atomic, wait_at_most
from tests.complaints.conftest import bring_to
from tests.complaints.races.together import kept
from tests.factories import A_MORNING, Company, make_ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]


@pytest.fixture
def working(transactional_db):
    return bring_to(State.IN_PROGRESS, make_ticket(Company()))


@pytest.fixture
def impatient(transactional_db):
    """This thread's connection waits a fifth of a second."""
    _ask("SET lock_timeout = '200ms'")
    yield
    connection.close()


def test_the_application_waits_ten_seconds_and_the_owner_as_long_as_it_takes(transactional_db):
    assert _patience() == ["10s", "10s"]
    with as_owner():
        assert _patience() == ["0", "0"]
    assert _patience() == ["10s", "10s"]


def test_a_client_that_is_gone_is_noticed_while_its_statement_waits(transactional_db):
    asked = ("client_connection_check_interval", "tcp_user_timeout", "tcp_keepalives_idle")
    assert _ask("SELECT current_setting(%s)", asked[0]) == "5s"
    if _ask("SELECT inet_client_addr()"):
        assert [_ask("SELECT current_setting(%s)", each) for each in asked[1:]] == ["60000", "30"]


def test_who_waits_in_vain_is_told_so_and_left_nothing(working, impatient):
    with kept(working), pytest.raises(Busy) as refused:
        _resolve(working)

    assert (refused.value.code, isinstance(refused.value, OperationalError)) == ("busy", True)
    assert not TicketEvent.objects.filter(ticket=working, kind="resolved").exists()
    assert _resolve(working).state == State.RESOLVED


def test_the_api_says_when_to_ask_again(working, impatient, client):
    client.force_login(working.post.holder, backend="organisation.auth.PostBackend")
    path = f"/api/v1/tickets/{working.public_id}/actions/resolve/"
    headers = {"If-Match": f'"{working.version}"'}
    body = {"text": "已处理，请查看。"}

    with kept(working):
        answer = client.post(path, body, "application/json", headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["code"] == "busy"

    assert client.post(path, body, "application/json", headers=headers).status_code == 200


def test_a_page_keeps_what_was_typed(working, impatient, client):
    client.force_login(working.post.holder, backend="organisation.auth.PostBackend")
    typed = {"text": "已更换门禁读卡器。", "version": working.version}

    with kept(working):
        page = client.post(f"/console/tickets/{working.public_id}/resolve/", typed)

    assert page.status_code == 409
    assert typed["text"] in page.content.decode()
    assert str(Busy.message) in page.content.decode()


def test_it_is_not_begun_anew(working, impatient):
    began = []

    @atomic
    def lock():
        began.append(1)
        Ticket.objects.lock(working.pk, A_MORNING)

    with kept(working), pytest.raises(Busy):
        lock()
    assert began == [1]


def test_a_wait_that_ends_at_the_commit_leaves_nothing_to_be_done_later(working, impatient):
    """Whether a post is there is asked when the event is committed."""
    rung = []

    @transaction.atomic
    def note():
        transaction.on_commit(lambda: rung.append("never"))
        TicketEvent.objects.create(
            ticket=working, kind="noted", visibility="internal", actor_kind="system",
            occurred_at=A_MORNING, recorded_at=A_MORNING, cycle=1, post=working.post,
        )  # fmt: skip

    with kept(working.post), pytest.raises(Busy):
        note()
    with transaction.atomic():
        pass
    assert rung == []


def test_those_whose_connections_are_lost_do_not_queue_for_a_ticket(working):
    """One lost transaction has it; others asked for it and were lost as well. Each would have had
    it in turn, from the end of the one before."""
    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    options = options.replace("lock_timeout=10s", "lock_timeout=200ms")
    statement = f"SELECT FROM complaints_ticket WHERE id = {working.pk} FOR UPDATE"

    with kept(working), ExitStack() as lost:
        for _ in range(3):
            end = lost.enter_context(closing(_connect(options)))
            end.pgconn.exec_(b"BEGIN")
            end.pgconn.send_query(statement.encode())
        _wait_until_they_gave_up(statement, 3)
    with transaction.atomic():
        assert Ticket.objects.select_for_update(nowait=True).get(pk=working.pk)


def test_a_transaction_may_wait_as_long_as_it_takes(transactional_db):
    with transaction.atomic():
        wait_at_most(0)
        assert _ask("SHOW lock_timeout") == "0"
    assert _ask("SHOW lock_timeout") == "10s"


def _connect(options):
    config = connection.settings_dict
    return psycopg.connect(
        host=config["HOST"],
        port=config["PORT"],
        dbname=config["NAME"],
        user=config["USER"],
        password=config["PASSWORD"],
        options=options,
    )


def _wait_until_they_gave_up(statement, count):
    for _ in range(3_000):
        if _ask(_GAVE_UP, statement) == count:
            return
        time.sleep(0.02)
    raise AssertionError("they still wait")


_GAVE_UP = """
SELECT count(*) FROM pg_stat_activity WHERE query = %s AND state = 'idle in transaction (aborted)'
"""


def _resolve(ticket):
    actor = Actor.staff(ticket.post.holder_id)
    return lifecycle.resolve(ticket, actor=actor, reply="已处理。", at=A_MORNING)


def _patience():
    return [_ask("SHOW lock_timeout", alias=alias) for alias in ("default", "keys")]


def _ask(statement, *values, alias="default"):
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchone()[0] if cursor.description else None
