from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from organisation.models import Post  # noqa: F401  # for the type argument below


class PostQuerySet(models.QuerySet["Post"]):
    def valid_on(self, day: date) -> PostQuerySet:
        return self.filter(valid_from__lte=day).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day)
        )
