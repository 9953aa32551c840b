"""Short messages over Tencent Cloud (SendSms 2021-01-11), signed with TC3-HMAC-SHA256.

The gateway sends approved texts only, known by a number: SMS_TENCENT_TEMPLATES says which of ours
is which of theirs, and in which order it takes our placeholders.
Protocol: https://cloud.tencent.com/document/api/382/55981, /382/52072
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from notifications.channels import http
from notifications.channels.outgoing import Fault, NotDelivered, Outgoing

ACTION: Final = "SendSms"
VERSION: Final = "2021-01-11"
ALGORITHM: Final = "TC3-HMAC-SHA256"
CONTENT_TYPE: Final = "application/json; charset=utf-8"
SIGNED: Final = "content-type;host"
#: a limit of theirs was reached: of the second, or of one number in a while
TOO_FAST: Final = ("RequestLimitExceeded", "LimitExceeded")
PATIENCE: Final = timedelta(minutes=1)


class Approved(NamedTuple):
    """A text of theirs, and the placeholders of ours that it takes, in order."""

    number: str
    values: tuple[str, ...]


class Key(NamedTuple):
    secret_id: str
    secret_key: str


def send(client: httpx.Client, outgoing: Outgoing) -> None:
    approved = _approved(outgoing.template, settings.SMS_TENCENT_TEMPLATES)
    content = json.dumps(
        {
            "PhoneNumberSet": [outgoing.address],
            "SmsSdkAppId": settings.SMS_TENCENT_APP_ID,
            "SignName": settings.SMS_TENCENT_SIGN,
            "TemplateId": approved.number,
            "TemplateParamSet": [outgoing.values.get(name, "") for name in approved.values],
            "SessionContext": outgoing.delivery_id,
        },
        ensure_ascii=False,
    ).encode()
    key = Key(settings.SMS_TENCENT_SECRET_ID, settings.SMS_TENCENT_SECRET_KEY)
    host = urlsplit(settings.SMS_TENCENT_URL).netloc
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Host": host,
        "X-TC-Action": ACTION,
        "X-TC-Version": VERSION,
        "X-TC-Region": settings.SMS_TENCENT_REGION,
        "X-TC-Timestamp": str(int(outgoing.at.timestamp())),
        "Authorization": authorization(key, "sms", host, content, outgoing.at),
    }
    answer = http.post(
        client, http.Post(url=settings.SMS_TENCENT_URL, content=content, headers=headers)
    )
    _check(answer.content)


def authorization(key: Key, service: str, host: str, content: bytes, at: datetime) -> str:
    """The header of a POST to `/` whose content is JSON."""
    canonical = "\n".join(
        [
            "POST",
            "/",
            "",
            f"content-type:{CONTENT_TYPE}\nhost:{host}\n",
            SIGNED,
            hashlib.sha256(content).hexdigest(),
        ]
    )
    day = at.astimezone(UTC).date().isoformat()
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join(
        [
            ALGORITHM,
            str(int(at.timestamp())),
            scope,
            hashlib.sha256(canonical.encode()).hexdigest(),
        ]
    )
    signing = f"TC3{key.secret_key}".encode()
    for part in (day, service, "tc3_request"):
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
    return (
        f"{ALGORITHM} Credential={key.secret_id}/{scope}, "
        f"SignedHeaders={SIGNED}, Signature={signature}"
    )


def _approved(template: str, known: Mapping[str, tuple[str, tuple[str, ...]]]) -> Approved:
    try:
        return Approved(*known[template])
    except KeyError:
        raise NotDelivered("sms_text_not_approved") from None


def _check(content: bytes) -> None:
    """A 200 says that they answered, the body says what."""
    try:
        said: dict[str, Any] = json.loads(content)["Response"]
        found = said["Error"]["Code"] if "Error" in said else said["SendStatusSet"][0]["Code"]
        code = str(found)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise NotDelivered("answer_unreadable") from error
    if code == "Ok":
        return
    short = f"tencent_{code}"[:60]
    if code.startswith(TOO_FAST):
        whole = code.startswith("RequestLimitExceeded")
        raise NotDelivered(short, Fault.CHANNEL if whole else Fault.MESSAGE, PATIENCE)
    if code.startswith(("AuthFailure", "FailedOperation.InsufficientBalance", "InternalError")):
        raise NotDelivered(short, Fault.CHANNEL)
    raise NotDelivered(short)
