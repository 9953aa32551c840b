"""Logging: JSON lines, with a processor that masks what looks like personal data."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import django.db.utils
import psycopg
import structlog

# A last net. No caller logs personal data on purpose; eleven or more digits in a row are telephone
# numbers, identity numbers or bank cards, and an address with @ is somebody's mailbox.
# The secret of an outside system's key is nobody's data, and no log's either.
_PERSONAL = re.compile(
    r"jk_[0-9a-f]{16}_[0-9a-f]+"
    r"|(?<!\d)\+?\d{11,19}[\dXx]?(?!\d)|[\w.+-]+@[\w-]+\.[\w.]+"
)
_ROW = re.compile(r"\s*(?:\\n)?\s*DETAIL:.*", re.DOTALL)
_QUESTION = "/console/calls/bar/"
LONGEST_CHAIN = 20
OF_DATABASE = (django.db.utils.Error, psycopg.Error)


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


def name_the_route(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Django says the path of what it could not answer; a path can hold words of a search, or be
    the key to something (core.request_log)."""
    from core.request_log import RequestMiddleware

    record = event.get("_record")
    request = getattr(record, "request", None)
    if record is not None and record.name.startswith("django.") and request is not None:
        code = getattr(record, "status_code", "")
        event["event"] = f"{code} {RequestMiddleware.format_request(request)}".strip()
    return event


def leave_rows_out(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """What a database says of something that it refused repeats it. Whoever logs such an error may
    have put its words into their own."""
    said = str(event["event"])
    for error in _chain(event.get("exc_info")):
        if isinstance(error, OF_DATABASE):
            for words in (repr(error), str(error)):
                said = said.replace(words, type(error).__name__)
    event["event"] = _ROW.sub("", said)
    return event


def traceback_of(exc_info: Any) -> str:
    """The errors that led to one another, the first on top, those of a database without words."""
    steps = [
        "".join([*traceback.format_tb(error.__traceback__), _named(error)])
        for error in _chain(exc_info)
    ]
    return "\n".join(reversed(steps)).rstrip()


def _chain(exc_info: Any) -> Iterator[BaseException]:
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if error is True:
        error = sys.exc_info()[1]
    for _step in range(LONGEST_CHAIN):
        if not isinstance(error, BaseException):
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _named(error: BaseException) -> str:
    if isinstance(error, psycopg.Error):
        return f"{type(error).__name__}: {error.sqlstate} {error.diag.constraint_name or ''}\n"
    if isinstance(error, OF_DATABASE):
        return f"{type(error).__name__}\n"
    return "".join(traceback.format_exception_only(error))


_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    leave_rows_out,
    structlog.processors.ExceptionRenderer(traceback_of),
    drop_devices,
    name_the_route,
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
