"""Which categories a description sounds like, by their keywords. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from core import bigrams


class Candidate(NamedTuple):
    """A category that may be suggested; keywords are separated by blanks."""

    code: str
    keywords: str


def suggest(text: str, candidates: Iterable[Candidate], *, most: int = 3) -> list[str]:
    """Codes of the categories whose keywords the text contains, the best first.

    A long keyword says more than a short one, and a part of the tree more than the whole.
    """
    said = bigrams.plain(text)
    scores = {one.code: _score(said, one.keywords) for one in candidates}
    fitting = [code for code, score in scores.items() if score]
    return sorted(fitting, key=lambda code: (-scores[code], -code.count("."), code))[:most]


def _score(said: str, keywords: str) -> int:
    return sum(len(word) ** 2 for word in set(bigrams.plain(keywords).split()) if word in said)
