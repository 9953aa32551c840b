"""The data map of the vault itself, and of `core`, which lies below and cannot declare."""

from __future__ import annotations

from privacy.vault import third_party
from privacy.vault.models import (
    ConsentEvent,
    DataSubject,
    Disclosure,
    LedgerEntry,
    LedgerSeal,
    LedgerSealMember,
    PolicyDocument,
    Purpose,
    Recipient,
    RevealLog,
    SubjectKey,
)
from privacy.vault.registry import declare, declare_clear
from privacy.vault.terms import (
    CREDENTIAL,
    IDEMPOTENCY,
    PROOF,
    PROOF_OF_CONSENT,
    PROOF_PURPOSE,
    SUBJECT_LINK,
    Category,
    Correction,
    Erasure,
    Export,
)

CODES = "codes and references of a fixed shape, held by a CHECK"
HASH = "a hash over rows that hold nothing personal"
REFERENCE_DATA = "reference data of the company, published"

declare(DataSubject, "merged_into", like=SUBJECT_LINK, erased=Erasure.SUBJECT_ROW)
declare(DataSubject, "trace", like=SUBJECT_LINK, erased=Erasure.SUBJECT_ROW)
declare(SubjectKey, "subject_id", like=SUBJECT_LINK, erased=Erasure.KEY)
declare(SubjectKey, "wrapped", like=CREDENTIAL, erased=Erasure.KEY)
declare_clear(SubjectKey, "kek_id", reason="the name of a key-encryption key")

declare(ConsentEvent, "trace", "guardian_trace", like=PROOF_OF_CONSENT)
declare(
    ConsentEvent,
    "device_sealed",
    like=PROOF_OF_CONSENT,
    category=Category.DEVICE,
    erased=Erasure.KEY,
)
declare_clear(ConsentEvent, "evidence_sha256", reason="a hash; the evidence is kept elsewhere")
declare(
    RevealLog,
    "trace",
    like=SUBJECT_LINK,
    purpose=PROOF_PURPOSE,
    retention=PROOF,
    exported=Export.CLEAR,
    corrected=Correction.NEVER,
    erased=Erasure.SUBJECT_ROW,
)
declare_clear(RevealLog, "field", reason=CODES)
declare(
    Disclosure,
    "trace",
    like=SUBJECT_LINK,
    purpose=PROOF_PURPOSE,
    retention=PROOF,
    exported=Export.CLEAR,
    corrected=Correction.NEVER,
    erased=Erasure.SUBJECT_ROW,
)
declare_clear(Disclosure, "kind", "purpose_code", reason=CODES)
declare_clear(Disclosure, "reference", reason="the random number of a delivery")
declare_clear(
    Recipient, "code", "name", "contract", "assessment", "scope", reason="about a company"
)

declare_clear(LedgerEntry, "request_ref", "object_kind", "reason_code", reason=CODES)
declare_clear(LedgerSeal, "hash", "prev_hash", reason=HASH)
declare_clear(LedgerSealMember, "digest", reason=HASH)
declare_clear(Purpose, "code", "name_zh", "name_en", reason=REFERENCE_DATA)
declare_clear(PolicyDocument, "legal_entity_code", "text", "sha256", reason=REFERENCE_DATA)

declare_clear(
    "core.IdempotencyKey",
    "scope",
    "key",
    "response",
    reason="a caller's random key; the answer names the object only; deleted after 48 hours",
)
declare(
    "core.IdempotencyKey",
    "body_sha256",
    like=CREDENTIAL,
    retention=IDEMPOTENCY,
    erased=Erasure.EXPIRY,
)
declare(
    "core.LimitWindow",
    "bucket",
    like=CREDENTIAL,
    retention=IDEMPOTENCY,
    erased=Erasure.EXPIRY,
)
declare_clear("core.LimitWindow", "scope", reason="the name of a limit")
declare_clear(
    "core.Job",
    "kind",
    "fingerprint",
    "counts",
    "error_code",
    reason="counts and codes of a piece of work",
)
declare_clear(
    "core.MachineKey",
    "key_id",
    "name",
    "secret_sha256",
    "previous_sha256",
    "scopes",
    "unit_codes",
    reason="a system's key, nobody's",
)

third_party.declare_installed()
