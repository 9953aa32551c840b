"""Names as people type them at a door, brought to one form for counting."""

from __future__ import annotations

import unicodedata


def plain_name(typed: str) -> str:
    """The same text for everything that signs the same name in.

    Sign-in reads a name without blanks around it and in NFKC, so that ｌｉ is li, and then compares
    it exactly. What is counted must be no finer than that: here both cases are one, too.
    """
    return unicodedata.normalize("NFKC", typed.strip()).strip().casefold()
