from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models import TextEntry, Ticket
from organisation.models import Staff
from privacy.rights.enums import HoldGround, StepState
from privacy.rights.models.request import PrivacyRequest


class ErasureStep(models.Model):
    """One holding of the data map to be erased for one request. Idempotent, resumable."""

    request = models.ForeignKey(PrivacyRequest, models.PROTECT, related_name="steps")
    position = models.SmallIntegerField()
    holding = models.CharField(max_length=60)
    planned_rows = models.IntegerField()
    erased_rows = models.IntegerField(null=True)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.PENDING)
    done_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("删除步骤")
        verbose_name_plural = pgettext_lazy("plural", "删除步骤")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "holding"], name="a_request_erases_a_holding_once"
            )
        ]


class Hold(models.Model):
    """A ticket whose personal data stay for now, with ground and review date."""

    request = models.ForeignKey(PrivacyRequest, models.PROTECT, related_name="holds")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="holds")
    ground = models.CharField(_("依据"), max_length=20, choices=HoldGround.choices)
    review_on = models.DateField(_("复核日期"))
    released_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("保留事项")
        verbose_name_plural = pgettext_lazy("plural", "保留事项")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "ticket"], name="a_request_holds_a_ticket_once"
            )
        ]


class MentionTask(models.Model):
    """A text by somebody else that names the person: a human overwrites it or says why it stays.
    The certificate waits for it."""

    request = models.ForeignKey(PrivacyRequest, models.PROTECT, related_name="mentions")
    entry = models.ForeignKey(TextEntry, models.PROTECT, related_name="mention_tasks")
    done_by = models.ForeignKey(Staff, models.PROTECT, null=True)
    done_at = models.DateTimeField(null=True)
    kept = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("提及处理")
        verbose_name_plural = pgettext_lazy("plural", "提及处理")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "entry"], name="a_request_lists_a_mention_once"
            )
        ]


class Certificate(models.Model):
    """What was erased, when and by whose order; counts only, nothing personal, signed."""

    request = models.OneToOneField(PrivacyRequest, models.PROTECT, related_name="certificate")
    body = models.JSONField()
    signature = models.CharField(max_length=128)
    issued_at = models.DateTimeField()

    class Meta:
        verbose_name = _("删除证明")
        verbose_name_plural = pgettext_lazy("plural", "删除证明")
