"""Base of every request body: an unknown field is an error, not a silent loss, and so is a moment
that is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.clock import is_plausible


class StrictSerializer(serializers.Serializer[Any]):
    default_error_messages = {"unknown_field": _("没有这个字段。")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_odd_moments(data)
        values = super().to_internal_value(data)
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError(
                {
                    name: [
                        serializers.ErrorDetail(
                            str(self.error_messages["unknown_field"]), code="unknown_field"
                        )
                    ]
                    for name in unknown
                }
            )
        return values

    def _refuse_odd_moments(self, data: Mapping[str, Any]) -> None:
        """Before the framework reckons with them and fails."""
        said = serializers.DateTimeField.default_error_messages["overflow"]
        odd = [
            name
            for name, field in self.fields.items()
            if isinstance(field, serializers.DateTimeField) and _is_odd(data.get(name))
        ]
        if odd:
            detail = serializers.ErrorDetail(str(said), code="overflow")
            raise serializers.ValidationError({name: [detail] for name in odd})


def _is_odd(value: Any) -> bool:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return moment is not None and not is_plausible(moment)


class MomentField(serializers.DateTimeField):
    """When something happened. A day is no moment: all that happened on it would be one thing."""

    def to_internal_value(self, value: Any) -> datetime:
        if isinstance(value, str) and len(value.strip()) <= len("2026-03-04"):
            self.fail("date")
        moment: datetime = super().to_internal_value(value)
        return moment


class PageQuerySerializer(StrictSerializer):
    """What every list takes."""

    cursor = serializers.CharField(
        max_length=300, required=False, help_text="From `next` or `previous` of another page."
    )
    size = serializers.IntegerField(min_value=1, max_value=100, default=50)


class FieldProblemSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details, as `core.api.problems` writes them."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable; programs decide by it.")
    detail = serializers.CharField(help_text="For people, in the language of the request.")
    errors = FieldProblemSerializer(  # type: ignore[assignment]  # RFC 9457 names it; DRF's
        many=True,
        required=False,  # own `errors` is of bound serializers, and this one is a shape
    )
