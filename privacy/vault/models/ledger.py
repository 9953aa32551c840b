from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.actors import ActorKind
from privacy.vault.enums import ledger_kinds
from privacy.vault.names import CODE_SHAPE, LABEL_SHAPE, REFERENCE_SHAPE


class LedgerEntry(models.Model):
    """One privileged act. Append-only, typed columns only: nothing personal fits in.

    A subject appears through the number of the request that concerned it, never by id. Entries
    carry no hash and wait for no lock; `services.ledger.seal` chains them afterwards.
    """

    append_only = True

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=40, choices=ledger_kinds)
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor_id = models.BigIntegerField(null=True)
    request_ref = models.CharField(max_length=36, blank=True)
    object_kind = models.CharField(max_length=80, blank=True)
    object_count = models.IntegerField(default=0)
    reason_code = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("审计账目")
        verbose_name_plural = _("审计账目")
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind__in=["staff", "machine"], actor_id__isnull=False)
                | Q(actor_kind__in=["reporter", "system"], actor_id__isnull=True),
                name="a_ledger_entry_names_its_doer_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__regex=CODE_SHAPE)
                & Q(request_ref__regex=REFERENCE_SHAPE)
                & (Q(object_kind="") | Q(object_kind__regex=LABEL_SHAPE))
                & (Q(reason_code="") | Q(reason_code__regex=CODE_SHAPE)),
                name="a_ledger_entry_holds_codes_only",
            ),
        ]
        indexes = [
            models.Index(
                fields=["request_ref"], condition=~Q(request_ref=""), name="ledger_of_request"
            ),
        ]


class LedgerSeal(models.Model):
    """A link of the chain: the hash over the entries sealed together and the link before."""

    append_only = True

    number = models.BigIntegerField(primary_key=True)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    entries = models.IntegerField()
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("账目封存")
        verbose_name_plural = _("账目封存")


class LedgerSealMember(models.Model):
    """That an entry is covered by a seal, with the entry's own hash, so that a broken row can be
    named. A row of its own instead of a mark on the entry: entries are never updated, and one that
    commits late is simply sealed later (docs/adr/0013)."""

    append_only = True

    # no foreign key: the ledger can be partitioned later, and a removed entry must leave its trace
    entry_id = models.BigIntegerField(primary_key=True)
    seal = models.ForeignKey(LedgerSeal, models.PROTECT, related_name="members")
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("封存账目")
        verbose_name_plural = _("封存账目")
