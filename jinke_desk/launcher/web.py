"""The web server's command, one for `make run` and for both sides of `make bench`."""

from __future__ import annotations

import sys


def serving(application: str, bind: str) -> list[str]:
    """Two workers for two cores; threads keep the connections of slow telephones apart."""
    command = [sys.executable, "-m", "gunicorn", application, "--bind", bind]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    return [*command, "--graceful-timeout", "10", "--no-control-socket"]
