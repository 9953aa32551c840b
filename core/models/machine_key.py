from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class MachineKey(models.Model):
    """A key of an outside system, `jk_<key_id>_<secret>`; only the secret's hash is kept."""

    key_id = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    secret_sha256 = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=60), default=list)
    unit_codes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
