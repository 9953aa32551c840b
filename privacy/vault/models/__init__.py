from privacy.vault.models.consent import ConsentEvent
from privacy.vault.models.key import DestructionMark, SubjectKey
from privacy.vault.models.ledger import LedgerEntry, LedgerSeal, LedgerSealMember
from privacy.vault.models.policy import PolicyDocument, PolicyPurpose
from privacy.vault.models.purpose import Purpose
from privacy.vault.models.recipient import Disclosure, Recipient
from privacy.vault.models.reveal import RevealLog
from privacy.vault.models.subject import DataSubject

__all__ = [
    "ConsentEvent",
    "DataSubject",
    "DestructionMark",
    "Disclosure",
    "LedgerEntry",
    "LedgerSeal",
    "LedgerSealMember",
    "PolicyDocument",
    "PolicyPurpose",
    "Purpose",
    "Recipient",
    "RevealLog",
    "SubjectKey",
]
