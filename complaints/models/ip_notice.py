from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.ticket import Ticket
from complaints.reasons import RightKind
from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject


class IpNotice(models.Model):
    """What a notice about intellectual property must say, and how far it has come. Who gives it
    must be known (Civil Code 1195), so their name and how to reach them, by telephone or e-mail,
    lie here under a key of their own;
    where the content is stands in the ticket's words."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="ip_notice")
    right_kind = models.CharField(_("权利种类"), max_length=16, choices=RightKind.choices)
    right = models.CharField(_("权利名称与登记号"), max_length=200)
    in_good_faith = models.BooleanField()
    subject = models.ForeignKey(DataSubject, models.PROTECT, null=True, related_name="ip_notices")
    holder_sealed = SealedField(max_plain_length=120, null=True)
    contact_sealed = SealedField(max_plain_length=254, null=True)
    forwarded_at = models.DateTimeField(null=True)
    countered_at = models.DateTimeField(null=True)
    # until then the right holder may sue or complain
    wait_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("知识产权通知")
        verbose_name_plural = pgettext_lazy("plural", "知识产权通知")
        constraints = [
            models.CheckConstraint(
                condition=Q(in_good_faith=True), name="a_notice_is_given_in_good_faith"
            ),
            models.CheckConstraint(
                condition=Q(countered_at__isnull=True, wait_until__isnull=True)
                | Q(
                    forwarded_at__isnull=False,
                    countered_at__isnull=False,
                    wait_until__isnull=False,
                ),
                name="a_notice_is_countered_after_it_was_forwarded",
            ),
        ]
