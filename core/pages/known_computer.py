"""A computer remembers who has signed in on it: a signed cookie with a random number and keyed
hashes of names, which says nothing to whoever reads it and lets nobody in by itself."""

from __future__ import annotations

import secrets
from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE: Final = "desk_computer"
SALT: Final = "core.known_computer"
DAYS_KEPT: Final = 90
#: shifts share a desk
MOST_NAMES: Final = 8


def known_to(request: HttpRequest, name: str) -> str:
    """The computer's number if `name` has signed in on it before, else ""."""
    number, names = _read(request)
    return number if _mark(name) in names else ""


def remember(request: HttpRequest, response: HttpResponse, name: str, *, path: str) -> None:
    number, names = _read(request)
    newest = [_mark(name), *(one for one in names if one != _mark(name))][:MOST_NAMES]
    response.set_cookie(
        COOKIE,
        signing.dumps([number or secrets.token_hex(8), *newest], salt=SALT),
        max_age=DAYS_KEPT * 24 * 3600,
        path=path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        number, *names = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=DAYS_KEPT * 24 * 3600
        )
    except (signing.BadSignature, ValueError):
        return "", []
    return number, names


def _mark(name: str) -> str:
    return salted_hmac(SALT, name.strip().casefold(), algorithm="sha256").hexdigest()[:16]
