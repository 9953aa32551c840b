from __future__ import annotations

from django.db import models


class Installation(models.Model):
    """The one row that says what this database is for."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    # Only a virtual database accepts another clock than the database's, and never sends a message.
    virtual = models.BooleanField(default=False)
    demo_loaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_installation")
        ]
