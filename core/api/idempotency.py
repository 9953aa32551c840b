"""The `Idempotency-Key` header of creates (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from core.actors import Actor
from core.errors import InvalidInput
from core.services.idempotency import Claim, scope_of

HEADER = "Idempotency-Key"
LONGEST = 100


def claim_of(
    request: Request, actor: Actor, what: str, *, file: UploadedFile | None = None
) -> Claim:
    """The claim of this request. The scope is the caller's own, so keys of others cannot be tried.
    A file that is sent is bound by what is in it.

    Raises InvalidInput when the header is missing or malformed.
    """
    key = request.headers.get(HEADER, "").strip().strip('"')
    if not key or len(key) > LONGEST or not key.isprintable():
        raise InvalidInput(
            _("请在请求头 Idempotency-Key 中提供一个不超过 100 个字符的唯一值，重试时保持不变。"),
            fields={HEADER: [_("缺少或无效。")]},
        )
    body = canonical(request.data) if file is None else _content(file)
    return Claim(scope=scope_of(what, actor), key=key, body=body)


def _content(file: UploadedFile) -> bytes:
    read = b"".join(file.chunks())
    file.seek(0)
    return read


def canonical(data: Any) -> bytes:
    """The body's meaning, not its bytes: a client may serialise a retry in another order."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, default=str).encode()
