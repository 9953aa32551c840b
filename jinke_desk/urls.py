"""Routes. Each app brings its own; this file only says where they hang."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core import health
from core.api.schema import both
from core.display import set_display
from organisation.views import set_language
from residents.api.views import CallerLookupView

# routes are tried in turn: what is asked for most stands first
api: list[URLPattern | URLResolver] = [
    *both("callers/lookup", CallerLookupView, "callers-lookup"),
    path("", include("complaints.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("", include("residents.api.urls")),
    path("", include("notifications.api.urls")),
    path("privacy/", include("privacy.rights.api.urls")),
    path("quality/", include("quality.api.urls")),
]

handler400 = "core.unexpected.bad_request"
handler403 = "core.unexpected.permission_denied"
handler404 = "core.unexpected.page_not_found"
handler500 = "core.unexpected.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("language/", set_language, name="set_language"),
    path("display/", set_display, name="set_display"),
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
    path("console/", include("console.urls")),
    path("", include("portal.public_urls")),
    path("", include("portal.urls")),
]

if settings.MODE != "production":
    urlpatterns.append(path("demo/", include("demo.urls")))
