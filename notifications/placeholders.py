"""Placeholders as people write them, {单号}, and as they are kept, %(reference)s. Pure.

A text is never given to a formatting function: names are looked up in a fixed list, and what a
value holds is not looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

_KEPT: Final = re.compile(r"%\((\w+)\)[sd]")
#: an input method makes the wide ones
_WRITTEN: Final = re.compile(r"[{｛]\s*([^{}｛｝\n]*?)\s*[}｝]")
_BRACES: Final = frozenset("{}｛｝")


@dataclass(frozen=True, slots=True)
class Read:
    """What somebody wrote, as it is kept; names that are not known, and a brace that is alone."""

    text: str
    unknown: tuple[str, ...] = ()
    stray: bool = False


def kept_form(text: str) -> str:
    """Of a sentence of ours: every placeholder is a text when it is filled."""
    return _KEPT.sub(r"%(\1)s", text)


def names_in(text: str) -> frozenset[str]:
    return frozenset(_KEPT.findall(text))


def read(text: str, known: Mapping[str, Collection[str]]) -> Read:
    """`known` has, by name, every word by which people may call it."""
    by_word = {word.casefold(): name for name, words in known.items() for word in words}
    unknown = [each for each in _KEPT.findall(text) if each not in known]

    def keep(found: re.Match[str]) -> str:
        name = by_word.get(found[1].casefold())
        if name is None:
            unknown.append(found[1])
            return ""
        return f"%({name})s"

    kept = _WRITTEN.sub(keep, text)
    return Read(kept_form(kept), tuple(dict.fromkeys(unknown)), bool(_BRACES & set(kept)))


def show(text: str, words: Mapping[str, str]) -> str:
    """The kept form with each placeholder by its word."""
    return _KEPT.sub(lambda found: "{" + words.get(found[1], found[1]) + "}", text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A line that has placeholders and nothing to put into any of them is left out."""
    lines = (_line(line, values) for line in text.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _line(line: str, values: Mapping[str, str]) -> str | None:
    names = _KEPT.findall(line)
    if names and not any(values.get(name) for name in names):
        return None
    return _KEPT.sub(lambda found: values.get(found[1], ""), line)
