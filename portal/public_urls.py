"""Pages for anybody. A name of their own keeps them free of what residents' pages read first: which
device it is, and who is signed in on it."""

from __future__ import annotations

from django.urls import path

from portal.views import danger, environment, follow, integrity, ip_notice

app_name = "public"
urlpatterns = [
    path("integrity/", integrity.report, name="integrity"),
    path("intellectual-property/", ip_notice.notice, name="ip_notice"),
    path("follow/danger/", danger.danger, name="danger"),
    path("follow/", follow.follow, name="follow"),
    path("community/<str:code>/environment/", environment.channel, name="environment"),
    path("community/<str:code>/environment/report/", environment.report, name="open_report"),
    path("community/<str:code>/environment/poster/", environment.poster, name="poster"),
    path("community/<str:code>/environment/qr.svg", environment.qr_code, name="qr_code"),
]
