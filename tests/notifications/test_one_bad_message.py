"""One message that cannot be sent is put aside: it ends neither its pass nor those after it."""

import pytest
from django.db import connection

from notifications import registry
from notifications.channels import sms_gateway, sms_tencent
from notifications.channels.outgoing import NotDelivered
from notifications.enums import Channel, Topic
from notifications.models import Message
from notifications.services import queue
from notifications.services.delivery import DeliveryResult, deliver_due
from tests.factories import A_MORNING
from tests.notifications.conftest import notify
from tests.notifications.test_endpoints import HOUR
from tests.notifications.test_robots import robot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_subscriptions")]


def let_leases_run_out():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notifications_message SET leased_until = now() - interval '1 s'")


def test_one_that_kills_its_sender_is_not_tried_for_ever(
    company, template, mail_server, monkeypatch
):
    template()
    mailbox = mail_server()
    notify(company.manager)

    def die(claim, at):
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(queue, "sent", die)
        for _ in range(20):
            with pytest.raises(SystemExit):
                deliver_due(A_MORNING)
            let_leases_run_out()

    assert deliver_due(A_MORNING) == DeliveryResult(dead=1)
    message = Message.objects.get()
    assert (message.state, message.error_code) == ("dead", "sender_died")
    assert len(mailbox.letters) == 20

    assert queue.resend([message.pk], at=A_MORNING) == 1
    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)


def test_what_nobody_foresaw_is_the_fault_of_one_message(
    company, template, subject, mail_server, monkeypatch
):
    template()
    mailbox = mail_server()

    def explode(subject_id):
        raise ZeroDivisionError("+8613812345678")

    monkeypatch.setattr(registry, "_addresses", {"email": explode})
    notify(subject=subject)
    notify(company.manager)

    assert deliver_due(A_MORNING) == DeliveryResult(failed=1, sent=1)
    assert len(mailbox.letters) == 1
    bad = Message.objects.get(subject=subject)
    assert (bad.state, bad.error_code) == ("queued", "raised_zerodivisionerror")


def test_a_robot_that_answers_with_brackets_without_an_end(company, receiver, template):
    template("escalation", topic=Topic.ESCALATION)
    robot(company, receiver("wecom", "deep"), Channel.WECOM)
    notify(company.manager, template="escalation")

    assert deliver_due(A_MORNING, lanes=[Channel.WECOM]) == DeliveryResult(failed=1)
    assert Message.objects.get(channel="wecom").error_code == "answer_unreadable"
    assert deliver_due(A_MORNING + HOUR, lanes=[Channel.WECOM]) == DeliveryResult(sent=1)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"[" * 60_000, "answer_unreadable"),
        (b'{"Response": {"SendStatusSet": [{"Code": 7}]}}', "tencent_7"),
        (b'{"Response": {"Error": {"Code": null}}}', "tencent_None"),
    ],
)
def test_an_odd_answer_of_tencent_is_no_answer(answer, code):
    with pytest.raises(NotDelivered) as refused:
        sms_tencent._check(answer)
    assert refused.value.code == code


def test_an_odd_answer_of_a_gateway_is_no_success():
    assert not sms_gateway.succeeded(b"[" * 60_000, "result.code=0")
