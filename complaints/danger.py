"""Danger to life in what somebody says, found by plain words. Pure.

Two questions: is there a word for it, and do the words around it say that it is not so, is past or
is only supposed. It proposes; who decides is `complaints.gravity` (docs/adr/0103).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from complaints import danger_words as words
from complaints.enums import DangerKind
from core import bigrams


class Danger(NamedTuple):
    """A word for it as it was found. `acute`: somebody is in danger now, as far as words tell."""

    kind: DangerKind
    word: str
    acute: bool


class _Place(NamedTuple):
    """A word in its sentence, with the sentence that follows."""

    before: str
    word: str
    after: str
    following: str


#: characters around a word that say whether it is told of now
NEAR: Final = 20
#: characters around a word that are looked at at all: a text without a full stop costs no more
FAR: Final = 200
_SENTENCE: Final = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_CLAUSE: Final = re.compile(r"[,:()]+")
_ACUTE: Final = {kind: re.compile(pattern) for kind, pattern in words.ACUTE.items()}
_GRAVE: Final = {kind: re.compile(pattern) for kind, pattern in words.GRAVE.items()}
_DENIED: Final = re.compile(words.DENIED)
_IMAGINED: Final = re.compile(words.IMAGINED)
_SUPPOSED: Final = re.compile(words.SUPPOSED)
_ABOUT: Final = re.compile(words.ABOUT)
_REHEARSED: Final = re.compile(words.REHEARSED)
_OVER: Final = re.compile(words.OVER)
_STILL: Final = re.compile(words.STILL)
_PAST: Final = re.compile(words.PAST)
_TOLD: Final = re.compile(words.TOLD)
_NOW: Final = re.compile(words.NOW)


def recognise(text: str) -> Danger | None:
    """What presses most: the first that is acute, else the first at all; None for no danger."""
    said = bigrams.plain(text)
    return next(_found(said, _ACUTE, acute=True), None) or next(
        _found(said, _GRAVE, acute=False), None
    )


def _found(
    said: str, patterns: dict[DangerKind, re.Pattern[str]], *, acute: bool
) -> Iterator[Danger]:
    sentences = _SENTENCE.findall(said)
    for number, sentence in enumerate(sentences):
        following = sentences[number + 1] if number + 1 < len(sentences) else ""
        for kind, pattern in patterns.items():
            for found in pattern.finditer(sentence):
                begin, end = found.span()
                place = _Place(
                    sentence[max(0, begin - FAR) : begin],
                    found.group(),
                    sentence[end : end + FAR],
                    following[:FAR],
                )
                if _is_so(place):
                    yield Danger(kind, place.word, acute)


def _is_so(place: _Place) -> bool:
    clause = _CLAUSE.split(place.before)[-1]
    sentence = place.before + place.word + place.after
    if _DENIED.search(clause) or _ABOUT.search(place.after) or _REHEARSED.search(sentence):
        return False
    if _is_over(place):
        return False
    if _IMAGINED.search(clause):
        return False
    if _NOW.search(place.before[-NEAR:] + place.word + place.after[:NEAR]):
        return True
    return not (
        _SUPPOSED.search(place.before) or _PAST.search(place.before) or _TOLD.search(place.after)
    )


def _is_over(place: _Place) -> bool:
    rest = place.after + place.following
    return bool(_OVER.search(rest)) and not _STILL.search(rest)
