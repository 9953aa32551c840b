"""What views of all apps say and do the same way."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from core.api.problems import MEDIA_TYPE
from core.api.serializers import ProblemSerializer


def problems(*codes: int) -> dict[tuple[int, str], type[Serializer[Any]]]:
    """The error answers of an operation, for `extend_schema(responses=…)`."""
    return {(code, MEDIA_TYPE): ProblemSerializer for code in codes}


def checked(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body. Raises ValidationError naming each field."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


def checked_query(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated query parameters; an unknown one is an error like an unknown field."""
    query = shape(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return query.validated_data


def both(route: str, view: type[APIView], name: str) -> list[URLPattern]:
    """With and without a slash at the end: a POST cannot be redirected without losing its body."""
    return [
        path(route, view.as_view(), name=name),
        path(f"{route}/", view.as_view(schema=None)),
    ]
