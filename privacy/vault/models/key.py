from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SubjectKey(models.Model):
    """The wrapped data key of one subject. Lives in the keys database alone.

    `ref` is a keyed hash of the subject's id. A destroyed key stays as a tombstone of `ref` only,
    which a trigger protects: the same subject can never be given a key again, and the tombstone
    does not say whose it was.
    """

    ref = models.UUIDField(primary_key=True, editable=False)
    subject_id = models.UUIDField(null=True, editable=False)
    kek_id = models.CharField(max_length=40)
    wrapped = models.BinaryField(null=True)
    # the database's clock even where business time is virtual: the sweep of orphans rests on it
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("主体密钥")
        verbose_name_plural = _("主体密钥")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    destroyed_at__isnull=True, wrapped__isnull=False, subject_id__isnull=False
                )
                | Q(destroyed_at__isnull=False, wrapped__isnull=True, subject_id__isnull=True),
                name="a_key_is_gone_exactly_when_destroyed",
            )
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(destroyed_at__isnull=True),
                name="live_keys_by_age",
            )
        ]


class DestructionMark(models.Model):
    """How far the outside record of destroyed keys is applied to *this* database.

    One row in each database. A restored backup brings back an older mark, and that is how the
    restore is noticed (docs/adr/0012).
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    applied_seq = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("销毁重放标记")
        verbose_name_plural = _("销毁重放标记")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_destruction_mark")
        ]
