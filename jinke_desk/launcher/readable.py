"""A line of the log as a person at a terminal wants it. The log files keep every line whole."""

from __future__ import annotations

import json
from typing import Any

# Every ten seconds several of these say that all is well.
_PULSE = ("celery.beat", "celery.worker.strategy", "celery.app.trace")
_PROBES = ("GET /livez", "GET /readyz", "GET /static/")
_FOR_MACHINES = {
    *("timestamp", "level", "logger", "event", "request_id", "user_agent", "ip", "code"),
    *("request", "user_id", "exception"),
}


def readable(line: str) -> str | None:
    """Return the line to show, or None for one that would only push others off the screen."""
    try:
        entry = json.loads(line) if line.startswith("{") else None
    except ValueError:
        entry = None
    if not isinstance(entry, dict):
        return line
    return None if _is_pulse(entry) else _sentence(entry)


def _is_pulse(entry: dict[str, Any]) -> bool:
    if entry.get("level") not in ("info", "debug"):
        return False
    probed = str(entry.get("request", "")).startswith(_PROBES)
    return probed or entry.get("logger") in _PULSE or entry.get("event") == "request_started"


def _sentence(entry: dict[str, Any]) -> str:
    level = str(entry.get("level", "info"))
    words = [] if level == "info" else [level.upper()]
    if entry.get("event") == "request_finished":
        words.append(f"{entry.get('code')} {entry.get('request')}")
    else:
        words.append(str(entry.get("event", "")))
    words += [f"{name}={value}" for name, value in entry.items() if name not in _FOR_MACHINES]
    if "exception" in entry:
        words.append(f"\n{entry['exception']}")
    return " ".join(words)
