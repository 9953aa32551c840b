from __future__ import annotations

from django.db import models

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
        indexes = [models.Index(fields=["post", "-id"], name="tenures_of_post")]
