"""Whether a page or an answer says something that must not be read there."""

from __future__ import annotations

import re

#: what is drawn anew on every run, and holds any short number sooner or later
DRAWN = re.compile(
    r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"  # names of rows
    r"|panel-[0-9a-f]{8}"
    r'|csrfmiddlewaretoken"\s*value="\w+'
    r"|(?<=:\d\d)\.\d{6}"  # microseconds
)


def says(text: str, what: str) -> bool:
    """The name of a row counts wherever it stands; anything else only outside what is drawn."""
    return what in (text if DRAWN.fullmatch(what) else DRAWN.sub("", text))
