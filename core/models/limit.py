from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LimitWindow(models.Model):
    """How often something was tried in one window of time. Kept here, not in Redis: a flushed
    cache must open nothing. `bucket` is a keyed hash, so that no number or address is readable."""

    scope = models.CharField(max_length=40)
    bucket = models.BinaryField(max_length=32)
    window_start = models.DateTimeField()
    hits = models.IntegerField(default=1)

    class Meta:
        verbose_name = _("频次计数")
        verbose_name_plural = pgettext_lazy("plural", "频次计数")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "bucket", "window_start"], name="one_count_per_limit_window"
            )
        ]
        indexes = [models.Index(fields=["window_start"], name="limit_window_start")]
