"""Where a Chromium is that the browser tests can drive."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium was found. Install it: apt-get install chromium (or set CHROMIUM to one)"


def find_chromium(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the program to start; CHROMIUM names one that is elsewhere."""
    if chosen := environ.get("CHROMIUM", "").strip():
        return shutil.which(chosen)
    return next((found for name in _NAMES if (found := shutil.which(name))), None)
