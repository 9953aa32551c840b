"""What every page's template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def desk(request: HttpRequest) -> dict[str, Any]:
    return {
        "desk_mode": settings.MODE.value,
        "languages": settings.LANGUAGES,
        "hotline": settings.HOTLINE_NUMBER,
    }
