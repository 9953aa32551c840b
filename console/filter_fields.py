"""The fields that narrow the lists. Nearly always nobody has narrowed anything, and then they are
the same for everybody until the catalogue changes: an eighth of a page that is drawn once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

#: languages, times catalogues that follow each other
MOST_KEPT: Final = 16
_kept: dict[tuple[str | None, UUID | None], SafeString] = {}


def drawn(filters: forms.Form, wanted: Mapping[str, str], stamp: UUID | None) -> SafeString:
    """`stamp` names the catalogue whose categories are offered."""
    if not filters.fields.keys().isdisjoint(wanted):
        return _draw(filters)
    key = (get_language(), stamp)
    found = _kept.get(key)
    if found is None:
        found = _draw(filters)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = found
    return found


def _draw(filters: forms.Form) -> SafeString:
    return render_to_string("console/_filter_fields.html", {"filters": filters})
