from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from demo import accounts, sink

#: the system that never answers, so that there is something to send again
DOWN: Final = "down"
MOST_BYTES: Final = 64 * 1024


def messages(request: HttpRequest) -> HttpResponse:
    """Everything the demo would have sent: codes to telephones, e-mails to staff and residents."""
    rows = [(message, datetime.fromisoformat(message.at)) for message in sink.shown()]
    context = {"rows": rows, "accounts": accounts.STAFF, "resident_phone": accounts.RESIDENT_PHONE}
    return render(request, "demo/messages.html", context)


@csrf_exempt  # a system has no session; nothing but the page of messages shows what it was told
@require_POST
def system(request: HttpRequest, name: str) -> HttpResponse:
    """The other end of the demo's robot and webhooks."""
    if name == DOWN:
        return HttpResponse(status=503)
    told = request.read(MOST_BYTES).decode(errors="replace")
    sink.keep(name, request.get_host(), "", _readable(told))
    return JsonResponse({"errcode": 0, "errmsg": "ok"})


def _readable(told: str) -> str:
    try:
        said = json.loads(told)
    except ValueError:
        return told
    if isinstance(said, dict) and isinstance(text := said.get("text"), dict):
        return str(text.get("content", ""))
    return json.dumps(said, ensure_ascii=False, indent=1)
