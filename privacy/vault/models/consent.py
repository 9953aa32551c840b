from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.actors import ActorKind
from privacy.vault.enums import ConsentChannel, ConsentOutcome, EvidenceKind
from privacy.vault.fields import SealedField
from privacy.vault.models.policy import PolicyDocument
from privacy.vault.models.purpose import Purpose
from privacy.vault.querysets import ConsentEventQuerySet


class ConsentEvent(models.Model):
    """One act of consent. Append-only; the state of a consent is the latest event.

    Subject and guardian stand here by their `trace`. The device lies under the subject's key.
    """

    append_only = True

    receipt_id = models.UUIDField(default=uuid.uuid4, editable=False)
    trace = models.UUIDField()
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="consents")
    outcome = models.CharField(max_length=10, choices=ConsentOutcome.choices)
    policy = models.ForeignKey(PolicyDocument, models.PROTECT, null=True, related_name="consents")
    channel = models.CharField(max_length=20, choices=ConsentChannel.choices)
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_id = models.BigIntegerField(null=True)
    guardian_trace = models.UUIDField(null=True)
    evidence_kind = models.CharField(
        max_length=20, choices=EvidenceKind.choices, default=EvidenceKind.NONE
    )
    evidence_sha256 = models.BinaryField(max_length=32, null=True)
    device_sealed = SealedField(max_plain_length=200, null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ConsentEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("同意记录")
        verbose_name_plural = _("同意记录")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["withdrawn", "expired"]) | Q(policy__isnull=False),
                name="an_answer_refers_to_the_policy_shown",
            ),
            models.CheckConstraint(
                condition=Q(actor_kind__in=["staff", "machine"], actor_id__isnull=False)
                | Q(actor_kind__in=["reporter", "system"], actor_id__isnull=True),
                name="a_consent_names_its_doer_by_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["trace", "purpose", "-at", "-id"], name="latest_consent"),
        ]
