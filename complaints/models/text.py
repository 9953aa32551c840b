from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.enums import FragmentKind, TextRole, Visibility
from complaints.models.event import TicketEvent
from complaints.models.ticket import Ticket
from complaints.querysets import TextQuerySet
from core.actors import ActorKind
from privacy.vault.fields import SealedField
from privacy.vault.models import DataSubject


class TextEntry(models.Model):
    """Everything anybody wrote about a ticket: the only table with free text.

    Append-only but for erasure, which empties `body` and `tokens` and sets `erased_at`; a trigger
    refuses any other change. A correction is a new entry that `supersedes` the old one.
    """

    # an index below begins with the ticket
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="texts", db_index=False)
    event = models.ForeignKey(TicketEvent, models.PROTECT, related_name="texts")
    role = models.CharField(max_length=10, choices=TextRole.choices)
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    author_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    body = models.TextField(_("内容"))
    tokens = SearchVectorField(null=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    objects = TextQuerySet.as_manager()

    class Meta:
        verbose_name = _("工单文字")
        verbose_name_plural = pgettext_lazy("plural", "工单文字")
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(body="", tokens__isnull=True),
                name="an_erased_text_is_empty",
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(role="summary", supersedes__isnull=True),
                name="a_ticket_has_one_first_summary",
            ),
        ]
        indexes = [
            GinIndex(fields=["tokens"], name="texts_by_token"),
            models.Index(fields=["ticket", "id"], name="texts_of_ticket"),
        ]


class SealedFragment(models.Model):
    """An identity number, bank card or telephone number found in a text at intake.

    The text shows it masked; the digits lie here under the reporter's key. Without a known reporter
    there is no key, and the digits are not kept.
    """

    entry = models.ForeignKey(TextEntry, models.PROTECT, related_name="fragments")
    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="fragments")
    ordinal = models.SmallIntegerField()
    kind = models.CharField(max_length=20, choices=FragmentKind.choices)
    sealed = SealedField(max_plain_length=40)

    class Meta:
        verbose_name = _("封存片段")
        verbose_name_plural = pgettext_lazy("plural", "封存片段")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "ordinal"], name="a_text_numbers_its_fragments"
            )
        ]
