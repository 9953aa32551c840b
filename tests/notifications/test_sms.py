"""Short messages over real HTTP: to whom, what for, and what is on record before."""

import datetime as dt
import json

import pytest

from core.actors import SYSTEM
from notifications.channels import sms_gateway
from notifications.channels.outgoing import Outgoing
from notifications.channels.sms_tencent import Key, authorization
from notifications.enums import Channel, Pace, Topic
from notifications.models import Message
from notifications.services import preferences
from notifications.services.delivery import DeliveryResult, deliver_due
from privacy.vault.models import DataSubject, Disclosure
from privacy.vault.services import recipients
from tests.factories import A_MORNING
from tests.notifications.conftest import notify

pytestmark = pytest.mark.django_db

SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def registered():
    return recipients.register(
        "sms_gateway",
        name="短信服务商",
        contract="HT-2026-001",
        assessment="PIA-2026-007",
        scope=["phone"],
        from_on=dt.date(2026, 1, 1),
        until_on=dt.date(2027, 1, 1),
        actor=SYSTEM,
        at=A_MORNING,
    )


@pytest.fixture
def gateway(receiver, settings):
    def start(*plan):
        server = receiver("gateway", *plan)
        settings.SMS_PROVIDER, settings.SMS_GATEWAY_URL = "gateway", server.url
        settings.SMS_GATEWAY_SUCCESS = "result.code=0"
        settings.SMS_GATEWAY_SIGNATURE, settings.SMS_GATEWAY_SECRET = "X-Sign", "s3cret"
        return server

    return start


@pytest.fixture
def tencent(receiver, settings):
    def start(*plan):
        server = receiver("tencent", *plan)
        settings.SMS_PROVIDER, settings.SMS_TENCENT_URL = "tencent", server.url
        settings.SMS_TENCENT_SECRET_ID, settings.SMS_TENCENT_SECRET_KEY = "AKID", "key"
        settings.SMS_TENCENT_APP_ID, settings.SMS_TENCENT_SIGN = "1400000000", "金科物业"
        settings.SMS_TENCENT_TEMPLATES = {"test": ("1001", ("reference",))}
        return server

    return start


def state():
    message = Message.objects.get()
    return message.channel, message.state, message.attempts, message.error_code


def test_who_has_a_telephone_and_no_mailbox_gets_what_matters(
    template, address, subject, gateway, registered
):
    template(by_sms=True)
    address.phone(subject)
    server = gateway()
    source = notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(postponed=1, sent=1)

    assert state() == ("sms", "sent", 1, "")
    (request,) = server.requests
    message = Message.objects.get()
    assert json.loads(request["body"]) == {
        "to": "+8613812345678",
        "text": f"通知 {source}",
        "id": str(message.delivery_id),
    }
    assert request["headers"]["idempotency-key"] == str(message.delivery_id)
    assert len(request["headers"]["x-sign"]) == 64
    given = Disclosure.objects.get()
    assert (given.recipient, given.kind, given.reference) == (
        registered,
        "phone",
        message.delivery_id,
    )
    assert given.trace == DataSubject.objects.get(pk=subject).trace


def test_a_text_that_holds_the_name_of_a_field_stays_as_it_is(settings):
    settings.SMS_GATEWAY_BODY = '{"to": "{number}", "text": "{text}", "id": "{id}"}'
    settings.SMS_GATEWAY_CONTENT_TYPE = "application/json"
    said = Outgoing("m-1", A_MORNING, address="+8613812345678", body='见 {id}、"{number}" {x}')
    assert json.loads(sms_gateway.body_of(said)) == {
        "to": "+8613812345678", "text": '见 {id}、"{number}" {x}', "id": "m-1",
    }  # fmt: skip


def test_a_mailbox_comes_first(template, address, subject, gateway, registered, mail_server):
    template(by_sms=True)
    address(subject)
    address.phone(subject)
    server, mailbox = gateway(), mail_server()
    notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(sent=1)
    assert len(mailbox.letters) == 1
    assert server.requests == []
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("by_sms", [Pace.AT_ONCE, Pace.NEVER])
def test_who_wants_no_letters_is_told_by_sms_unless_they_want_neither(
    template, address, subject, gateway, registered, mail_server, by_sms
):
    template(by_sms=True)
    address(subject)
    address.phone(subject)
    letters, server = mail_server(), gateway()
    preferences.choose_for_subject(
        subject,
        {(Topic.PROGRESS, Channel.EMAIL): Pace.NEVER, (Topic.PROGRESS, Channel.SMS): by_sms},
    )
    notify(subject=subject)

    deliver_due(A_MORNING)

    assert letters.letters == []
    assert len(server.requests) == (1 if by_sms is Pace.AT_ONCE else 0)
    assert state()[:2] == (("sms", "sent") if server.requests else ("email", "dropped"))


