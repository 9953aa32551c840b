from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.vault.models import DataSubject
from residents.enums import CodePurpose
from residents.models.contact import ContactPoint


class SignInCode(models.Model):
    """A one-time code. A row is written for unknown numbers too (`subject` null), so that known and
    unknown take the same road. Only a keyed hash of the code is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=10, choices=CodePurpose.choices)
    subject = models.ForeignKey(
        DataSubject, models.CASCADE, null=True, related_name="sign_in_codes"
    )  # cascade: a code lives for minutes and is nothing without its subject
    # cascade, as above. A code is worth nothing once its number signs in somebody else
    contact = models.ForeignKey(
        ContactPoint, models.CASCADE, null=True, related_name="sign_in_codes"
    )
    code_hash = models.BinaryField(max_length=32)
    tries = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("验证码")
        verbose_name_plural = pgettext_lazy("plural", "验证码")


class DeviceToken(models.Model):
    """A resident's sign-in on one device; opaque, hashed, revocable."""

    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="device_tokens")
    token_sha256 = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(_("登录时间"))
    last_used_on = models.DateField(_("最近使用"), null=True)
    expires_at = models.DateTimeField(_("有效期至"))
    revoked_at = models.DateTimeField(_("退出时间"), null=True)

    class Meta:
        verbose_name = _("登录设备")
        verbose_name_plural = pgettext_lazy("plural", "登录设备")
        indexes = [
            models.Index(
                fields=["subject"], condition=Q(revoked_at__isnull=True), name="live_device_tokens"
            )
        ]
