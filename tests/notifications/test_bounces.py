"""A letter that came back is a dead letter with its reason."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from notifications.models import Message
from notifications.services.delivery import deliver_due
from tests.factories import A_MORNING
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db

REPORT = """\
From: MAILER-DAEMON@mx.example
To: desk@localhost
Message-ID: <{own}@localhost>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{words}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; zhangsan@home.example
Action: {action}
Status: {status}

--b
Content-Type: {kind}

Message-ID: {letter}
Subject: x

--b--
"""


@pytest.fixture
def letter(company, template, mail_server):
    template()
    mailbox = mail_server()
    notify(company.manager)
    deliver_due(A_MORNING)
    return mailbox.letters[0]["Message-ID"]


def bounce(monkeypatch, ours, **changes):
    values = {
        "own": "0" * 36,
        "words": "unknown user zhangsan@home.example",
        "action": "failed",
        "status": "5.1.1",
        "kind": "text/rfc822-headers",
        "letter": ours,
        **changes,
    }
    report = SimpleNamespace(buffer=io.BytesIO(REPORT.format(**values).encode()))
    monkeypatch.setattr("sys.stdin", report)
    call_command("note_bounce", stdout=io.StringIO())
    return Message.objects.values_list("state", "error_code").get()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_letter_that_came_back_is_dead_and_says_why(monkeypatch, letter, kind):
    assert bounce(monkeypatch, letter, kind=kind) == ("dead", "bounced_5.1.1")


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delayed", "status": "4.4.1"},
        {"action": "delivered", "status": "2.0.0"},
        {"status": "5.1.1; zhangsan@home.example"},
        {"letter": "<00000000-0000-4000-8000-000000000000@localhost>"},
        {"letter": "<>"},
    ],
)
def test_what_did_not_fail_for_good_or_is_not_ours_changes_nothing(monkeypatch, letter, changes):
    assert bounce(monkeypatch, letter, **changes) == ("sent", "")


def test_a_report_that_only_speaks_of_a_letter_is_none(monkeypatch, letter):
    other = "<00000000-0000-4000-8000-000000000000@localhost>"
    changes = {"letter": other, "words": f"Message-ID: {letter}", "own": letter[1:37]}
    assert bounce(monkeypatch, other, **changes) == ("sent", "")
