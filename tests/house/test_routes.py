"""Every route refuses a stranger, unless it is listed here as public with its reason."""

from __future__ import annotations

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

#: names of routes that anybody may open
PUBLIC = {
    "livez", "readyz",  # a load balancer asks
    "set_language", "set_display",  # a cookie, nothing else
    "schema", "api-docs",  # the contract is no secret
    "auth-otp", "auth-token",  # the door itself; limited in PostgreSQL
    "privacy-policies",  # read before one signs in
    "console:sign_in", "console:sign_out",
    "portal:home", "portal:sign_in", "portal:code", "portal:policy",
    # after an erasure nobody is left who could sign in: a random address, and nothing personal
    "portal:request_status", "portal:request_certificate",
    # whoever reports about integrity does not say who they are
    "public:integrity", "public:follow", "public:danger",
    "integrity-reports", "integrity-reports-follow", "integrity-reports-add",
    "integrity-reports-reopen",
    # whoever holds a right says so, known by name and not by a sign-in
    "public:ip_notice",
    # everybody of a community reads what was raised and done, and raises more
    "public:environment", "public:open_report", "public:poster", "public:qr_code",
    "environment", "environment-reports",
    # the demo app is not installed in production
    "demo:messages", "demo:gallery", "demo:message", "demo:system",
}  # fmt: skip

ARGUMENTS = {
    "int": "1",
    "uuid": str(uuid.UUID(int=1)),
    "slug": "x",
    "str": "x",
    "path": "x",
    "written": "x",
}


def _routes(patterns, prefix="", namespace=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name == "admin":
                continue
            inner = ":".join(part for part in (namespace, pattern.namespace) if part)
            yield from _routes(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join(part for part in (namespace, pattern.name or "") if part), pattern, route


def _address(pattern, route):
    import re

    def fill(match):
        return ARGUMENTS[match.group(1) or "str"]

    return "/" + re.sub(r"<(?:(\w+):)?\w+>", fill, route)


ROUTES = [
    (name, _address(pattern, route))
    for name, pattern, route in _routes(get_resolver().url_patterns)
]


def test_the_walk_sees_the_routes():
    assert len(ROUTES) > 40


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "address"), [r for r in ROUTES if r[0] not in PUBLIC])
def test_a_stranger_is_refused(client, name, address):
    for method in ("get", "post", "patch", "delete"):
        response = getattr(client, method)(address, content_type="application/json")
        if response.status_code == 302:
            assert "sign-in" in response["Location"], (name, method, response["Location"])
        else:
            assert response.status_code in (401, 403, 404, 405), (name, method)


@pytest.mark.django_db
def test_the_admin_sends_a_stranger_to_our_sign_in(client):
    response = client.get("/admin/complaints/ticket/", follow=False)
    assert response.status_code == 302
