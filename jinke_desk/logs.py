"""Logging: JSON lines, with a processor that masks what looks like personal data."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# A last net. No caller logs personal data on purpose; eleven or more digits in a row are telephone
# numbers, identity numbers or bank cards, and an address with @ is somebody's mailbox.
# The secret of an outside system's key is nobody's data, and no log's either.
_PERSONAL = re.compile(
    r"jk_[0-9a-f]{16}_[0-9a-f]+"
    r"|(?<!\d)\+?\d{11,19}[\dXx]?(?!\d)|[\w.+-]+@[\w-]+\.[\w.]+"
)


_QUESTION = "/console/calls/bar/"


def mask_personal(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            event[key] = _PERSONAL.sub("***", value)
    return event


def drop_devices(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Addresses and devices are personal data; what security needs of them axes keeps, and ends."""
    for name in ("ip", "user_agent"):
        event.pop(name, None)
    return event


def drop_questions(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Every workbench asks for its calls every other second; what went well is no news."""
    if _QUESTION in str(event.get("request", "")) and event.get("code", 200) < 400:
        raise structlog.DropEvent
    return event


_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    drop_devices,
    mask_personal,
]

structlog.configure(
    processors=[drop_questions, *_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False),
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "httpx": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        # a line for every ring of the doorbell would bury what matters
        "celery": {"level": "WARNING"},
    },
}
