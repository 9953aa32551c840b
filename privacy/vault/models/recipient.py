from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from privacy.vault.names import CODE_SHAPE


class Recipient(models.Model):
    """A third party that may be given personal data: the register that everything asks first.

    Default deny: without a row that is in force, nothing leaves (PIPL 21 and 23).
    """

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    contract = models.CharField(_("合同编号"), max_length=80)
    assessment = models.CharField(_("影响评估编号"), max_length=80)
    # kinds of data, as `phone`
    scope = ArrayField(models.CharField(max_length=40), verbose_name=_("数据范围"))
    from_on = models.DateField(_("自"))
    until_on = models.DateField(_("至"))

    class Meta:
        verbose_name = _("第三方接收方")
        verbose_name_plural = _("第三方接收方")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gt=F("from_on")), name="a_recipient_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=CODE_SHAPE), name="a_recipient_has_a_code"
            ),
            models.CheckConstraint(
                condition=~Q(contract="") & ~Q(assessment=""),
                name="a_recipient_has_contract_and_assessment",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Disclosure(models.Model):
    """That a kind of data of one subject was given to a recipient, written before it was.

    Append-only; the subject stands by its `trace`. `reference` is the delivery it was part of.
    """

    append_only = True

    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    recipient = models.ForeignKey(Recipient, models.PROTECT, related_name="+", db_index=False)
    trace = models.UUIDField()
    kind = models.CharField(max_length=40)
    purpose_code = models.CharField(max_length=40)
    reference = models.UUIDField()

    class Meta:
        verbose_name = _("向第三方提供记录")
        verbose_name_plural = _("向第三方提供记录")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "reference", "trace", "kind"],
                name="a_disclosure_is_written_once_per_delivery",
            ),
            models.CheckConstraint(
                condition=Q(kind__regex=CODE_SHAPE) & Q(purpose_code__regex=CODE_SHAPE),
                name="a_disclosure_holds_codes_only",
            ),
        ]
        indexes = [models.Index(fields=["trace", "-at"], name="disclosures_of_subject")]
