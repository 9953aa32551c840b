"""One line for each request: which route it took, never what was asked in it."""

from __future__ import annotations

from uuid import uuid4

import structlog
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware as StructlogMiddleware


class RequestMiddleware(StructlogMiddleware):
    """The path and the query hold words of a search, and addresses that are a key to something."""

    def prepare(self, request: HttpRequest) -> None:
        """What all lines of this request say. The library writes one here too, which says no more
        than the one at the end and finds the route a second time."""
        structlog.contextvars.bind_contextvars(request_id=str(uuid4()))
        self.bind_user_id(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {_route(request)}"


def _route(request: HttpRequest) -> str:
    try:
        return f"/{(request.resolver_match or resolve(request.path_info)).route}"
    except Resolver404:
        return "(no such page)"
