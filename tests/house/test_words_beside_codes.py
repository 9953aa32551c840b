"""Where an address has a fixed word beside a code that somebody writes, no code is that word: else
what has it could not be opened."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import Any

from django.urls import URLPattern, get_resolver

from complaints import admin
from organisation.services import suppliers

#: what people write; verbs and names of steps are ours
CODE = re.compile(r"<\w+:(code|number|category)>")
PART = re.compile(r"<(?:(\w+):)?\w+>")
TAKES = {"int": "[0-9]+", "slug": "[-a-zA-Z0-9_]+", "uuid": "[0-9a-f-]{36}"}

#: the address of a code, and the words that no code may be; whoever writes one is told
REFUSED = {
    "api/v1/suppliers/<written:code>": {"figures"},
    "console/suppliers/<written:code>": {"new"},
    "console/suppliers/<written:code>/<slug:name>": {"contracts"},
    "console/suppliers/<written:code>/decide/<int:change_id>": {"contracts"},
    "report/<slug:kind>/<str:code>": {"danger"},
}
#: and where the code itself is found: its address comes first, or is no code that people write
FOUND = {
    "api/v1/key-accounts/<written:code>/contacts": {"quarters"},
    "api/v1/key-accounts/<written:code>/changes": {"quarters"},
    "api/v1/key-accounts/quarters/<str:code>": {"contacts", "changes"},
    "console/suppliers/contracts/<written:number>/<slug:what>": {"decide"},
}


def _routes(patterns: Iterable[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route.strip("/")
        elif pattern.app_name != "admin":
            yield from _routes(pattern.url_patterns, route)


def _takes(part: str, other: str) -> bool:
    """Whether what stands in this part of a route may be what stands in the other's."""
    if part == other or (PART.search(part) and PART.search(other)):
        return True
    named = PART.fullmatch(part)
    return named is not None and bool(re.fullmatch(TAKES.get(named.group(1), "[^/]+"), other))


def _words_for_codes(route: str, other: str) -> set[str]:
    """The words of another route that would be codes of this one, where both can be one address."""
    parts, others = route.split("/"), other.split("/")
    pairs = list(zip(parts, others, strict=False))
    if len(parts) != len(others) or not all(_takes(a, b) or _takes(b, a) for a, b in pairs):
        return set()
    return {word for code, word in pairs if CODE.fullmatch(code) and not PART.search(word)}


def test_every_word_that_a_code_could_be_is_known() -> None:
    found: dict[str, set[str]] = {}
    for route, other in permutations(set(_routes(get_resolver().url_patterns)), 2):
        if words := _words_for_codes(route, other):
            found.setdefault(route, set()).update(words)
    assert found == REFUSED | FOUND


def test_and_listed_where_codes_are_written() -> None:
    assert set().union(*REFUSED.values()) == suppliers.RESERVED_CODES | admin.RESERVED_CODES
