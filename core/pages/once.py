"""A page's form that is sent twice does its work once: the key it was rendered with says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import IdempotencyConflict, InvalidInput
from core.services.idempotency import Answer, Claim, once, scope_of

KEY: Final = "idempotency_key"
LONGEST: Final = 100
#: what may differ between two sendings of one form
_UNSAID: Final = frozenset({KEY, "csrfmiddlewaretoken", "draft", "next"})


def done_once(
    request: HttpRequest, what: str, act: Callable[[], str], *, actor: Actor, at: datetime
) -> str:
    """Run `act` unless this form has done so already; the text it gave, then or now.

    `what` names the act and its object. Raises InvalidInput when the form was sent before with
    other contents, as after the back button, and whatever `act` raises.
    """
    key = request.POST.get(KEY, "").strip()[:LONGEST] or str(uuid4())
    claim = Claim(scope_of(f"page.{what}", actor), key, _body(request))
    try:
        answer = once(claim, lambda: Answer(200, {"done": act()}), at=at)
    except IdempotencyConflict:
        message = _("这份表单已经提交过。请核对下面的内容，确认无误后再提交一次。")
        raise InvalidInput(message) from None
    return str(answer.response["done"])


def _body(request: HttpRequest) -> bytes:
    """What was sent, files by their contents."""
    said = {name: values for name, values in request.POST.lists() if name not in _UNSAID}
    for name, files in request.FILES.lists():
        said[name] = [_digest(file.chunks()) for file in files]
        for file in files:
            file.seek(0)
    return json.dumps(said, sort_keys=True, ensure_ascii=False).encode()


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
