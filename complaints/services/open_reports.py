"""Reports from the public pages of a community, by somebody who does not say who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from complaints.enums import ENVIRONMENT, Channel, Kind, Protection
from complaints.models import Ticket
from complaints.services.intake import NewTicket, submit
from core.actors import NOBODY
from core.errors import InvalidInput
from organisation.models import Unit

KINDS: Final = (Kind.COMPLAINT, Kind.SUGGESTION)


@dataclass(frozen=True, slots=True)
class OpenReport:
    unit: Unit
    kind: str
    body: str
    place: str = ""
    draft_id: UUID | None = None


def report(told: OpenReport, *, at: datetime) -> Ticket:
    """Take in a complaint or a suggestion about the environment of a community.

    Raises InvalidInput, or NotFound for old photos.
    """
    if told.kind not in KINDS:
        raise InvalidInput(fields={"kind": [_("请选择列出的选项。")]})
    new = NewTicket(
        kind=told.kind,
        category_code=ENVIRONMENT,
        channel=Channel.WEB,
        body=told.body,
        place=told.place,
        unit=told.unit,
        protection=Protection.ANONYMOUS,
        draft_id=told.draft_id,
    )
    return submit(new, actor=NOBODY, at=at)
