"""What a page or an answer says, without what is drawn anew on every run."""

from __future__ import annotations

import re

DRAWN = re.compile(
    r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"  # names of rows
    r"|panel-[0-9a-f]{8}"
    r'|(?<=name="csrfmiddlewaretoken" value=")\w+'
    r"|(?<=:\d\d)\.\d{6}"  # microseconds
)


def without_chance(text: str) -> str:
    """Without random names, tokens and microseconds, which may hold any short number."""
    return DRAWN.sub("", text)
