"""Every error of the API as RFC 9457 `application/problem+json`, with a stable `code`.

The texts are ours or of the validation; never of the database, whose messages carry the offending
value.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.http import http_date
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core import errors

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

#: the database went away or had no time: nothing was stored that was not answered, and who asks
#: again under the same key is served once
OUT_OF_REACH = (OperationalError, InterfaceError)
AGAIN = {"Retry-After": "5"}

#: an error with a code of its own is answered as the kind of error it is
STATUS: dict[type[errors.DeskError], int] = {
    errors.NotAllowed: status.HTTP_403_FORBIDDEN,
    errors.NotFound: status.HTTP_404_NOT_FOUND,
    errors.InvalidInput: status.HTTP_400_BAD_REQUEST,
    errors.InvalidTransition: status.HTTP_409_CONFLICT,
    errors.StaleVersion: status.HTTP_412_PRECONDITION_FAILED,
    errors.LimitReached: status.HTTP_429_TOO_MANY_REQUESTS,
    errors.Busy: status.HTTP_503_SERVICE_UNAVAILABLE,
    errors.IdempotencyConflict: status.HTTP_422_UNPROCESSABLE_ENTITY,
    errors.IdempotencyInProgress: status.HTTP_409_CONFLICT,
}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Returns None, so a 500 without content, for what nobody expected."""
    set_rollback()
    if isinstance(error, errors.DeskError):
        return _of_desk(error)
    if isinstance(error, Http404):
        return problem(404, errors.NotFound.code, str(errors.NotFound.message))
    if isinstance(error, PermissionDenied):
        return problem(403, "not_allowed", str(errors.NotAllowed.message))
    if isinstance(error, RequestDataTooBig):
        return Response(too_large(), status=413, content_type=MEDIA_TYPE)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, OUT_OF_REACH):
        logger.error("database out of reach in the API: %s", type(error).__name__)
        return Response(unavailable(), status=503, headers=AGAIN, content_type=MEDIA_TYPE)
    if isinstance(error, DatabaseError):
        # its text may carry what somebody typed: the type alone is logged
        logger.error("database error in the API: %s", type(error).__name__)
        return problem(500, "database_error", _("暂时无法保存，请稍后重试。"))
    return None


def problem(
    code_of_http: int,
    code: str,
    detail: str,
    *,
    field_errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> Response:
    said = {**body(code_of_http, code, detail), **extra}
    if field_errors:
        said["errors"] = field_errors
    return Response(said, status=code_of_http, headers=headers, content_type=MEDIA_TYPE)


def too_large() -> dict[str, Any]:
    return body(413, "too_large", _("发送的内容过大。"))


def unavailable() -> dict[str, Any]:
    return body(503, "unavailable", _("暂时无法保存，请稍后重试。"))


def body(code_of_http: int, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"urn:jinke-desk:problem:{code}",
        "title": detail,
        "status": code_of_http,
        "code": code,
        "detail": detail,
    }


def _of_desk(error: errors.DeskError) -> Response:
    listed = [
        {"field": field, "code": error.code, "detail": str(message)}
        for field, messages in error.fields.items()
        for message in messages
    ]
    extra = dict(error.extra)
    headers = dict(AGAIN) if isinstance(error, errors.Busy) else {}
    if retry_at := extra.pop("retry_at", None):
        extra["retry_at"] = retry_at.isoformat()
        headers["Retry-After"] = http_date(retry_at.timestamp())
    return problem(
        _status_of(error),
        error.code,
        str(error.message),
        field_errors=listed,
        headers=headers,
        **extra,
    )


def _status_of(error: errors.DeskError) -> int:
    for kind, code in STATUS.items():
        if isinstance(error, kind):
            return code
    return status.HTTP_400_BAD_REQUEST


def _of_framework(error: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, exceptions.ValidationError):
        return problem(
            400,
            "invalid_input",
            str(errors.InvalidInput.message),
            field_errors=list(_flatten(error.get_full_details())),
        )
    code = error.get_codes()
    return problem(
        error.status_code,
        code if isinstance(code, str) else "refused",
        str(error.detail),
        headers=headers,
    )


def _flatten(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested details as one list; a field inside a list is named `photos.0`."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": path, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for key, value in details.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _flatten(value, ".".join(part for part in (path, name) if part))
    elif isinstance(details, list):
        leaves = all(
            isinstance(item, dict) and set(item) == {"message", "code"} for item in details
        )
        for index, item in enumerate(details):
            yield from _flatten(item, path if leaves else f"{path}.{index}")
