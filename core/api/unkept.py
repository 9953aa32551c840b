from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

#: what Django's own function puts together anew for every answer
NEVER: Final = "max-age=0, no-cache, no-store, must-revalidate, private"


class UnkeptMiddleware:
    """No cache keeps an answer of the API, as none keeps a page; a picture says itself for how long
    its reader may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/") and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = NEVER
            response.headers.setdefault("Expires", http_date())
        return response
