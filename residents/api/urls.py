from __future__ import annotations

from django.urls import URLPattern, path
from rest_framework.views import APIView

from residents.api.views import CallerLookupView, CodeView, MeView, TokenView


def both(route: str, view: type[APIView], name: str) -> list[URLPattern]:
    """With and without a slash at the end: a POST cannot be redirected without losing its body.
    The last one is what `reverse` answers."""
    return [
        path(f"{route}/", view.as_view(schema=None), name=name),
        path(route, view.as_view(), name=name),
    ]


urlpatterns = [
    *both("auth/otp", CodeView, "auth-otp"),
    *both("auth/token", TokenView, "auth-token"),
    *both("me", MeView, "me"),
    *both("callers/lookup", CallerLookupView, "callers-lookup"),
]
