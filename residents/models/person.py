from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.enums import Language
from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject
from residents.querysets import PersonQuerySet


class Person(models.Model):
    """A resident or other caller. The name lies under the subject's key; see privacy.vault."""

    subject = models.OneToOneField(
        DataSubject, models.PROTECT, primary_key=True, related_name="person"
    )
    name_sealed = SealedField(max_plain_length=60)
    # keyed hash of the exact name, searched within one community only
    name_index = models.BinaryField(max_length=32)
    is_minor = models.BooleanField(_("未成年人"), default=False)
    do_not_call = models.BooleanField(_("请勿致电"), default=False)
    preferred_language = models.CharField(
        max_length=10, choices=Language.choices, default=Language.CHINESE
    )
    created_at = models.DateTimeField()

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("住户")
        verbose_name_plural = pgettext_lazy("plural", "住户")
        indexes = [models.Index(fields=["name_index"], name="person_name_index")]
