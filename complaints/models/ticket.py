from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from complaints.enums import Channel, Kind, Severity, State
from complaints.models.category import Category
from complaints.models.policy import Policy
from complaints.querysets import TicketQuerySet
from complaints.workflow import DONE, TERMINAL, WAITING
from organisation.models import Building, Dwelling, Post, Unit
from residents.models import KeyAccount


class Ticket(models.Model):
    """One matter from intake to close. A complaint is one kind of it.

    Holds no name, number or sentence: the reporter is `TicketReporter`, what was written is
    `TextEntry`. `version` counts people's edits only, so that a sweep never makes a page stale.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # sequence plus ISO 7064 check digit; read out over the telephone, never a credential
    # (unique by a constraint below: `unique=True` has a second index, for beginnings, that nobody
    # asks by)
    reference = models.CharField(_("工单号"), max_length=20)
    version = models.IntegerField(_("版本"), default=1)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("类别"))
    severity = models.CharField(
        _("级别"), max_length=10, choices=Severity.choices, default=Severity.ORDINARY
    )
    channel = models.CharField(_("渠道"), max_length=20, choices=Channel.choices)
    state = models.CharField(
        _("状态"), max_length=20, choices=State.choices, default=State.RECEIVED
    )
    # every sweep moves `next_step_at` and so rewrites all indexes of the row: keys whose index
    # nobody would use, or that an index below begins with, have none
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="tickets", db_index=False, verbose_name=_("单位")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("楼栋")
    )
    # personal data: nulled by erasure, not tracked by history
    dwelling = models.ForeignKey(
        Dwelling, models.PROTECT, null=True, blank=True, related_name="tickets", db_index=False
    )
    account = models.ForeignKey(
        KeyAccount,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        db_index=False,
        verbose_name=_("大客户"),
    )
    post = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        db_index=False,
        verbose_name=_("岗位"),
    )
    policy = models.ForeignKey(
        Policy,
        models.PROTECT,
        null=True,
        related_name="tickets",
        db_index=False,
        verbose_name=_("时限政策"),
    )
    # starts at 1; a reopened ticket runs its clocks in a new cycle
    cycle = models.SmallIntegerField(_("办理轮次"), default=1)
    # highest level that fired in this cycle; null before the first
    level = models.SmallIntegerField(_("升级级别"), null=True)
    received_at = models.DateTimeField(_("受理时间"))
    recorded_at = models.DateTimeField()
    # when the resident pressed last in this cycle, as its latest event of the kind says: among
    # tickets the few that were pressed for are found, among all that ever pressed they would not
    urged_at = models.DateTimeField(_("催单时间"), null=True)
    # when the latest wait ends by itself, said while the state is a waiting one: also of a ticket
    # without clocks, as an import brings
    wait_ends_at = models.DateTimeField(_("最迟等到"), null=True)
    resolved_at = models.DateTimeField(_("解决时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    next_step_at = models.DateTimeField(_("下次检查"), null=True)
    # a date of an imported row stays a date
    received_on = models.DateField(null=True)
    source = models.CharField(max_length=40, blank=True)
    source_key = models.CharField(max_length=64, blank=True)

    history = HistoricalRecords(
        verbose_name=_("工单历史"),
        verbose_name_plural=pgettext_lazy("plural", "工单历史"),
        excluded_fields=[
            *("dwelling", "public_id", "source", "source_key", "recorded_at", "urged_at"),
            "wait_ends_at",
        ],
        history_id_field=models.BigAutoField(),
        # history is read by ticket and by date; the sweep writes a row per step
        no_db_index=["reference", "category", "unit", "building", "account", "post", "policy"],
    )
    objects = TicketQuerySet.as_manager()

    # no columns: what `for_acting`, `for_list` and `for_page` read along with a ticket
    named_ids: list[int]
    handler_ids: list[int]
    open_extension_id: int | None
    extension_asker_id: int | None
    supervisor_ids: list[int]
    supervision_paths: list[str]
    times_returned: int
    standing_in_id: int | None
    supervised: bool
    co_owner_ids: list[int]
    co_owning_staff: list[int]
    awaited_staff: list[int]
    merged_ids: list[int]
    summary_text: str | None
    #: of a notice
    names_somebody: bool
    #: of `repeats.again`
    said_before: int
    category_code: str
    unit_name: str
    live_clocks: list[Any]
    clocks_told: list[dict[str, Any]]
    has_remedies: bool
    has_links: bool
    catalogue_stamp: uuid.UUID
    read_at: datetime
    has_moved_on: bool
    reporter_known: bool

    class Meta:
        verbose_name = _("工单")
        verbose_name_plural = pgettext_lazy("plural", "工单")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=TERMINAL, next_step_at__isnull=True)
                | (~Q(state__in=TERMINAL) & Q(next_step_at__isnull=False)),
                name="a_ticket_has_a_next_step_until_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TERMINAL, ended_at__isnull=False)
                | (~Q(state__in=TERMINAL) & Q(ended_at__isnull=True)),
                name="a_ticket_ends_when_its_state_is_terminal",
            ),
            models.UniqueConstraint(fields=["reference"], name="a_reference_is_one_ticket"),
            models.UniqueConstraint(
                fields=["source", "source_key"],
                condition=~Q(source=""),
                name="a_source_key_is_imported_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at", "id"],
                condition=Q(next_step_at__isnull=False),
                name="tickets_due_next",
            ),
            models.Index(fields=["unit", "-received_at", "-id"], name="tickets_of_unit_by_age"),
            models.Index(fields=["-received_at", "-id"], name="tickets_by_age"),
            # group matters: what a building reports these days
            models.Index(
                fields=["building", "-received_at"],
                condition=Q(building__isnull=False),
                name="tickets_of_building_by_age",
            ),
            # repeats: what a home reports these days
            models.Index(fields=["dwelling", "-received_at"], name="tickets_of_home_by_age"),
            models.Index(
                fields=["post", "next_step_at"],
                condition=Q(next_step_at__isnull=False),
                name="open_tickets_of_post",
            ),
            models.Index(
                fields=["unit", "-received_at", "-id"],
                condition=Q(next_step_at__isnull=False),
                name="open_tickets_of_unit",
            ),
            # most tickets are of no key account
            models.Index(
                fields=["account"], condition=Q(account__isnull=False), name="tickets_of_account"
            ),
            # the lists of few among many. A ticket that comes in and is assigned is in none of them
            models.Index(
                fields=["-received_at", "-id"],
                condition=Q(state=State.RECEIVED),
                name="tickets_to_dispatch",
            ),
            models.Index(
                fields=["-received_at", "-id"],
                condition=Q(state__in=WAITING),
                name="waiting_tickets",
            ),
            models.Index(
                fields=["-received_at", "-id"], condition=Q(state__in=DONE), name="done_tickets"
            ),
            models.Index(
                fields=["-urged_at", "-id"],
                condition=Q(urged_at__isnull=False, next_step_at__isnull=False),
                name="urged_tickets",
            ),
            models.Index(
                fields=["unit", "level"],
                condition=Q(level__isnull=False, next_step_at__isnull=False),
                name="tickets_on_a_ladder",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def waits_until(self) -> datetime | None:
        """When its wait is over at the latest; None for one that does not wait."""
        return self.wait_ends_at if self.state in WAITING else None

    # Django looks through all choices for each row that is shown
    def get_state_display(self) -> str:  # type: ignore[no-redef]  # Django's own
        return str(State(self.state).label)

    def get_kind_display(self) -> str:  # type: ignore[no-redef]  # Django's own
        return str(Kind(self.kind).label)

    def get_severity_display(self) -> str:  # type: ignore[no-redef]  # Django's own
        return str(Severity(self.severity).label)
