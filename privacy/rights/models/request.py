from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models import Ticket
from organisation.models import Staff
from privacy.rights.enums import CorrectableField, RequestKind, RequestState
from privacy.rights.querysets import RequestQuerySet
from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject


class PrivacyRequest(models.Model):
    """A request under Chapter IV of the Personal Information Protection Law.

    Its ticket of kind `privacy` runs the clock and the ladder. `subject` is nulled when the person
    is erased; `reference` (the ticket's) is what the ledger and the certificate name.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="privacy_request")
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, related_name="privacy_requests"
    )
    kind = models.CharField(max_length=16, choices=RequestKind.choices)
    state = models.CharField(
        max_length=20, choices=RequestState.choices, default=RequestState.IDENTITY_PENDING
    )
    # a correction: which field, and its new value under the subject's key
    field = models.CharField(max_length=10, choices=CorrectableField.choices, blank=True)
    value_sealed = SealedField(max_plain_length=254, null=True)
    # an erasure: names and contacts to look for, under the subject's key and readable as long as it
    # lives; emptied with the subject's row
    needles_sealed = SealedField(max_plain_length=4000, null=True)
    # an erasure: how many merged subjects the plan counted, for the approver agreed to no more
    planned_people = models.SmallIntegerField(null=True)
    # an erasure: when the independent scan found nothing left; the key is not destroyed before
    scanned_at = models.DateTimeField(null=True)
    # how often execution was begun; a crash in between leaves it one higher than expected
    attempts = models.SmallIntegerField(default=0)
    # null when the resident asked for it
    created_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="privacy_requests_created"
    )
    verified_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="privacy_requests_verified"
    )
    verified_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        Staff, models.PROTECT, null=True, related_name="privacy_requests_approved"
    )
    approved_at = models.DateTimeField(null=True)
    refusal_code = models.CharField(max_length=40, blank=True)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("个人信息请求")
        verbose_name_plural = pgettext_lazy("plural", "个人信息请求")
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (
                    (Q(created_by__isnull=True) | ~Q(approved_by=F("created_by")))
                    & (Q(verified_by__isnull=True) | ~Q(approved_by=F("verified_by")))
                ),
                name="the_approver_neither_created_nor_verified",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "executing", "verifying"])
                | Q(approved_by__isnull=False, verified_at__isnull=False),
                name="nothing_is_carried_out_unverified_or_unapproved",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal_code=""),
                name="a_refusal_gives_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["delete", "cancel_account"], state="answered")
                | Q(scanned_at__isnull=False),
                name="an_erasure_is_answered_scanned",
            ),
        ]
        indexes = [models.Index(fields=["state", "received_at"], name="privacy_requests_by_state")]
