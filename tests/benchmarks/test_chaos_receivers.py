"""The receivers of `make chaos` that are reached by HTTP: they behave as they are told, and what
they took is on the disk; and the oracle names what did not reach them."""

import base64
import datetime as dt
import hashlib
import hmac
import http.client
import subprocess
import sys
import time
import uuid

import pytest
from django.db import connection

from benchmarks.chaos import outbox
from benchmarks.chaos.outbox import Taken
from benchmarks.chaos.receivers import KINDS
from core.actors import SYSTEM
from jinke_desk.launcher.places import PROJECT
from jinke_desk.launcher.processes import wait_until
from notifications.enums import Channel
from notifications.models import Message, Occurrence
from notifications.services import endpoints, subscriptions
from notifications.services.endpoints import NewEndpoint
from tests.factories import A_MORNING, make_ticket

SECRET = "whsec_" + base64.b64encode(b"a secret of this test").decode()


class Others:
    """Running receivers and the folder in which they are told."""

    def __init__(self, folder, ports):
        self.folder, self.ports = folder, dict(zip(KINDS, ports, strict=True))

    def be(self, mode):
        (self.folder / "http-mode").write_text(mode)

    def ask(self, kind, body=b"{}", patience=30, **headers):
        """The status, or None when nobody listens or answers in time."""
        link = http.client.HTTPConnection("127.0.0.1", self.ports[kind], timeout=patience)
        try:
            link.request("POST", "/", body, headers)
            return link.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            link.close()

    @property
    def taken(self):
        return [(each.channel, each.id) for each in outbox.read(self.folder)]


@pytest.fixture
def others(tmp_path):
    for name, text in (("http-mode", "accept"), ("http-secret", SECRET)):
        (tmp_path / name).write_text(text)
    for ledger in ("taken", "http-taken", "http-asked"):
        (tmp_path / ledger).touch()
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.chaos.receivers", str(tmp_path)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Others(tmp_path, [int(process.stdout.readline()) for _ in KINDS])
        process.kill()


def _signed(name, body, secret=SECRET):
    stamp = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    code = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(code).decode()
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature}


def test_what_is_accepted_is_kept_under_the_id_it_came_with(others):
    assert others.ask("gateway", **{"Idempotency-Key": "text-1"}) == 200
    assert others.ask("webhook", b'{"a": 1}', **_signed("hook-1", b'{"a": 1}')) == 200
    assert others.ask("webhook", b'{"a": 2}', **_signed("hook-2", b'{"a": 1}')) == 401
    assert others.ask("wecom", b"words") == others.ask("wecom", b"words") == 200

    words = hashlib.sha256(b"words").hexdigest()
    wanted = [("sms", "text-1"), ("webhook", "hook-1"), ("wecom", words), ("wecom", words)]
    assert others.taken == wanted


def test_who_refuses_closes_or_hangs_takes_nothing_and_is_well_again(others):
    others.be("refuse")
    assert others.ask("gateway", **{"Idempotency-Key": "a"}) == 500
    others.be("hang")
    assert others.ask("gateway", patience=0.5, **{"Idempotency-Key": "a"}) is None
    others.be("closed")
    assert wait_until(lambda: others.ask("gateway", **{"Idempotency-Key": "a"}) is None, 30)
    others.be("accept")
    assert wait_until(lambda: others.ask("gateway", **{"Idempotency-Key": "b"}) == 200, 30)
    assert others.taken == [("sms", "b")]


def test_who_is_late_has_taken_it_before_the_sender_gives_up(others):
    others.be("late")
    assert others.ask("gateway", patience=2, **{"Idempotency-Key": "a"}) is None
    assert wait_until(lambda: others.taken == [("sms", "a")], 30)


@pytest.fixture
def told(db, company):
    """A webhook that was to hear of two tickets, as it should be: both sent."""
    new = NewEndpoint(
        Channel.WEBHOOK,
        "集成",
        "https://8.8.8.8/hook",
        company.group,
        event_kinds=["ticket.received"],
    )
    endpoints.create(new, actor=SYSTEM, at=A_MORNING)  # this process asks anew who listens
    make_ticket(company)
    make_ticket(company)
    messages = Message.objects.filter(channel=Channel.WEBHOOK).order_by("pk")
    messages.update(state="sent", attempts=1)
    yield [Taken(A_MORNING.timestamp() + 3, "webhook", str(each.delivery_id)) for each in messages]
    subscriptions.forget()


def _end():
    """After all that was recorded, which is by the real clock."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)


def _found(taken, channel="webhook"):
    verdict = outbox.judge(connection.connection, channel, lambda: taken, until=_end())
    return {each.code: each.count for each in verdict.findings}


def test_what_came_twice_under_its_id_is_clean_and_late_by_the_first(told):
    later = Taken(A_MORNING.timestamp() + 9, "webhook", told[0].id)
    taken = [*told, later]
    verdict = outbox.judge(connection.connection, "webhook", lambda: taken, until=_end())
    assert (verdict.acknowledged, verdict.findings, verdict.lateness) == (2, [], [3, 3])


def test_what_was_sent_and_not_taken_is_lost(told):
    assert _found(told[1:]) == {"lost letters: sent, not taken": 1}


def test_what_is_given_up_is_lost(told):
    Message.objects.filter(delivery_id=told[0].id).update(state="dead")
    assert _found(told) == {"lost letters: given up": 1}


def test_a_repeat_under_another_id_is_named(told):
    assert _found([*told, Taken(0.0, "webhook", str(uuid.uuid4()))]) == {"letters nobody wrote": 1}


def test_an_act_that_was_never_written_for_the_webhook_is_lost(told):
    Occurrence.objects.filter(message_id=Message.objects.get(delivery_id=told[0].id).pk).delete()
    assert _found(told) == {"lost or doubled letters": 1}


def test_a_robot_without_ids_is_held_to_as_many_texts_as_messages(told):
    Message.objects.filter(state="sent").update(channel=Channel.WECOM)
    one, two = Taken(0.0, "wecom", "one"), Taken(0.0, "wecom", "two")
    assert _found([one, two], "wecom") == {}
    assert _found([one, one], "wecom") == {"lost letters: sent, not taken": 1}
    assert _found([one, two, two], "wecom") == {"letters nobody wrote": 1}
