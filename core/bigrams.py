"""Search words of Chinese text, for a `tsvector` that PostgreSQL can index.

Chinese is written without blanks, so a run of characters is indexed by its pairs: 电梯故障 gives
电梯, 梯故, 故障 and, so that one character can be looked for, the last one alone, 障. Words of
letters and digits stay whole, in lower case. Nothing goes through PostgreSQL's own parser:
`vector` is meant for a cast to `tsvector`, `query` for one to `tsquery`.

A pair match is a sieve, not proof (电梯 and 梯故 may stand far apart): recheck with `contains`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

CHINESE = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Characters indexed by pairs: Han with extensions, and kana for Japanese names."""

LONGEST_WORD = 64
"""Characters of one word; the rest of a longer one is not indexed. A lexeme may have 2046 bytes."""

MOST_TERMS = 32

_RUN = re.compile(rf"(?P<chinese>[{CHINESE}]+)|[^\W_{CHINESE}]+")


def words(text: str) -> list[str]:
    """The different search words of a text, in order of appearance."""
    found: dict[str, None] = {}
    for run, chinese in _runs(text):
        found.update(dict.fromkeys([*_pairs(run), run[-1]] if chinese else [run[:LONGEST_WORD]]))
    return list(found)


def vector(text: str) -> str:
    """The words of a text as a `tsvector` is written; no word holds a quote or a backslash."""
    return " ".join(f"'{word}'" for word in words(text))


def query(text: str) -> str:
    """The words a text must have to contain what was typed, as `tsquery`; empty when nothing was.

    All of them are wanted. A single character and a word of letters or digits match beginnings:
    障 finds 故障, b1 finds b12.
    """
    terms: dict[str, None] = {}
    for run, chinese in _runs(text):
        if chinese and len(run) > 1:
            terms.update(dict.fromkeys(f"'{pair}'" for pair in _pairs(run)))
        else:
            terms[f"'{run[:LONGEST_WORD]}':*"] = None
    return " & ".join(list(terms)[:MOST_TERMS])


def long_runs(typed: str) -> list[str]:
    """The Chinese runs of more than one pair: the ones for which the pairs are but a sieve."""
    return [run for run, chinese in _runs(typed) if chinese and len(run) > 2]


def contains(text: str, typed: str) -> bool:
    """Whether a text really contains every run that was typed, whatever the width or case."""
    haystack = plain(text)
    return all(run in haystack for run, _ in _runs(typed))


def plain(text: str) -> str:
    """One form for what looks alike: full-width becomes ASCII, capitals become small."""
    return unicodedata.normalize("NFKC", text).lower()


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    for found in _RUN.finditer(plain(text)):
        yield found.group(), found["chinese"] is not None


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
