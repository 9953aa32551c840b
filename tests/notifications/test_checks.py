"""Half a channel is named at the start; the register of recipients is filled by a command."""

import datetime as dt

import pytest
from django.core.management import call_command

from notifications.checks import check_channels
from privacy.vault.models import LedgerEntry, Recipient


def found():
    return {message.id for message in check_channels()}


def test_no_short_messages_is_no_fault():
    assert found() == set()


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({"SMS_PROVIDER": "pigeon"}, {"notifications.E001"}),
        ({"CODE_CARRIER": "residents.services.code_messages.send"}, {"notifications.E003"}),
        (
            {"SMS_PROVIDER": "gateway", "SMS_GATEWAY_URL": ""},
            {"notifications.E002", "notifications.W001", "notifications.W002"},
        ),
        (
            {
                "SMS_PROVIDER": "gateway",
                "SMS_GATEWAY_URL": "https://sms.example/send",
                "SMS_GATEWAY_SUCCESS": "code=0",
                "SMS_GATEWAY_BODY": '{"to": "{number}"}',
                "SMS_GATEWAY_SIGNATURE": "X-Sign",
            },
            {"notifications.E004", "notifications.E005"},
        ),
        ({"SMS_PROVIDER": "tencent"}, {"notifications.E002"}),
    ],
)
def test_what_is_missing_is_named(settings, values, ids):
    for name, value in values.items():
        setattr(settings, name, value)
    assert found() == ids


@pytest.mark.django_db
def test_a_recipient_is_registered_and_renewed():
    for until in ("2027-01-01", "2028-01-01"):
        call_command(
            "register_recipient", "sms_gateway", "--name", "短信服务商", "--contract", "HT-1",
            "--assessment", "PIA-1", "--scope", "phone", "--from-on", "2026-01-01",
            "--until-on", until,
        )  # fmt: skip
    assert Recipient.objects.get().until_on == dt.date(2028, 1, 1)
    assert LedgerEntry.objects.filter(kind="recipient_registered").count() == 2
