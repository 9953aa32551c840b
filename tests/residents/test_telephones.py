"""Where a resident is sent short messages, and that codes go the same way."""

import datetime as dt

import pytest

from core.actors import SYSTEM
from notifications.channels.outgoing import NotDelivered
from privacy.vault.errors import RecipientNotRegistered
from privacy.vault.models import Disclosure
from privacy.vault.services import recipients
from residents.models import ContactPoint
from residents.services import code_messages
from residents.services.telephones import telephone
from tests.factories import A_MORNING, make_person
from tests.notifications.conftest import receiver  # noqa: F401  # a fixture of the tests here

pytestmark = pytest.mark.django_db

NUMBER = "+8613812345678"


@pytest.fixture
def person(company):
    return make_person("张三", NUMBER, company.dwelling)


def register():
    recipients.register(
        "sms_gateway",
        name="短信服务商",
        contract="HT-1",
        assessment="PIA-1",
        scope=["phone"],
        from_on=dt.date(2020, 1, 1),
        until_on=dt.date(2100, 1, 1),
        actor=SYSTEM,
        at=A_MORNING,
    )


def test_only_a_number_that_was_proved_is_written_to(person):
    assert telephone(person.subject_id) is None
    ContactPoint.objects.update(verified_at=A_MORNING)
    found = telephone(person.subject_id)
    assert (found.value, found.language) == (NUMBER, "zh-hans")


def test_a_land_line_receives_no_text(company):
    person = make_person("李四", "+862363110000", company.dwelling)
    ContactPoint.objects.update(verified_at=A_MORNING)
    assert telephone(person.subject_id) is None


@pytest.fixture
def gateway(receiver, settings, monkeypatch):  # noqa: F811
    server = receiver("gateway")
    settings.SMS_PROVIDER, settings.SMS_GATEWAY_URL = "gateway", server.url
    settings.SMS_GATEWAY_SUCCESS = "result.code=0"
    # the test's own connection is not the thread's to close
    monkeypatch.setattr(code_messages.connections, "close_all", lambda: None)
    return server


def test_a_code_is_on_record_before_it_goes(person, gateway):
    register()
    code_messages.send(NUMBER, "您的验证码是 123456，5 分钟内有效。")

    (request,) = gateway.requests
    assert "123456" in request["body"]
    given = Disclosure.objects.get()
    assert (given.kind, given.purpose_code) == ("phone", "security")


def test_no_code_goes_to_a_gateway_that_is_not_registered(person, gateway):
    with pytest.raises(RecipientNotRegistered):
        code_messages.send(NUMBER, "您的验证码是 123456，5 分钟内有效。")
    assert gateway.requests == []


def test_a_code_is_not_carried_without_a_gateway(person, settings, gateway):
    register()
    settings.SMS_PROVIDER = ""
    with pytest.raises(NotDelivered):
        code_messages.send(NUMBER, "您的验证码是 123456，5 分钟内有效。")
