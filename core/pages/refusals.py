"""What a service refuses, said beside the field it concerns, with nothing typed lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Busy, DeskError, InvalidTransition, LimitReached, StaleVersion

LIMITED: Final = 429
#: answers that are no mistake of the form
STATUS: Final[Mapping[type[DeskError], int]] = {
    StaleVersion: 412,
    InvalidTransition: 409,
    Busy: 409,
    LimitReached: LIMITED,
}
INVALID: Final = 422


def show(
    form: BaseForm,
    error: DeskError,
    names: Mapping[str, str] | None = None,
    *,
    at: str | None = None,
) -> None:
    """Add the refusal to a bound form.

    `names` leads from the service's fields to the form's; a refusal of no known field stands
    beside the field `at`, or above the form.
    """
    renamed = names or {}
    if not error.fields:
        form.add_error(at, said(error))
    for field, messages in error.fields.items():
        known = renamed.get(field, field)
        for message in messages:
            form.add_error(known if known in form.fields else at, str(message))


def said(error: DeskError) -> str:
    """In words; a limit also says when it ends."""
    retry_at = error.extra.get("retry_at")
    if not isinstance(retry_at, datetime):
        return str(error)
    local = timezone.localtime(retry_at)
    return _("%(message)s（%(time)s 之后可以再试）") % {
        "message": str(error).rstrip("。."),
        "time": f"{local:%H:%M}",
    }


def status_of(error: DeskError) -> int:
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), INVALID)


def seen(request: HttpRequest, current: str, status: int) -> str:
    """What the form's author has read: of a form that comes back to be put right it is what they
    read when they began, so that what somebody saved meanwhile is not written over."""
    return (status == INVALID and request.POST.get("seen")) or current
