from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from privacy.vault.enums import RevealReason
from privacy.vault.names import LABEL_SHAPE


class RevealLog(models.Model):
    """Who saw which clear value, when and why. Append-only; the subject stands by its `trace`."""

    append_only = True

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    actor_id = models.BigIntegerField()
    trace = models.UUIDField()
    field = models.CharField(max_length=80)
    reason_code = models.CharField(max_length=40, choices=RevealReason.choices)

    class Meta:
        verbose_name = _("明文查看记录")
        verbose_name_plural = _("明文查看记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(field__regex=LABEL_SHAPE), name="a_reveal_names_a_field"
            )
        ]
        indexes = [
            models.Index(fields=["actor_id", "-at"], name="reveals_of_actor"),
            models.Index(fields=["trace", "-at"], name="reveals_of_subject"),
        ]