def test_what_does_not_matter_enough_is_not_sent_to_a_telephone(
    template, address, subject, gateway, registered
):
    template()
    address.phone(subject)
    server = gateway()
    notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(dropped=1)
    assert state() == ("email", "dropped", 1, "no_address")
    assert server.requests == []


def test_without_a_gateway_nothing_changes(template, address, subject):
    template(by_sms=True)
    address.phone(subject)
    notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(dropped=1)


@pytest.mark.parametrize(
    "change",
    [
        {"until_on": dt.date(2026, 3, 4)},
        {"scope": ["name"]},
        {"from_on": dt.date(2026, 3, 5)},
        {"code": "somebody_else"},
    ],
)
def test_an_unregistered_gateway_is_given_no_number(
    template, address, subject, gateway, registered, change
):
    for name, value in change.items():
        setattr(registered, name, value)
    registered.save()
    template(by_sms=True)
    address.phone(subject)
    server = gateway()
    notify(subject=subject)

    assert deliver_due(A_MORNING) == DeliveryResult(postponed=1, failed=1)
    assert state() == ("sms", "queued", 1, "recipient_not_registered")
    assert server.requests == []
    assert not Disclosure.objects.exists()


def test_it_is_on_record_even_when_the_gateway_never_answers(
    template, address, subject, gateway, registered
):
    template(by_sms=True)
    address.phone(subject)
    server = gateway("hang", "refuse", "error")
    notify(subject=subject)
    codes, at = [], A_MORNING
    deliver_due(at)
    for _ in range(3):
        codes.append(state()[3])
        at = Message.objects.get().due_at
        deliver_due(at)

    assert codes == ["timeout", "http_500", "gateway_refused"]
    assert state() == ("sms", "sent", 4, "")
    assert server.deeds == ["hang", "refuse", "error", "accept"]
    assert len(server.ids("idempotency-key")) == 1
    assert Disclosure.objects.count() == 1


def test_the_words_of_the_gateway_are_not_kept(
    template, address, subject, gateway, registered, caplog
):
    template(by_sms=True)
    address.phone(subject)
    gateway("error")
    notify(subject=subject)
    deliver_due(A_MORNING)

    assert "13812345678" not in caplog.text
    assert state()[3] == "gateway_refused"


def test_several_notices_are_one_text(template, address, subject, gateway, registered):
    template(by_sms=True)
    address.phone(subject)
    server = gateway()
    notify(subject=subject)
    notify(subject=subject)

    deliver_due(A_MORNING)

    (request,) = server.requests
    assert json.loads(request["body"])["text"] == "您有 2 条报事通知，请登录查看。"


def test_tencent_is_asked_as_it_wants_to_be(template, address, subject, tencent, registered):
    template(by_sms=True)
    address.phone(subject)
    server = tencent()
    source = notify(subject=subject)

    assert deliver_due(A_MORNING).sent == 1

    (request,) = server.requests
    headers, body = request["headers"], json.loads(request["body"])
    assert body["PhoneNumberSet"] == ["+8613812345678"]
    assert (body["TemplateId"], body["TemplateParamSet"]) == ("1001", [str(source)])
    assert body["SessionContext"] == str(Message.objects.get().delivery_id)
    assert headers["x-tc-action"] == "SendSms"
    assert headers["authorization"] == authorization(
        Key("AKID", "key"), "sms", headers["host"], request["body"].encode(), A_MORNING
    )


def test_tencent_says_no_with_a_200(template, address, subject, tencent, registered):
    template(by_sms=True)
    address.phone(subject)
    tencent("error", "fast")
    notify(subject=subject)

    deliver_due(A_MORNING)
    assert state()[1:] == ("queued", 1, "tencent_FailedOperation.PhoneNumberInBlacklist")
    at = Message.objects.get().due_at
    deliver_due(at)
    assert state()[3] == "tencent_RequestLimitExceeded"
    assert Message.objects.get().due_at - at >= dt.timedelta(minutes=1)


def test_a_text_that_the_gateway_does_not_know_is_not_sent(
    template, address, subject, tencent, registered
):
    template("unknown", by_sms=True)
    address.phone(subject)
    server = tencent()
    notify(subject=subject, template="unknown")

    assert deliver_due(A_MORNING).failed == 1
    assert state()[3] == "sms_text_not_approved"
    assert server.requests == []


def test_the_signature_is_that_of_the_published_example():
    """From Tencent Cloud's description of TC3-HMAC-SHA256, with its example keys."""
    content = (
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    )
    header = authorization(
        Key("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"),
        "cvm",
        "cvm.tencentcloudapi.com",
        content,
        dt.datetime.fromtimestamp(1551113065, dt.UTC),
    )
    assert header == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request"
        ", SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )
