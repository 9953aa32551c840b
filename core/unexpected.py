"""What is answered when something was raised that no view takes care of: an address that leads
nowhere, what a middleware refuses, the session of somebody who asks while the database is away.
Whoever asks the API gets a problem as from everywhere in it, others a page."""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from core import errors
from core.api import problems


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`."""
    if not _asks_the_api(request):
        return defaults.bad_request(request, exception)
    return _problem(problems.body(400, "malformed", _("看不懂这个请求。")))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler403`."""
    if not _asks_the_api(request):
        return defaults.permission_denied(request, exception)
    refused = errors.NotAllowed
    return _problem(problems.body(403, refused.code, str(refused.message)))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler404`."""
    if not _asks_the_api(request):
        return defaults.page_not_found(request, exception)
    missing = errors.NotFound
    return _problem(problems.body(404, missing.code, str(missing.message)))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`. A database out of reach is no fault of the desk's: 503, try again."""
    away = isinstance(sys.exc_info()[1], problems.OUT_OF_REACH)
    if _asks_the_api(request):
        if away:
            return _problem(problems.unavailable(), problems.AGAIN)
        return _problem(problems.body(500, "unexpected", _("系统出错，请稍后重试。")))
    page: HttpResponse = defaults.server_error(request)
    return HttpResponse(page.content, status=503, headers=problems.AGAIN) if away else page


def _asks_the_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(said: dict[str, Any], headers: dict[str, str] | None = None) -> HttpResponse:
    media_type = problems.MEDIA_TYPE
    return JsonResponse(said, status=said["status"], headers=headers, content_type=media_type)
