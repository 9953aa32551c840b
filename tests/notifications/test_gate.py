"""What a message says and whether it may go is decided when it goes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from core.actors import SYSTEM
from core.clock import database_now
from notifications.models import Message
from notifications.quiet import QuietHours, held_until
from notifications.services import queue
from notifications.services.delivery import DeliveryResult, deliver_due
from privacy.vault import purposes
from privacy.vault.enums import Application, ConsentChannel, ConsentOutcome
from privacy.vault.services import consent, policies
from tests.factories import A_MORNING
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours(dt.time(21, 30), dt.time(8))
HOUR = dt.timedelta(hours=1)


def local(day, hour, minute=0):
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def quiet(settings):
    settings.QUIET_HOURS = NIGHT


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (local(4, 21, 29), None),
        (local(4, 21, 30), local(5, 8)),
        (local(5, 0), local(5, 8)),
        (local(5, 7, 59), local(5, 8)),
        (local(5, 8), None),
        (local(5, 12), None),
    ],
)
def test_quiet_hours_run_across_midnight(at, until):
    assert held_until(at.astimezone(dt.UTC), NIGHT, SHANGHAI) == until


def test_quiet_hours_within_a_day():
    noon = QuietHours(dt.time(12), dt.time(14))
    assert held_until(local(4, 13), noon, SHANGHAI) == local(4, 14)
    assert held_until(local(4, 14), noon, SHANGHAI) is None
    assert held_until(local(4, 13), None, SHANGHAI) is None


def test_a_message_of_the_night_goes_in_the_morning(company, template, mail_server, quiet):
    template()
    mailbox = mail_server()
    notify(company.manager, at=local(4, 23))

    assert deliver_due(local(4, 23)) == DeliveryResult(postponed=1)
    message = Message.objects.get()
    assert (message.due_at, message.attempts, message.leased_until) == (local(5, 8), 0, None)
    assert deliver_due(local(5, 7, 59)) == DeliveryResult()
    assert deliver_due(local(5, 8)) == DeliveryResult(sent=1)
    assert len(mailbox.letters) == 1


def test_what_came_overnight_is_one_letter_in_the_morning(company, template, mail_server, quiet):
    template()
    mailbox = mail_server()
    for hour in (22, 23):
        notify(company.manager, at=local(4, hour))
        deliver_due(local(4, hour))

    assert deliver_due(local(5, 8)) == DeliveryResult(sent=1)
    (letter,) = mailbox.letters
    assert letter["Subject"] == "2 条通知"


def test_safety_is_never_quiet(company, template, mail_server, quiet):
    template(urgent=True)
    mail_server()
    notify(company.manager, at=local(4, 23))

    assert deliver_due(local(4, 23)) == DeliveryResult(sent=1)


def test_a_service_message_to_a_resident_needs_no_consent(template, mail_server, address, subject):
    template()
    address(subject)
    mailbox = mail_server()
    notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)
    assert mailbox.letters[0]["To"] == "zhangsan@home.example"


def survey(subject, outcome, at):
    """An answer to the policy that is in force."""
    policy = policies.in_force(Application.RESIDENTS_APP, language="zh-hans", at=at)
    consent.record(
        subject,
        purpose=purposes.SATISFACTION_SURVEY,
        outcome=outcome,
        channel=ConsentChannel.WEB,
        actor=SYSTEM,
        policy=policy,
        at=at,
    )


def test_a_message_that_needs_consent_is_dropped_without_it(
    template, mail_server, address, subject
):
    template(purpose=purposes.SATISFACTION_SURVEY)
    address(subject)
    mailbox = mail_server()
    notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(dropped=1)
    assert Message.objects.get().error_code == "consent_missing"
    assert mailbox.deeds == []


def test_a_withdrawal_stops_what_is_already_queued(template, mail_server, address, subject):
    template(purpose=purposes.SATISFACTION_SURVEY)
    address(subject)
    mailbox = mail_server("refuse")
    now = database_now()
    survey(subject, ConsentOutcome.GRANTED, now)
    notify(subject=subject, at=now)
    assert deliver_due(now) == DeliveryResult(failed=1)

    survey(subject, ConsentOutcome.WITHDRAWN, now + HOUR)

    assert deliver_due(now + 2 * HOUR) == DeliveryResult(dropped=1)
    assert mailbox.letters == []


def test_with_consent_it_goes(template, mail_server, address, subject):
    template(purpose=purposes.SATISFACTION_SURVEY)
    address(subject)
    mail_server()
    now = database_now()
    survey(subject, ConsentOutcome.GRANTED, now)
    notify(subject=subject, at=now)

    assert deliver_due(now) == DeliveryResult(sent=1)


def test_who_has_no_address_any_more_gets_nothing(template, mail_server, address, subject):
    template()
    address(subject)
    mail_server()
    notify(subject=subject)
    address.forget()

    assert deliver_due(A_MORNING) == DeliveryResult(dropped=1)
    assert Message.objects.get().error_code == "no_address"


def test_who_has_left_the_company_gets_nothing(company, template, mail_server):
    template()
    mail_server()
    notify(company.manager)
    company.manager.holder.is_active = False
    company.manager.holder.save()

    assert deliver_due(A_MORNING) == DeliveryResult(dropped=1)
    assert Message.objects.get().error_code == "recipient_left"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_reads_it_in_their_language(company, template, mail_server, language):
    template()
    mailbox = mail_server()
    company.manager.holder.preferred_language = language
    company.manager.holder.save()
    notify(company.manager)
    deliver_due(A_MORNING)

    assert language in mailbox.letters[0].get_content()


def test_many_notices_are_one_letter_that_says_how_many(company, template, mail_server):
    template()
    mailbox = mail_server()
    for _ in range(23):
        notify(company.manager)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)

    (letter,) = mailbox.letters
    assert letter["Subject"] == "23 条通知"
    assert letter.get_content().count("通知 ") == 20
    assert "另有 3 条通知" in letter.get_content()
    assert Message.objects.get().notices.count() == 23


def test_a_message_once_tried_keeps_its_notices(company, template, mail_server):
    """Its id means the same letter at every attempt."""
    template()
    mailbox = mail_server("refuse")
    first = notify(company.manager)
    deliver_due(A_MORNING)
    notify(company.manager)

    assert deliver_due(A_MORNING + HOUR) == DeliveryResult(sent=2)
    assert f"通知 {first}" in {letter["Subject"] for letter in mailbox.letters}


def test_messages_to_different_people_are_not_folded(company, template, address, subject):
    address(subject)
    notify(company.manager, company.steward, subject=subject)

    assert queue.fold(A_MORNING) == 0
    assert Message.objects.count() == 3


def test_a_template_that_fails_does_not_silence_the_others(company, template, mail_server):
    template()
    template("broken", render=lambda notice: 1 / 0)
    mailbox = mail_server()
    notify(company.manager, template="broken")
    notify(company.manager)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)
    content = mailbox.letters[0].get_content()
    assert "通知 " in content
    assert "另有 1 条通知" in content


def test_a_message_without_any_words_is_tried_again_later(company, template, mail_server):
    mail_server()
    notify(company.manager, template="nobody_registered_this")

    assert deliver_due(A_MORNING) == DeliveryResult(failed=1)
    assert Message.objects.get().error_code == "not_rendered"


def test_a_letter_says_where_it_is_turned_off(company, template, mail_server, address, subject):
    template()
    address(subject)
    mailbox = mail_server()
    notify(company.manager, subject=subject)
    deliver_due(A_MORNING)

    said = {letter["To"]: letter["List-Unsubscribe"] for letter in mailbox.letters}
    assert said[company.manager.holder.email].endswith("/console/notices/preferences/>")
    assert said["zhangsan@home.example"].endswith("/my/>")


def test_what_cannot_be_turned_off_does_not_offer_it(company, template, mail_server):
    template(urgent=True)
    mailbox = mail_server()
    notify(company.manager)
    deliver_due(A_MORNING)
    assert mailbox.letters[0]["List-Unsubscribe"] is None


def test_an_address_with_a_line_break_is_refused(template, mail_server, address, subject):
    template()
    address(subject, "x@home.example\nBcc: y@home.example")
    mailbox = mail_server()
    notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(failed=1)
    assert mailbox.deeds == []


def test_line_breaks_cannot_enter_the_subject(company, template, mail_server):
    from notifications.registry import Rendered

    template(render=lambda notice: Rendered("一行\nBcc: x@y.example", ""))
    mailbox = mail_server()
    notify(company.manager)
    deliver_due(A_MORNING)

    assert mailbox.letters[0]["Subject"] == "一行 Bcc: x@y.example"
    assert mailbox.letters[0]["Bcc"] is None
