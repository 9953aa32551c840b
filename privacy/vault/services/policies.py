"""Privacy policies: drafted, published once, found by what is in force."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.actors import Actor
from privacy.vault.enums import Application, LedgerKind, PolicyLanguage
from privacy.vault.errors import PolicyNotInForce
from privacy.vault.models import PolicyDocument, PolicyPurpose
from privacy.vault.services import ledger


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy to be published. `purposes` are the codes it names, `changed` those of them for
    which consent must be asked anew."""

    application: Application
    language: PolicyLanguage
    version: int
    text: str
    purposes: Collection[str]
    changed: Collection[str] = ()
    legal_entity_code: str = ""


@transaction.atomic
def publish(draft: Draft, *, actor: Actor, at: datetime) -> PolicyDocument:
    """From here on a trigger refuses every change of the document and of its purposes."""
    policy = PolicyDocument.objects.create(
        application=draft.application,
        legal_entity_code=draft.legal_entity_code,
        language=draft.language,
        version=draft.version,
        text=draft.text,
        sha256=hashlib.sha256(draft.text.encode()).hexdigest(),
    )
    PolicyPurpose.objects.bulk_create(
        PolicyPurpose(policy=policy, purpose_id=code, changed=code in draft.changed)
        for code in draft.purposes
    )
    policy.published_at = at
    policy.save(update_fields=["published_at"])
    ledger.append(
        LedgerKind.POLICY_PUBLISHED, actor=actor, at=at, object_kind="vault.policydocument"
    )
    return policy


def in_force(
    application: Application,
    *,
    language: str,
    at: datetime,
    legal_entity_code: str = "",
) -> PolicyDocument:
    """The newest published policy of the legal entity, else of the group, in the language asked
    for, else in Chinese. Raises PolicyNotInForce."""
    candidates = PolicyDocument.objects.in_force(at).filter(
        application=application,
        legal_entity_code__in={legal_entity_code, ""},
        language__in={language, PolicyLanguage.CHINESE},
    )
    best = max(
        candidates,
        key=lambda each: (
            each.legal_entity_code == legal_entity_code,
            each.language == language,
            each.version,
        ),
        default=None,
    )
    if best is None:
        raise PolicyNotInForce
    return best
