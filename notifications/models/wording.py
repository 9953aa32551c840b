from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.enums import Audience, Part
from organisation.enums import Language
from organisation.models import Staff


class WordingVersion(models.Model):
    """The company's own text for a part of a message, instead of the built-in one.

    Append-only: the newest version is in force, an empty text says that the built-in one is again.
    """

    append_only = True

    template = models.CharField(max_length=60)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    language = models.CharField(max_length=10, choices=Language.choices)
    part = models.CharField(
        max_length=20, choices=Part.choices, default=Part.SENTENCE, db_default=Part.SENTENCE
    )
    version = models.PositiveIntegerField()
    text = models.CharField(_("文字"), max_length=2_000, blank=True)
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("消息文字版本")
        verbose_name_plural = _("消息文字版本")
        constraints = [
            models.UniqueConstraint(
                fields=["template", "audience", "language", "part", "version"],
                name="a_wording_version_is_written_once",
            )
        ]
