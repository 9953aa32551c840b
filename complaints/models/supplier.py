from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import SupplierRole
from complaints.link_querysets import SupplierLinkQuerySet
from complaints.models.ticket import Ticket
from organisation.models import Post, Staff, Supplier, SupplierContract


class TicketSupplier(models.Model):
    """A supplier that a ticket is about, or that it waited for."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="supplier_links")
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="ticket_links")
    role = models.CharField(max_length=10, choices=SupplierRole.choices)
    noted_at = models.DateTimeField()

    objects = SupplierLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("涉及供应商")
        verbose_name_plural = pgettext_lazy("plural", "涉及供应商")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "supplier", "role"], name="a_ticket_names_a_supplier_once"
            )
        ]


class SupplierFollowUp(models.Model):
    """What a project lead decided after looking at a contract's complaints: who does what by when.
    `measure` is about a company's work; numbers of people in it are masked."""

    contract = models.ForeignKey(SupplierContract, models.PROTECT, related_name="follow_ups")
    period = models.CharField(_("期间"), max_length=7)
    measure = models.CharField(_("措施"), max_length=200)
    owner = models.ForeignKey(
        Post, models.PROTECT, related_name="supplier_follow_ups", verbose_name=_("负责岗位")
    )
    due_on = models.DateField(_("完成期限"))
    written_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    done_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("供应商跟进措施")
        verbose_name_plural = pgettext_lazy("plural", "供应商跟进措施")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_by__isnull=True, done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False),
                name="who_did_a_follow_up_did_it_some_time",
            )
        ]
