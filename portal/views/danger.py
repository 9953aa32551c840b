"""Words of danger on the pages for anybody: whoever writes them is told whom to call first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from complaints.danger import recognise
from complaints.enums import TextRole
from complaints.services.texts import LONGEST

#: the fields of these pages that somebody writes freely in
TOLD: Final = ("about", "body", "text")


# No cookie tells one browser from another here, so there is nothing of anybody's to be forged.
@csrf_exempt
@require_POST
def danger(request: HttpRequest) -> HttpResponse:
    """Whether what is being written tells of danger: 200 if so, else 204. Nothing is kept, asked of
    the database or counted."""
    return HttpResponse(status=200 if is_told(request.POST) else 204)


def is_told(sent: Mapping[str, str]) -> bool:
    """Whether what was sent tells of danger, whatever kind of matter it is: whom to call in an
    emergency does not depend on who will handle it."""
    said = "\n".join(sent.get(name, "") for name in TOLD)
    return recognise(said[: LONGEST[TextRole.BODY]]) is not None
