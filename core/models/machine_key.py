from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MachineKey(models.Model):
    """The key of an outside system, `jk_<key_id>_<secret>`; only the secret's hash is kept.

    While the secret is exchanged, the one before it is good until `previous_expires_at`; the system
    stays the same row, so that its events and its idempotency keys go on.
    """

    key_id = models.CharField(_("编号"), max_length=16, unique=True)
    name = models.CharField(_("系统名称"), max_length=80)
    secret_sha256 = models.BinaryField(max_length=32)
    previous_sha256 = models.BinaryField(max_length=32, null=True)
    previous_expires_at = models.DateTimeField(_("上一把密钥有效期至"), null=True)
    scopes = ArrayField(models.CharField(max_length=60), default=list, verbose_name=_("权限"))
    unit_codes = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("范围"))
    created_at = models.DateTimeField(_("签发时间"))
    expires_at = models.DateTimeField(_("有效期至"))
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)
    last_used_on = models.DateField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("外部系统密钥")
        verbose_name_plural = pgettext_lazy("plural", "外部系统密钥")
        constraints = [
            models.CheckConstraint(
                condition=Q(previous_sha256__isnull=True, previous_expires_at__isnull=True)
                | Q(
                    previous_sha256__isnull=False,
                    previous_expires_at__isnull=False,
                    previous_expires_at__lte=F("expires_at"),
                ),
                name="a_former_secret_ends_no_later_than_its_key",
            )
        ]

    def __str__(self) -> str:
        return self.name
