"""Questions about tickets. `visible_to` is the first call of every view, export and count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from complaints.models import Ticket, TicketReporter  # noqa: F401  # type arguments below


class TicketQuerySet(models.QuerySet["Ticket"]):
    pass


class ReporterQuerySet(models.QuerySet["TicketReporter"]):
    pass
