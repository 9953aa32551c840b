"""How a person wants pages to look. Two cookies, nothing personal, no row in the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

CHOICES = {"theme": ("auto", "light", "dark"), "type": ("normal", "large")}
ONE_YEAR = 365 * 24 * 3600


def chosen(request: HttpRequest | None, name: str) -> str:
    """The choice kept in the cookie; the first one, the default, for anything unknown."""
    choices = CHOICES[name]
    value = request.COOKIES.get(f"desk_{name}", "") if request else ""
    return value if value in choices else choices[0]


@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Keeps the choices that were sent and goes back to the page they were made on."""
    response = HttpResponseRedirect(_way_back(request))
    for name, choices in CHOICES.items():
        value = request.POST.get(name)
        if value in choices:
            response.set_cookie(
                f"desk_{name}",
                value,
                max_age=ONE_YEAR,
                secure=request.is_secure(),
                samesite="Lax",
            )
    return response


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.headers.get("Referer", "")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(target, here, require_https=request.is_secure())
    return target if safe else "/"
