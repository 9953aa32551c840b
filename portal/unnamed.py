"""Forms with photos that nobody known has sent."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from complaints.photo_form import WithPhotos
from core.actors import NOBODY
from core.errors import LimitReached
from core.pages import refusals
from core.services.unnamed import count_try


def is_complete(request: HttpRequest, form: WithPhotos, what: str, *, at: datetime) -> bool:
    """Whether the form was sent and may be taken. Of one that comes back the photos are kept."""
    if request.method != "POST":
        return False
    if form.is_valid():
        return True
    if form.cleaned_data.get("photos"):
        _keep_meanwhile(request, form, what, at=at)
    return False


def _keep_meanwhile(request: HttpRequest, form: WithPhotos, what: str, *, at: datetime) -> None:
    """Counted like a form that is taken: else anybody could fill the disk without ever saying
    anything."""
    try:
        count_try(what, request, at=at)
    except LimitReached as error:
        form.add_error("photos", refusals.said(error))
    else:
        form.keep_meanwhile(actor=NOBODY, at=at)
