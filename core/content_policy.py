"""The Content-Security-Policy of every answer: one text, made when the process starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse

Next = Callable[[HttpRequest], HttpResponse]
_NAME: Final[str] = HEADER


class ContentPolicyMiddleware:
    """Instead of the library's, which puts the same text together for every answer. An answer with
    a policy of its own keeps it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(_NAME, self.policy)
        return response
