"""The door through which nobody comes in: whoever reports without saying who they are is not known
by a sign-in, a cookie or an address either (docs/adr/0069)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

#: what begins like this is answered without knowing who asks
PREFIXES: Final = (
    "/integrity/",
    "/community/",
    "/follow/",
    "/intellectual-property/",
    "/api/v1/integrity-reports",
)
#: in which language to answer: it stands in the address, since no cookie is left
LANGUAGE: Final = "language"
_LANGUAGES: Final = frozenset(code for code, _name in settings.LANGUAGES)
#: how a page looks says nothing about who reads it
_KEPT: Final = frozenset({settings.LANGUAGE_COOKIE_NAME, "desk_theme", "desk_type"})


class NobodyMiddleware:
    """Takes the cookies from a request and from its answer. Stands above everything that would read
    a session: a member of staff who is signed in leaves no number in the log either."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIXES):
            return self.get_response(request)
        kept = {name: value for name, value in request.COOKIES.items() if name in _KEPT}
        chosen = request.GET.get(LANGUAGE, "")
        if chosen in _LANGUAGES:
            kept[settings.LANGUAGE_COOKIE_NAME] = chosen
        request.COOKIES = kept
        request.META.pop("HTTP_COOKIE", None)
        request.META.pop("HTTP_AUTHORIZATION", None)
        response = self.get_response(request)
        response.cookies.clear()
        add_never_cache_headers(response)
        return response
