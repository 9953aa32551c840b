"""How much may be sent at once. Django counts what it parses of a form; files it writes to a disk
before anybody has looked, and a body of the API it hands on as an endless stream."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from core.api import problems


class BodySizeMiddleware:
    """Refuses by the length that is announced, which a server reads no further than."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not announced.isdecimal() or int(announced) <= _most(request):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse(problems.too_large(), status=413, content_type=problems.MEDIA_TYPE)
        return HttpResponse(
            _("发送的内容过大。"), status=413, content_type="text/plain; charset=utf-8"
        )


def _most(request: HttpRequest) -> int:
    most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
        most += settings.FILES_MAX_BYTES
    return most
