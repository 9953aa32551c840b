from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from demo import accounts, sink


def messages(request: HttpRequest) -> HttpResponse:
    """Everything the demo would have sent: codes to telephones, e-mails to staff and residents."""
    rows = [(message, datetime.fromisoformat(message.at)) for message in sink.shown()]
    context = {"rows": rows, "accounts": accounts.STAFF, "resident_phone": accounts.RESIDENT_PHONE}
    return render(request, "demo/messages.html", context)
