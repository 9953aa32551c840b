"""What is answered when something was raised that no view takes care of, above all in a middleware:
the session of somebody who asks while the database is away."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from core.api import problems


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`. A database out of reach is no fault of the desk's: 503, try again."""
    if not isinstance(sys.exc_info()[1], problems.OUT_OF_REACH):
        return defaults.server_error(request)
    if request.path.startswith("/api/"):
        return JsonResponse(
            problems.unavailable(),
            status=503,
            headers=problems.AGAIN,
            content_type=problems.MEDIA_TYPE,
        )
    page: HttpResponse = defaults.server_error(request)
    return HttpResponse(page.content, status=503, headers=problems.AGAIN)
