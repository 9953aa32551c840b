from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from organisation import access
from organisation.models import Staff

Next = Callable[[HttpRequest], HttpResponse]


class PreferredLanguageMiddleware:
    """A member of staff reads the language they chose; everybody else the one of the cookie or the
    browser, which LocaleMiddleware has found before."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, Staff) or user.is_authenticated:
            language = user.preferred_language
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class RememberGrantsMiddleware:
    """What an actor may do is read once per request, and again for the next one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with access.remembering():
            return self.get_response(request)
