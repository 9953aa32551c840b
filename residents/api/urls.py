from __future__ import annotations

from django.urls import URLPattern, path
from rest_framework.views import APIView

from residents.api.views import CallerLookupView, CodeView, MeView, TokenView


def both(route: str, view: type[APIView], name: str) -> list[URLPattern]:
    """With and without a slash at the end: a POST cannot be redirected without losing its body."""
    return [
        path(route, view.as_view(), name=name),
        path(f"{route}/", view.as_view(schema=None)),
    ]


urlpatterns = [
    *both("auth/otp", CodeView, "auth-otp"),
    *both("auth/token", TokenView, "auth-token"),
    *both("me", MeView, "me"),
    *both("callers/lookup", CallerLookupView, "callers-lookup"),
]
