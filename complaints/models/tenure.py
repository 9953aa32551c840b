from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Post, Staff


class Tenure(models.Model):
    """Who answers for a post since when, as the desk last looked: the holder, who stands in for
    them, or nobody. The newest row of a post is what holds."""

    append_only = True

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures", db_index=False)
    staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="tenures", db_index=False
    )
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("岗位任职")
        verbose_name_plural = pgettext_lazy("plural", "岗位任职")
        indexes = [models.Index(fields=["post", "-id"], name="tenures_of_post")]
