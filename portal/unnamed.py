"""Photos of forms that nobody known has sent."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from complaints.photo_form import WithPhotos
from core.actors import NOBODY
from core.errors import LimitReached
from core.pages import refusals
from core.services.unnamed import count_try


def keep_meanwhile(request: HttpRequest, form: WithPhotos, what: str, *, at: datetime) -> None:
    """Of a form that comes back because something is missing. Counted like one that is taken: else
    anybody could fill the disk without ever saying anything."""
    if not form.cleaned_data.get("photos"):
        return
    try:
        count_try(what, request, at=at)
    except LimitReached as error:
        form.add_error("photos", refusals.said(error))
    else:
        form.keep_meanwhile(actor=NOBODY, at=at)
