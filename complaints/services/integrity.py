"""Reports about integrity (廉政举报) from somebody who does not say who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import Channel, Kind, Protection
from complaints.models import Ticket
from complaints.services.intake import SUMMARY_FROM_BODY, NewTicket, submit
from core.actors import NOBODY
from organisation.models import Unit

CATEGORY: Final = "integrity"


@dataclass(frozen=True, slots=True)
class Report:
    """What is told, about whom in words, and the unit it concerns."""

    unit: Unit
    body: str
    about: str = ""
    draft_id: UUID | None = None


def report_anonymously(report: Report, *, at: datetime) -> Ticket:
    """Take in a report of nobody. Raises InvalidInput, or NotFound for old photos."""
    about, summary = report.about.strip(), report.body.strip().partition("\n")[0]
    told = _("涉及：%(about)s\n\n%(body)s") % {"about": about, "body": report.body}
    new = NewTicket(
        kind=Kind.INTEGRITY,
        category_code=CATEGORY,
        channel=Channel.WEB,
        summary=summary[:SUMMARY_FROM_BODY],
        body=told if about and report.body.strip() else report.body,
        unit=report.unit,
        protection=Protection.ANONYMOUS,
        draft_id=report.draft_id,
    )
    return submit(new, actor=NOBODY, at=at)
