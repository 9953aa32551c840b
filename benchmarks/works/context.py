from __future__ import annotations

from dataclasses import dataclass
from http.cookies import SimpleCookie

from django.test import Client

from benchmarks.options import Size
from benchmarks.webserver import Web
from benchmarks.world import FLOOR_TOKEN, World

CSRF = "b" * 32


@dataclass(frozen=True, slots=True)
class Webs:
    ours: Web
    small: Web
    floor: Web


@dataclass(frozen=True, slots=True)
class Context:
    world: World
    webs: Webs
    size: Size


def floor_headers() -> dict[str, str]:
    return {"Authorization": f"Token {FLOOR_TOKEN}"}


def staff_headers(session: str) -> dict[str, str]:
    return {"Cookie": f"{session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}


def staff_client(session: str) -> Client:
    """The same session in this process, where statements can be counted."""
    client = Client()
    client.cookies = SimpleCookie(session)
    return client
