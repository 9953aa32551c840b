"""`If-Match` on updates (RFC 9110, 13.1.1): the version, or the tag, that the caller read."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import InvalidInput

VERSION = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description='The version, as in "7".'
)
TAG = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The `tag` that was read; another one now is 412 with the current `tag`.",
)


class PreconditionRequired(APIException):
    """RFC 6585: the update must say which version it is based on."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = _("请在请求头 If-Match 中提供读取时的版本。")


def version_of(request: Request) -> int:
    """The version in `If-Match: "7"`; raises PreconditionRequired, or InvalidInput if malformed."""
    value = request.headers.get("If-Match", "").strip().strip('"')
    if not value:
        raise PreconditionRequired
    if not value.isdecimal():
        raise InvalidInput(fields={"If-Match": [_("应为读取时返回的版本号。")]})
    return int(value)


def seen_of(request: Request) -> str:
    """The tag in `If-Match`; raises PreconditionRequired."""
    value = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not value:
        raise PreconditionRequired
    return value


def tagged(body: Mapping[str, object], tag: str, *, status: int = 200) -> Response:
    """An answer with the tag for the next change, in its body and as `ETag`."""
    return Response({"tag": tag, **body}, status=status, headers={"ETag": f'"{tag}"'})
