"""Messages reach a real mail server, once where it behaves and at least once where it does not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from core.models import Installation
from notifications.models import Message, Notice
from notifications.services import delivery, queue
from notifications.services.delivery import DeliveryResult, deliver_due
from tests.factories import A_MORNING, Company
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def state():
    message = Message.objects.get()
    return message.state, message.attempts, message.error_code


def test_a_server_that_refuses_hangs_and_then_accepts_gets_it_once(company, template, mail_server):
    template()
    mailbox = mail_server("refuse", "hang")
    source = notify(company.manager)

    assert deliver_due(A_MORNING) == DeliveryResult(failed=1)
    assert state() == ("queued", 1, "smtp_451")
    assert deliver_due(A_MORNING + SECOND) == DeliveryResult()
    assert deliver_due(A_MORNING + 10 * SECOND) == DeliveryResult(failed=1)
    assert state() == ("queued", 2, "disconnected")
    assert deliver_due(A_MORNING + 40 * SECOND) == DeliveryResult(sent=1)
    assert deliver_due(A_MORNING + HOUR) == DeliveryResult()

    assert mailbox.deeds == ["refuse", "hang", "accept"]
    (letter,) = mailbox.letters
    message = Message.objects.get()
    assert letter["To"] == company.manager.holder.email
    assert letter["Subject"] == f"通知 {source}"
    assert letter["Message-ID"] == f"<{message.delivery_id}@localhost>"
    assert (message.state, message.error_code, message.attempts) == ("sent", "", 3)
    assert message.sent_at == A_MORNING + 40 * SECOND


def test_a_server_that_is_not_there_costs_one_try_a_pass(company, template, settings):
    template()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    notify(company.manager)
    notify(company.steward)

    assert deliver_due(A_MORNING) == DeliveryResult(failed=1)

    assert sorted(Message.objects.values_list("attempts", "error_code")) == [
        (0, ""),
        (1, "no_connection"),
    ]


def test_a_letter_that_is_refused_does_not_hold_up_the_next(company, template, mail_server):
    template()
    mailbox = mail_server("refuse")
    notify(company.manager)
    notify(company.steward)

    assert deliver_due(A_MORNING) == DeliveryResult(failed=1, sent=1)
    assert len(mailbox.letters) == 1


def test_a_connection_cut_in_the_middle_is_tried_again(company, template, mail_server):
    template()
    mailbox = mail_server("drop")
    notify(company.manager)

    assert deliver_due(A_MORNING) == DeliveryResult(failed=1)
    assert deliver_due(A_MORNING + 10 * SECOND) == DeliveryResult(sent=1)
    assert len(mailbox.letters) == 1


def test_after_twenty_attempts_it_is_a_dead_letter_that_can_be_sent_again(
    company, template, mail_server
):
    template()
    mailbox = mail_server(*["refuse"] * 20)
    notify(company.manager)
    at, waits = A_MORNING, []
    for _ in range(20):
        deliver_due(at)
        message = Message.objects.get()
        waits.append(message.due_at - at)
        at = message.due_at

    assert state() == ("dead", 20, "smtp_451")
    assert deliver_due(at + 100 * HOUR) == DeliveryResult()
    assert 8 * SECOND <= waits[0] <= 10 * SECOND
    assert 4.8 * HOUR <= waits[15] <= 6 * HOUR

    assert queue.resend([Message.objects.get().pk], at=at) == 1
    assert deliver_due(at) == DeliveryResult(sent=1)
    assert len(mailbox.letters) == 1


def test_a_sender_that_died_loses_its_lease_after_a_minute(company, template, mail_server):
    template()
    mailbox = mail_server()
    notify(company.manager)
    claim = queue.claim(A_MORNING)
    assert claim is not None

    assert deliver_due(A_MORNING) == DeliveryResult()
    assert claim.leased_until - connection_now() > 55 * SECOND
    Message.objects.update(leased_until=connection_now() - SECOND)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)
    assert len(mailbox.letters) == 1
    assert not queue.sent(claim, A_MORNING + HOUR)
    assert Message.objects.get().sent_at == A_MORNING


def test_a_sender_killed_after_sending_sends_again_under_the_same_id(
    company, template, mail_server, monkeypatch
):
    """At least once: what was not noted is not known to have gone."""
    template()
    mailbox = mail_server()
    notify(company.manager)

    def die(claim, at):
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(queue, "sent", die)
        with pytest.raises(SystemExit):
            deliver_due(A_MORNING)
    assert state() == ("queued", 1, "")
    assert deliver_due(A_MORNING) == DeliveryResult()
    Message.objects.update(leased_until=connection_now() - SECOND)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()


def test_a_pass_ends_before_its_moment_is_old(company, template, mail_server, monkeypatch):
    """Signatures say it, and receivers refuse what is minutes old."""
    template()
    mail_server()
    notify(company.manager, company.steward)
    monkeypatch.setattr(delivery, "PASS_SECONDS", 0.0)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)
    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)


def connection_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_a_virtual_database_never_sends(company, template, mail_server):
    template()
    mailbox = mail_server()
    notify(company.manager)
    Installation.objects.update(virtual=True)

    assert deliver_due(A_MORNING + HOUR) == DeliveryResult()
    assert mailbox.deeds == []


def test_the_words_of_the_server_are_not_kept(company, template, mail_server, caplog):
    """They quote addresses, and everything that is kept or logged must not."""
    template()
    mail_server("refuse")
    notify(company.manager)
    deliver_due(A_MORNING)

    assert "owner@example" not in caplog.text
    assert company.manager.holder.email not in caplog.text
    assert state()[2] == "smtp_451"


def test_the_stop_after_a_number_of_messages(company, template, mail_server):
    template()
    mail_server()
    for post in (company.manager, company.steward, company.engineer):
        notify(post)

    assert deliver_due(A_MORNING, limit=2) == DeliveryResult(sent=2)


@pytest.mark.django_db(transaction=True)
def test_two_senders_share_the_messages(transactional_db, template, mail_server):
    company = Company()
    template()
    mailbox = mail_server()
    posts = [company.manager, company.steward, company.engineer, company.region_head]
    for post in posts:
        notify(post)
    together = threading.Barrier(2)

    def work():
        try:
            together.wait()
            return delivery.deliver_due(A_MORNING)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = [each.result() for each in [pool.submit(work) for _ in range(2)]]

    assert sum(result.sent for result in results) == 4
    assert sorted(letter["To"] for letter in mailbox.letters) == sorted(
        post.holder.email for post in posts
    )
    assert Notice.objects.count() == 4
