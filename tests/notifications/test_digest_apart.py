"""A digest is a letter of its own beside others, and a letter that was tried stays one."""

import pytest

from notifications.enums import Pace, Topic
from notifications.models import Message
from notifications.services.delivery import DeliveryResult, deliver_due
from tests.factories import A_MORNING
from tests.notifications.conftest import notify
from tests.notifications.test_preferences import THURSDAY, wants

pytestmark = pytest.mark.django_db


def test_it_takes_nothing_in_that_was_not_put_off_and_is_taken_in_nowhere(
    company, template, mail_server
):
    template("work")
    template("escalation", topic=Topic.ESCALATION)
    mailbox = mail_server()
    wants(company.manager, Pace.DAILY)
    notify(company.manager, template="work", at=A_MORNING)
    assert deliver_due(A_MORNING) == DeliveryResult(postponed=1)
    urgent = notify(company.manager, template="escalation", at=THURSDAY)

    assert deliver_due(THURSDAY) == DeliveryResult(sent=2)
    subjects = {letter["Subject"] for letter in mailbox.letters}
    assert subjects == {"汇总：1 条通知", f"通知 {urgent}"}


def test_what_was_tried_once_is_the_same_letter_whatever_is_wished_since(
    company, template, mail_server
):
    """Whoever took it and did not say so in time knows it by its id."""
    template()
    mailbox = mail_server()
    notify(company.manager)
    Message.objects.update(attempts=1, error_code="no_connection")
    wants(company.manager, Pace.DAILY)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)
    assert Message.objects.get().notices.count() == len(mailbox.letters) == 1
