from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ONE_ANSWER: Final = "one_answer_per_idempotency_key_and_scope"


class IdempotencyKey(models.Model):
    """The first answer to a create, kept so that a repeated call gets it again.

    Written in the transaction of the created object. `response` names the object and holds nothing
    the caller typed. Deleted in batches after `expires_at` (48 hours).
    """

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    body_sha256 = models.BinaryField(max_length=32)
    status_code = models.SmallIntegerField()
    response = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("幂等记录")
        verbose_name_plural = pgettext_lazy("plural", "幂等记录")
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name=ONE_ANSWER),
        ]
