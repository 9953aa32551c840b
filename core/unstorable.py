"""What PostgreSQL cannot store is no text: a NUL is refused at the door, for every page at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL: Final = "\x00"


class UnstorableMiddleware:
    """Bodies of the API are checked by their serializers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Raises BadRequest. After the middleware that reads forms for their token."""
        asked = [request.path_info, *_values(request.GET)]
        if not request.path_info.startswith("/api/"):
            asked += _values(request.POST)
        if any(NUL in value for value in asked):
            raise BadRequest


def _values(sent: Any) -> list[str]:
    return [value for _name, values in sent.lists() for value in values]
