"""Key accounts as the pages show them: who speaks for them, what is open, what was counted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from complaints.models import CallBack, Ticket
from console import bench, callers
from console.callers import Card
from core.actors import Actor
from residents.models import KeyAccount
from residents.services import accounts, people


def listed(actor: Actor) -> QuerySet[KeyAccount]:
    """With `open_tickets` and `open_call_backs`, as far as the actor may see those."""
    tickets = Ticket.objects.visible_to(actor).open().filter(account=OuterRef("pk"))
    calls = CallBack.objects.visible_to(actor).open().filter(ticket__account=OuterRef("pk"))
    return (
        KeyAccount.objects.visible_to(actor)
        .select_related("manager__unit", "manager__role", "manager__holder")
        .prefetch_related("communities")
        .annotate(
            open_tickets=_count(tickets, "account"),
            open_call_backs=_count(calls, "ticket__account"),
        )
    )


def contacts(account: KeyAccount, actor: Actor) -> list[Card]:
    """The people who speak for it, as much of them as the actor may see."""
    return [callers.card(people.as_seen(each, actor)) for each in accounts.speakers(account)]


def tickets_of(account: KeyAccount, actor: Actor, *, at: datetime, most: int) -> list[Any]:
    """Open ones, the newest first."""
    rows = Ticket.objects.visible_to(actor).open().filter(account=account)
    found = list(rows.for_list().order_by("-received_at", "-id")[:most])
    return bench.list_rows(found, at=at, query="from=accounts")


def call_backs_of(account: KeyAccount, actor: Actor) -> Iterable[CallBack]:
    """Due and not made yet, the first due first; a ticket's is one row."""
    rows = CallBack.objects.visible_to(actor).open().filter(ticket__account=account)
    return rows.select_related("ticket", "post__unit", "post__role").order_by("due_at", "id")[:30]


def quarter_url(code: str, **parts: str) -> str:
    return f"{reverse('console:account_quarter', args=[code])}?{urlencode(parts)}"


def _count(rows: QuerySet[Any], key: str) -> Coalesce:
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
