from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import MachineKey
from organisation.models import Staff
from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject
from residents.enums import CallDirection, CallState
from residents.querysets import CallQuerySet


class Call(models.Model):
    """One call as an exchange reports it. `line` is our own number, `number_*` the other party's.

    Number and draft lie under a key of the row (docs/adr/0067), since it is not known yet whose
    they are; both are emptied when they are no longer needed, and the row stays as a count.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    exchange = models.ForeignKey(MachineKey, models.PROTECT, related_name="calls")
    call_id = models.CharField(max_length=64)
    direction = models.CharField(max_length=10, choices=CallDirection.choices)
    line = models.CharField(max_length=20, blank=True)
    number_sealed = SealedField(max_plain_length=120, null=True)
    number_index = models.BinaryField(max_length=32, null=True)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="calls")
    staff_since = models.DateTimeField(null=True)
    subject = models.ForeignKey(DataSubject, models.PROTECT, null=True, related_name="calls")
    began_at = models.DateTimeField()
    rang_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    draft_sealed = SealedField(max_plain_length=20_000, null=True)
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("来电")
        verbose_name_plural = pgettext_lazy("plural", "来电")
        constraints = [
            models.UniqueConstraint(
                fields=["exchange", "call_id"], name="an_exchange_names_a_call_once"
            ),
            models.CheckConstraint(
                condition=Q(number_sealed__isnull=True, number_index__isnull=True)
                | Q(number_sealed__isnull=False, number_index__isnull=False),
                name="a_number_is_kept_with_its_index",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(draft_sealed__isnull=True),
                name="a_settled_call_has_no_draft",
            ),
        ]
        indexes = [
            models.Index(
                fields=["staff", "expires_at"],
                condition=Q(settled_at__isnull=True),
                name="calls_waiting_for_staff",
            ),
            models.Index(
                fields=["number_index", "-began_at"],
                condition=Q(number_index__isnull=False),
                name="calls_of_number",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(draft_sealed__isnull=False),
                name="drafts_of_calls_to_end",
            ),
            models.Index(
                fields=["began_at"],
                condition=Q(number_index__isnull=False),
                name="numbers_of_calls_to_end",
            ),
            models.Index(
                fields=["subject"], condition=Q(subject__isnull=False), name="calls_of_subject"
            ),
        ]

    @property
    def state(self) -> CallState:
        if self.ended_at is not None:
            return CallState.ENDED
        return CallState.RINGING if self.answered_at is None else CallState.ANSWERED
