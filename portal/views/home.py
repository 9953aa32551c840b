from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_GET

from portal.door import admitted, resident_of
from portal.views import report


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Who is signed in begins a report; everybody else is told what this is."""
    resident = resident_of(request)
    if resident is None:
        context = {"staff_url": resolve_url(settings.LOGIN_URL)}
        response = render(request, "portal/welcome.html", context)
    else:
        response = report.what(admitted(request, resident))
    add_never_cache_headers(response)
    return response
