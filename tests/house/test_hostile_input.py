"""Whatever is sent, the answer is the sender's mistake and not the desk's: no route answers 500."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.house.test_foreign_routes import callers
from tests.house.test_routes import _routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NUL, LONE, HUGE = "\x00", "\ud800", "9" * 40
#: a number for a moment, a moment for a number, none at all
CURSORS = (
    "WzAsMSwxXQ",
    "WzAsIjIwMjYtMDEtMDFUMDA6MDA6MDArMDA6MDAiLCIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIl0",
    "x",
)
QUERY = (
    "q", "before", "community", "unit", "show", "from", "period", "cut_off", "recorded_by", "next",
    "as", "year", "tab", "system", "channel", "code", "field", "category", "kind", "severity",
    "state", "size", "for", "seen", "done", "draft", "reference", "ticket", "tier", "language",
)  # fmt: skip
WORDS = (NUL, HUGE, "²", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00", "9999-12")
BODIES = ("[]", "null", '"x"', "{", "[" * 20_000, '{"\\ud800": 1}', '{"a": 1e999}', NUL)
VALUES = (NUL, LONE, 10**40, -1, [], {"a": 1}, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00")
HEADERS = {"Idempotency-Key": "k", "If-Match": '"1"'}


def routes():
    for name, _pattern, route in _routes(get_resolver().url_patterns):
        if name not in ("metrics", "schema", "api-docs") and not name.startswith("demo:"):
            yield name, route


@pytest.fixture
def everybody(company):
    found = callers(company)
    for caller in found.values():
        caller.raise_request_exception = False
    return found


def caller_of(name, everybody):
    return everybody["resident" if name.startswith("portal:") else "staff"]


def test_no_query_breaks_a_list(everybody):
    broken = []
    for name, route in routes():
        if "<" in route:
            continue
        asked = [dict.fromkeys(QUERY, word) for word in WORDS]
        asked += [{"cursor": cursor, "after": cursor} for cursor in CURSORS]
        caller = caller_of(name, everybody)
        broken += [
            (name, query) for query in asked if caller.get(f"/{route}", query).status_code >= 500
        ]
    assert "\n".join(map(str, broken)) == ""


def test_no_address_breaks_a_page(everybody):
    broken = []
    for name, route in routes():
        if not any(f"<{kind}:" in route for kind in ("str", "written", "int")):
            continue
        for word in ("%00", "%ff", HUGE, "..%2f", "%2500", "%25ff"):
            address = f"/{_filled(route, word)}"
            if caller_of(name, everybody).get(address).status_code >= 500:
                broken.append((name, word))
    assert "\n".join(map(str, broken)) == ""


def _filled(route, word):
    number = word if word.isdecimal() else "1"
    values = {"int": number, "uuid": "00000000-0000-0000-0000-000000000001", "slug": "x"}
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", word), route)


def test_no_body_breaks_the_api(everybody):
    broken = []
    shapes = _shapes()
    for name, route in routes():
        if not route.startswith("api/v1/") or "<" in route or not route.endswith("/"):
            continue
        fields = shapes.get(f"/{route.removesuffix('/')}", ())
        sent = [*BODIES, *(json.dumps(dict.fromkeys(fields, value)) for value in VALUES if fields)]
        for body in sent:
            for who in ("staff", "resident"):
                answer = everybody[who].post(
                    f"/{route}", body, content_type="application/json", headers=HEADERS
                )
                if answer.status_code >= 500:
                    broken.append((who, name, body[:60]))
    assert "\n".join(map(str, broken)) == ""


def _shapes():
    """Per route of the API, the fields of its body."""
    document = Client().get("/api/v1/schema/?format=json").json()
    found = {}
    for path, methods in document["paths"].items():
        content = methods.get("post", {}).get("requestBody", {}).get("content", {})
        named = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        if named:
            shape = document["components"]["schemas"][named.rpartition("/")[2]]
            found[path] = tuple(shape["properties"])
    return found


#: what pages read without a form
TYPED = (
    "idempotency_key", "notice", "message", "which", "version", "caller", "named_staff", "draft",
    "next", "decision", "keep", "seen", "person", "on", "channel", "language", "call", "step",
    "theme", "type", "text", "q", "phone", "community", "category", "building", "room", "home",
)  # fmt: skip


def test_no_form_breaks_a_page(everybody):
    broken = []
    for name, route in routes():
        if route.startswith("api/v1/") or "<" in route or name.endswith("sign_out"):
            continue
        for word in (NUL, HUGE, "²"):
            answer = caller_of(name, everybody).post(f"/{route}", dict.fromkeys(TYPED, word))
            if answer.status_code >= 500:
                broken.append((name, word[:3]))
    assert "\n".join(map(str, broken)) == ""
