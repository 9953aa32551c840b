"""What a resident may agree to, as switches. Nothing here asks: a switch waits until it is pressed,
so that who refused is left in peace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import NotFound
from privacy.rights.services import consents
from privacy.vault import purposes
from privacy.vault.enums import ConsentChannel, ConsentOutcome, ConsentState
from privacy.vault.models import PolicyDocument, Purpose
from privacy.vault.services import consent

#: what is done once somebody agrees
HINTS: Final[dict[str, Promise]] = {
    purposes.SATISFACTION_SURVEY: _("办结后偶尔打电话或发短信，请您评价"),
    purposes.COMMUNITY_NEWS: _("邻里活动、节日安排"),
    purposes.MARKETING: _("家政、团购等服务的介绍"),
    purposes.ANALYTICS: _("哪些功能用得多，用来改进服务"),
    purposes.SHARING_WITH_PARTNERS: _("提供之前会告诉您给谁、给什么、做什么用"),
}
NOTES: Final[dict[str, Promise]] = {
    ConsentState.EXPIRED: _("原来的同意已到期"),
    ConsentState.OUTDATED: _("政策有变化，原来的同意已失效"),
}


@dataclass(frozen=True, slots=True)
class Switch:
    purpose: Purpose
    on: bool
    hint: Promise | str
    note: Promise | str


def switches(subject_id: UUID, policy: PolicyDocument, *, at: datetime) -> list[Switch]:
    """What the policy names that needs consent, in the order of the hints."""
    states = consent.states(subject_id, at=at)
    order = {code: place for place, code in enumerate(HINTS)}
    rows = sorted(_named(policy), key=lambda purpose: order.get(purpose.code, len(order)))
    return [_switch(purpose, states[purpose.code]) for purpose in rows]


def turn(
    subject_id: UUID,
    code: str,
    *,
    on: bool,
    policy: PolicyDocument,
    actor: Actor,
    device: str,
    at: datetime,
) -> None:
    """Agree or withdraw, in one tap. Pressing twice writes one event.

    Raises NotFound for a purpose the policy does not ask about.
    """
    if code not in {purpose.code for purpose in _named(policy)}:
        raise NotFound
    if on == consent.allowed(subject_id, code, at=at):
        return
    outcome = ConsentOutcome.GRANTED if on else ConsentOutcome.WITHDRAWN
    consents.say(
        subject_id,
        code,
        outcome,
        policy=policy,
        channel=ConsentChannel.WEB,
        actor=actor,
        device=device,
        at=at,
    )


def _named(policy: PolicyDocument) -> list[Purpose]:
    return list(policy.purposes.filter(needs_consent=True))


def _switch(purpose: Purpose, state: ConsentState) -> Switch:
    return Switch(
        purpose,
        state == ConsentState.GRANTED,
        HINTS.get(purpose.code, ""),
        NOTES.get(state, ""),
    )
