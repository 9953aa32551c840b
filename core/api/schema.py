"""What views of all apps say and do the same way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.urls import URLPattern, path
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from core.api.problems import MEDIA_TYPE
from core.api.serializers import ProblemSerializer
from core.errors import InvalidInput


def problems(*codes: int) -> dict[tuple[int, str], type[Serializer[Any]]]:
    """The error answers of an operation, for `extend_schema(responses=…)`."""
    return {(code, MEDIA_TYPE): ProblemSerializer for code in codes}


def checked(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body. Raises ValidationError naming each field."""
    return _validated(shape, request.data)


def checked_query(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated query parameters; an unknown one is an error like an unknown field."""
    return _validated(shape, request.query_params.dict())


def _validated(shape: type[Serializer[Any]], data: object) -> dict[str, Any]:
    values: dict[str, Any]
    try:
        values = _ready(shape).run_validation(data)
    except ValidationError:
        # some texts of a field stay in the language in which they were first said (lazy_format)
        values = shape().run_validation(data)
    return values


@cache
def _ready(shape: type[Serializer[Any]]) -> Serializer[Any]:
    """One for all requests: making its fields anew each time takes longer than using them, and
    a body that is right leaves no trace in them."""
    return shape()


@contextmanager
def in_words_of_the_api(names: Mapping[str, str]) -> Iterator[None]:
    """A field that a service refuses under its own name is named as the body names it."""
    try:
        yield
    except InvalidInput as refused:
        refused.fields = {names.get(name, name): said for name, said in refused.fields.items()}
        raise


def both(route: str, view: type[APIView], name: str) -> list[URLPattern]:
    """With and without a slash at the end: a POST cannot be redirected without losing its body.
    The last one is what `reverse` answers."""
    return [
        path(f"{route}/", view.as_view(schema=None), name=name),
        path(route, view.as_view(), name=name),
    ]
