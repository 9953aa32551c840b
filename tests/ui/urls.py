"""The two addresses that the layouts themselves lead to."""

from django.urls import path
from django.views.i18n import set_language

from core.display import set_display

urlpatterns = [
    path("language/", set_language, name="set_language"),
    path("display/", set_display, name="set_display"),
]
