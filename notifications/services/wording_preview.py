"""How a message would look in each channel, on sample data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import translation

from notifications import placeholders, sms_parts
from notifications.enums import Audience, Part, Topic
from notifications.registry import TemplateUnknown, template
from notifications.services.composing import payload_of
from notifications.sms_parts import Size
from notifications.wordings import Texts, Wording
from organisation.enums import Language

_SAMPLE_AT: Final = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as each channel would carry it in one language; empty where it does not go."""

    language: str
    name: str
    parts: Mapping[str, str]
    sms_size: Size | None
    webhook: str


def preview(wording: Wording, texts: Texts, language: str) -> Preview:
    """`texts`, in the form in which they are kept, on sample data."""
    with translation.override(language):
        values = wording.sample_values()
    parts = {part.value: placeholders.fill(text, values) for part, text in texts.items()}
    sms = parts.get(Part.SMS)
    return Preview(
        language=language,
        name=Language(language).label,
        parts=parts,
        sms_size=sms_parts.size_of(sms, settings.SMS_TENCENT_SIGN) if sms else None,
        webhook=_webhook() if _is_escalation(wording) else "",
    )


def _is_escalation(wording: Wording) -> bool:
    """A sentence that only a part of a template says is one of escalations."""
    if wording.audience != Audience.POST:
        return False
    try:
        return template(wording.code).topic is Topic.ESCALATION
    except TemplateUnknown:
        return True


def _webhook() -> str:
    payload = payload_of(
        "ticket.escalated", _SAMPLE_AT, event=1024, object_id=str(UUID(int=0)), unit="X1"
    )
    return payload.decode()
