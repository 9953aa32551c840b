"""What a service refuses, said beside the field it concerns, with nothing typed lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.forms import BaseForm

from core.errors import DeskError

#: answers that are no mistake of the form
STATUS: Final[Mapping[str, int]] = {
    "stale_version": 412,
    "invalid_transition": 409,
    "limit_reached": 429,
}
INVALID: Final = 422


def show(form: BaseForm, error: DeskError, names: Mapping[str, str] | None = None) -> None:
    """Add the refusal to a bound form. `names` leads from the service's fields to the form's."""
    renamed = names or {}
    placed = False
    for field, messages in error.fields.items():
        known = renamed.get(field, field)
        for message in messages:
            form.add_error(known if known in form.fields else None, str(message))
            placed = True
    if not placed:
        form.add_error(None, str(error))


def status_of(error: DeskError) -> int:
    return STATUS.get(error.code, INVALID)
