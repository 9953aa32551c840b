"""Whose drafts a browser may show again: a mark of the person, the same at every sign-in,
from which nobody learns who it is."""

from __future__ import annotations

from typing import Final, Literal

from django.utils.crypto import salted_hmac

LENGTH: Final = 20
#: residents' pages, and those of staff
RESIDENT: Final = "p:"
STAFF: Final = "s:"
Site = Literal["p:", "s:"]


def mark(site: Site, person: object) -> str:
    """Of nobody it is the site alone: what was typed by somebody is not shown there."""
    if person is None:
        return site
    return site + salted_hmac("desk.draft-owner", f"{site}{person}").hexdigest()[:LENGTH]
