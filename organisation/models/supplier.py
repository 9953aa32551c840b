from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from organisation.enums import GradeDecision, GradeReason, SupplierGrade, SupplierService
from organisation.models.staff import Staff
from organisation.models.unit import Unit
from organisation.supplier_querysets import ContractQuerySet, SupplierQuerySet
from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject


class Supplier(models.Model):
    """A company that works for communities. `grade` is the last approved one, kept here because
    every contract and every wait asks for it; its history is `GradeChange`."""

    code = models.CharField(_("编号"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    service = models.CharField(_("服务类别"), max_length=12, choices=SupplierService.choices)
    grade = models.CharField(
        _("评级"),
        max_length=16,
        choices=SupplierGrade.choices,
        default=SupplierGrade.QUALIFIED,
    )
    graded_on = models.DateField(_("评级日期"))
    # the first day on which it may be given work again
    barred_until = models.DateField(_("禁用至"), null=True)

    objects = SupplierQuerySet.as_manager()

    # no column: what `spoken_of_in` reads along
    ended_on: date | None

    class Meta:
        verbose_name = _("供应商")
        verbose_name_plural = pgettext_lazy("plural", "供应商")
        constraints = [
            models.CheckConstraint(
                condition=Q(grade="unqualified", barred_until__gt=F("graded_on"))
                | (~Q(grade="unqualified") & Q(barred_until__isnull=True)),
                name="an_unqualified_supplier_is_barred_and_no_other",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SupplierContract(models.Model):
    """Work for one unit and all below it, from a day until the day before another."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="contracts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="supplier_contracts")
    number = models.CharField(_("合同编号"), max_length=40, unique=True)
    from_on = models.DateField(_("自"))
    until_on = models.DateField(_("至"))

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("供应商合同")
        verbose_name_plural = pgettext_lazy("plural", "供应商合同")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gt=F("from_on")), name="a_contract_ends_after_it_begins"
            )
        ]
        indexes = [models.Index(fields=["unit", "until_on"], name="contracts_of_unit")]

    def __str__(self) -> str:
        return self.number


class SupplierContact(models.Model):
    """Whom one calls there: a person, sealed under their own key."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="contacts")
    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="supplier_contacts")
    name_sealed = SealedField(max_plain_length=60)
    phone_sealed = SealedField(max_plain_length=40)

    class Meta:
        verbose_name = _("供应商联系人")
        verbose_name_plural = pgettext_lazy("plural", "供应商联系人")


class GradeChange(models.Model):
    """A grade that somebody proposed and somebody else decided. `on` is the day it counts from."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="grade_changes")
    before = models.CharField(max_length=16, choices=SupplierGrade.choices)
    grade = models.CharField(max_length=16, choices=SupplierGrade.choices)
    reason = models.CharField(max_length=20, choices=GradeReason.choices)
    on = models.DateField()
    proposed_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decision = models.CharField(
        max_length=10, choices=GradeDecision.choices, default=GradeDecision.PENDING
    )
    decided_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("评级变更")
        verbose_name_plural = pgettext_lazy("plural", "评级变更")
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="pending", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    ~Q(decision="pending")
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="a_grade_is_decided_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["supplier"],
                condition=Q(decision="pending"),
                name="a_supplier_has_one_pending_grade",
            ),
        ]
