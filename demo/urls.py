from __future__ import annotations

from django.urls import path

from core.gallery import gallery
from demo import views

app_name = "demo"
urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("systems/<slug:name>/", views.system, name="system"),
    path("gallery/", gallery, name="gallery"),
]
