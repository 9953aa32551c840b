from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Installation(models.Model):
    """The one row that says what this database is for."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    # Only a virtual database accepts another clock than the database's, and never sends a message.
    virtual = models.BooleanField(default=False)
    demo_loaded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("安装信息")
        verbose_name_plural = pgettext_lazy("plural", "安装信息")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_installation")
        ]
