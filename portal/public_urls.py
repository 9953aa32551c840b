"""Pages for anybody. A name of their own keeps them free of what residents' pages read first: which
device it is, and who is signed in on it."""

from __future__ import annotations

from django.urls import path

from portal.views import integrity

app_name = "public"
urlpatterns = [
    path("integrity/", integrity.report, name="integrity"),
    path("integrity/follow/", integrity.follow, name="integrity_follow"),
]
