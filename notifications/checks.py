"""Says at the start what would otherwise be found in the list of dead letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error

from notifications.channels.sms import PROVIDERS

CODES_BY_SMS: Final = "residents.services.code_messages.send"
NEEDED: Final = {
    "gateway": ("SMS_GATEWAY_URL", "SMS_GATEWAY_BODY"),
    "tencent": (
        "SMS_TENCENT_SECRET_ID",
        "SMS_TENCENT_SECRET_KEY",
        "SMS_TENCENT_APP_ID",
        "SMS_TENCENT_SIGN",
        "SMS_TENCENT_TEMPLATES",
    ),
}


def check_channels(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    return [*_sms(), *_gateway(), *_tencent()]


def _sms() -> Iterator[CheckMessage]:
    provider = settings.SMS_PROVIDER
    if provider and provider not in PROVIDERS:
        yield Error(
            f"SMS_PROVIDER is {provider!r}, which is none of {', '.join(PROVIDERS)}.",
            id="notifications.E001",
        )
    for name in NEEDED.get(provider, ()):
        if not getattr(settings, name):
            yield Error(f"SMS_PROVIDER={provider} needs {name}.", id="notifications.E002")
    if settings.CODE_CARRIER == CODES_BY_SMS and not provider:
        yield Error(
            "CODE_CARRIER sends codes by short message, but SMS_PROVIDER is empty.",
            id="notifications.E003",
        )


def _gateway() -> Iterator[CheckMessage]:
    if settings.SMS_PROVIDER != "gateway":
        return
    if not settings.SMS_GATEWAY_URL.startswith("https://"):
        yield checks.Warning(
            "SMS_GATEWAY_URL is not https: telephone numbers would travel in clear.",
            id="notifications.W001",
        )
    for name in ("{number}", "{text}"):
        if name not in settings.SMS_GATEWAY_BODY:
            yield Error(f"SMS_GATEWAY_BODY has no {name}.", id="notifications.E004")
    if bool(settings.SMS_GATEWAY_SIGNATURE) != bool(settings.SMS_GATEWAY_SECRET):
        yield Error(
            "SMS_GATEWAY_SIGNATURE and SMS_GATEWAY_SECRET go together.", id="notifications.E005"
        )
    if not settings.SMS_GATEWAY_SUCCESS:
        yield checks.Warning(
            "SMS_GATEWAY_SUCCESS is empty: an error inside a 200 would count as sent.",
            id="notifications.W002",
        )


def _tencent() -> Iterator[CheckMessage]:
    """Texts that the gateway does not know would fail one by one."""
    if settings.SMS_PROVIDER != "tencent" or settings.CODE_CARRIER != CODES_BY_SMS:
        return
    if "sign_in_code" not in settings.SMS_TENCENT_TEMPLATES:
        yield Error("SMS_TENCENT_TEMPLATES has no sign_in_code.", id="notifications.E006")
