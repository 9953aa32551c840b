"""What a person says about a purpose, from whichever door: written once, with its proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import InvalidInput
from privacy.vault.enums import ConsentChannel, ConsentOutcome, EvidenceKind
from privacy.vault.models import ConsentEvent, PolicyDocument
from privacy.vault.services import consent, subjects
from privacy.vault.services.consent import Evidence

DEVICE_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Said:
    """The event of what was said; not new when it had been said before and still holds."""

    event: ConsentEvent
    new: bool = True


def say(
    subject_id: UUID,
    purpose: str,
    outcome: ConsentOutcome,
    *,
    policy: PolicyDocument | None,
    channel: ConsentChannel,
    actor: Actor,
    device: str,
    at: datetime,
) -> Said:
    """Agree to, refuse or withdraw from `purpose`; `policy` is the one that was shown.

    Raises InvalidInput for a purpose that does not rest on consent, and PolicyNotInForce for an
    answer without a published policy that names it.
    """
    states = consent.states(subject_id, at=at)
    if purpose not in states:
        raise InvalidInput(fields={"purpose": [_("没有这个目的，或它不需要同意。")]})
    if states[purpose].value == outcome.value:
        return Said(_last_word(subject_id, purpose), new=False)
    if outcome is ConsentOutcome.WITHDRAWN:
        return Said(
            consent.withdraw(subject_id, purpose=purpose, channel=channel, actor=actor, at=at)
        )
    return Said(
        consent.record(
            subject_id,
            purpose=purpose,
            outcome=outcome,
            channel=channel,
            actor=actor,
            at=at,
            policy=policy,
            evidence=Evidence(EvidenceKind.CLICK),
            device=device[:DEVICE_LENGTH],
        )
    )


def _last_word(subject_id: UUID, purpose: str) -> ConsentEvent:
    events = consent.history(subjects.closure([subject_id]))
    return next(event for event in reversed(events) if event.purpose_id == purpose)
