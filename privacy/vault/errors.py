"""The broken rules of the vault, each with a stable code. None carries a value."""

from __future__ import annotations


class VaultError(Exception):
    code = "vault_error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.__doc__ or self.code)


class KeyDestroyed(VaultError):
    """The key of this subject was destroyed; what it sealed is gone."""

    code = "key_destroyed"


class KeyMissing(VaultError):
    """There is no key for this subject."""

    code = "key_missing"


class KeyEncryptionKeyUnknown(VaultError):
    """The key that wraps this subject's key is not among the configured ones."""

    code = "key_encryption_key_unknown"


class SealBroken(VaultError):
    """The sealed value was altered, or belongs to another subject or field."""

    code = "seal_broken"


class KeyWouldNotOutliveRollback(VaultError):
    """A subject's key must be committed before the transaction that uses it opens."""

    code = "key_would_not_outlive_rollback"


class KeyTooOldToAdopt(VaultError):
    """This fresh key has waited too long for its subject and may be swept at any moment."""

    code = "key_too_old_to_adopt"


class DestructionsNotReplayed(VaultError):
    """A database is older than the record of destroyed keys; replay it before opening any key."""

    code = "destructions_not_replayed"


class DestructionLogBroken(VaultError):
    """The record of destroyed keys outside the database was altered or cut."""

    code = "destruction_log_broken"


class ConsentMissing(VaultError):
    """This purpose needs a consent that is not in force."""

    code = "consent_missing"


class PurposeUnknown(VaultError):
    """No such purpose is registered."""

    code = "purpose_unknown"


class PolicyNotInForce(VaultError):
    """There is no published policy to refer to."""

    code = "policy_not_in_force"


class RevealLimitReached(VaultError):
    """Too many clear values were opened in the last hour."""

    code = "reveal_limit_reached"


class FieldNotDeclared(VaultError):
    """The field is not declared as personal data."""

    code = "field_not_declared"
