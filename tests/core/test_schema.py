"""A body is read by what is kept for all requests, and refused in the words of its own."""

from types import SimpleNamespace

import pytest
from django.utils import translation
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from core.api.schema import checked


class Shape(serializers.Serializer):
    word = serializers.CharField(max_length=3)


def said_in(language):
    with translation.override(language), pytest.raises(ValidationError) as refused:
        checked(Shape, SimpleNamespace(data={"word": "four"}))
    return str(refused.value.detail["word"][0])


def test_each_is_refused_in_their_own_language():
    first, second, again = said_in("zh-hans"), said_in("en"), said_in("zh-hans")
    assert second == "Ensure this field has no more than 3 characters."
    assert first == again != second
