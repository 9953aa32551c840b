from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.models import Staff
from privacy.rights.enums import CorrectableField
from privacy.rights.models.request import PrivacyRequest
from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject


class CorrectionRecord(models.Model):
    """What a correction replaced. Both values lie under the subject's key; destroying the key ends
    the old value too."""

    request = models.OneToOneField(PrivacyRequest, models.PROTECT, related_name="correction")
    subject = models.ForeignKey(DataSubject, models.PROTECT, null=True, related_name="corrections")
    field = models.CharField(max_length=10, choices=CorrectableField.choices)
    old_sealed = SealedField(max_plain_length=254, null=True)
    new_sealed = SealedField(max_plain_length=254, null=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    carried_out_by = models.ForeignKey(Staff, models.PROTECT, null=True)
    carried_out_at = models.DateTimeField()

    class Meta:
        verbose_name = _("更正记录")
        verbose_name_plural = pgettext_lazy("plural", "更正记录")
