"""Any gateway that takes one HTTP request per message, as SMS_GATEWAY_* describe it."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import Final
from urllib.parse import quote

import httpx
from django.conf import settings

from notifications.channels import http
from notifications.channels.outgoing import NotDelivered, Outgoing

FORM: Final = "application/x-www-form-urlencoded"
_NAME: Final = re.compile(r"\{(number|text|id|template)\}")


def send(client: httpx.Client, outgoing: Outgoing) -> None:
    content = body_of(outgoing).encode()
    headers = {
        "Content-Type": settings.SMS_GATEWAY_CONTENT_TYPE,
        "Idempotency-Key": outgoing.delivery_id,
        **_signature(content),
    }
    answer = http.post(
        client, http.Post(url=settings.SMS_GATEWAY_URL, content=content, headers=headers)
    )
    if not succeeded(answer.content, settings.SMS_GATEWAY_SUCCESS):
        raise NotDelivered("gateway_refused")


def body_of(outgoing: Outgoing) -> str:
    """The template of SMS_GATEWAY_BODY, filled and escaped for its type."""
    values = {
        "number": outgoing.address,
        "text": outgoing.body,
        "id": outgoing.delivery_id,
        "template": outgoing.template,
    }
    body: str = settings.SMS_GATEWAY_BODY
    # once: a text may hold what looks like a name
    return _NAME.sub(lambda found: _escaped(values[found[1]]), body)


def succeeded(content: bytes, test: str) -> bool:
    """`test` is a path in the JSON answer and its value, as `result.code=0`; empty trusts a 2xx."""
    if not test:
        return True
    path, _, wanted = test.partition("=")
    try:
        found = json.loads(content)
        for name in path.split("."):
            found = found[name]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return False
    if isinstance(found, bool):
        return str(found).lower() == wanted
    return str(found) == wanted


def _escaped(value: str) -> str:
    if settings.SMS_GATEWAY_CONTENT_TYPE.startswith(FORM):
        return quote(value, safe="")
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _signature(content: bytes) -> dict[str, str]:
    """HMAC-SHA256 of the body in hexadecimal, in the header that SMS_GATEWAY_SIGNATURE names."""
    if not settings.SMS_GATEWAY_SIGNATURE:
        return {}
    key = settings.SMS_GATEWAY_SECRET.encode()
    return {settings.SMS_GATEWAY_SIGNATURE: hmac.new(key, content, hashlib.sha256).hexdigest()}
