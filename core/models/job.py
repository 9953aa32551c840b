from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class JobState(models.TextChoices):
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


class Job(models.Model):
    """A long piece of work with progress, resumable from `cursor` by the same `fingerprint`."""

    kind = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.RUNNING)
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    error_code = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = pgettext_lazy("plural", "后台任务")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "fingerprint"], name="one_job_per_kind_and_fingerprint"
            )
        ]
