"""The broken rules of the vault. None carries a value that could be personal."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.errors import DeskError, LimitReached


class VaultError(DeskError):
    code = "vault_refused"


class KeyDestroyed(VaultError):
    code = "key_destroyed"
    message = _("此人的个人信息已删除，无法再查看。")


class RecipientNotRegistered(VaultError):
    code = "recipient_not_registered"
    message = _("接收方未在登记册中，或登记已到期、不含此类数据，不能提供个人信息。")


class KeyMissing(VaultError):
    code = "key_missing"
    message = _("没有找到此人的密钥。")


class KeyEncryptionKeyUnknown(VaultError):
    code = "key_encryption_key_unknown"
    message = _("主密钥未配置，无法打开个人信息。")


class SealBroken(VaultError):
    """Altered bytes, or a value that belongs to another subject or field."""

    code = "seal_broken"
    message = _("密文已损坏或不属于此处。")


class KeyWouldNotOutliveRollback(VaultError):
    """A subject's key must be committed before the transaction that uses it opens."""

    code = "key_would_not_outlive_rollback"


class KeyTooOldToAdopt(VaultError):
    """A fresh key that waited too long for its subject may be swept at any moment."""

    code = "key_too_old_to_adopt"


class TooManyOrphanKeys(VaultError):
    """More keys without a subject than crashes explain: the main database may be the wrong one."""

    code = "too_many_orphan_keys"

    def __init__(self, count: int) -> None:
        super().__init__(count=count)


class DestructionsNotReplayed(VaultError):
    """A database is older than the record of destroyed keys."""

    code = "destructions_not_replayed"
    message = _("数据库由备份恢复，销毁记录尚未重放，暂不能查看个人信息。")


class RecordOutsideBroken(VaultError):
    """A file of LEDGER_DIR was altered, cut, or is not there."""

    code = "record_outside_broken"


class PurposeUnknown(VaultError):
    code = "purpose_unknown"
    message = _("没有登记此项用途。")


class PolicyNotInForce(VaultError):
    """No published policy to refer to, or one that does not name the purpose."""

    code = "policy_not_in_force"
    message = _("没有已发布且载明此项用途的隐私政策。")


class FieldNotDeclared(VaultError):
    code = "field_not_declared"
    message = _("此字段未登记为个人信息。")


class RevealLimitReached(LimitReached):
    code = "reveal_limit_reached"
    message = _("一小时内查看明文次数过多，请稍后再试。")

    def __init__(self, *, retry_at: datetime) -> None:
        super().__init__(retry_at=retry_at)


class LedgerBroken(VaultError):
    """The verifier found rows that do not match the chain; the log names them."""

    code = "ledger_broken"
