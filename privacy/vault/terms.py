"""The vocabulary of the data map: what a field is, why it is held, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.vault import purposes
from privacy.vault.enums import Basis
from privacy.vault.purposes import BASES


class Category(models.TextChoices):
    NAME = "name", _("姓名")
    CONTACT = "contact", _("联系方式")
    ADDRESS = "address", _("住址")
    IDENTITY = "identity", _("证件")
    FREE_TEXT = "free_text", _("文字内容")
    FILE = "file", _("图片与文件")
    REFERENCE = "reference", _("主体编号")
    LOOKUP = "lookup", _("检索索引")
    CREDENTIAL = "credential", _("登录凭据")
    DEVICE = "device", _("设备与网络")
    CONSENT = "consent", _("同意记录")
    STAFF = "staff", _("员工信息")


class Sensitivity(models.TextChoices):
    """PIPL article 28 and GB/T 35273-2020 annex B."""

    GENERAL = "general", _("一般")
    PERSONAL = "personal", _("个人信息")
    SENSITIVE = "sensitive", _("敏感个人信息")


class Masking(models.TextChoices):
    NEVER_SHOWN = "never_shown", _("不展示")
    PHONE = "phone", _("保留前三位与后四位")
    NAME = "name", _("保留姓氏")
    ADDRESS = "address", _("保留楼栋")
    DETECTED_PARTS = "detected_parts", _("遮盖识别出的号码")
    HIDDEN_WITHOUT_SCOPE = "hidden_without_scope", _("无权限不可见")
    SHOWN = "shown", _("原样展示")


class Export(models.TextChoices):
    """How a field stands in the copy a person asks for (PIPL 45)."""

    CLEAR = "clear", _("原文")
    COUNTED = "counted", _("仅计数")
    NOT_PERSONS_OWN = "not_persons_own", _("非本人信息，不提供")
    TECHNICAL = "technical", _("技术字段，不提供")


class Correction(models.TextChoices):
    BY_REQUEST = "by_request", _("经核验后更正")
    SELF_SERVICE = "self_service", _("本人自行更正")
    FOLLOWS = "follows", _("随原字段更正")
    SUPPLEMENT = "supplement", _("追加更正说明")
    NEVER = "never", _("不可更正")


class Erasure(models.TextChoices):
    """What ends the value. The first five need a holding that carries them out."""

    DELETE_ROW = "delete_row", _("删除整行")
    NULL = "null", _("置空")
    OVERWRITE = "overwrite", _("覆盖")
    DELETE_FILE = "delete_file", _("删除文件")
    KEY_AND_DELETE = "key_and_delete", _("删除并销毁密钥")
    KEY = "key", _("销毁密钥")
    SUBJECT_ROW = "subject_row", _("删除主体编号后不可关联")
    EXPIRY = "expiry", _("到期清理")
    EMPLOYMENT = "employment", _("离职后覆盖")


NEEDS_HOLDING: Final = frozenset(
    {
        Erasure.DELETE_ROW,
        Erasure.NULL,
        Erasure.OVERWRITE,
        Erasure.DELETE_FILE,
        Erasure.KEY_AND_DELETE,
    }
)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long, counted from what. `days` is None while the relation itself decides."""

    code: str
    label: Promise
    days: int | None
    source: str


LIMITATION = "Civil Code article 188: three years"
SERVICE = Retention("service", _("服务关系存续期间及其后三年"), None, LIMITATION)
TICKET = Retention("ticket", _("工单办结后三年"), 3 * 365, LIMITATION)
PROOF = Retention(
    "proof",
    _("三年"),
    3 * 365,
    "Network Data Security Regulations article 12; PIPL article 56",
)
TRACES = Retention("traces", _("十二个月"), 365, "Cybersecurity Law: at least six months")
CODE = Retention("code", _("数分钟，失效即删"), 1, "PIPL article 19: the shortest needed")
IDEMPOTENCY = Retention("idempotency", _("四十八小时"), 2, "PIPL article 19: the shortest needed")
SESSION = Retention("session", _("登录有效期内"), 90, "PIPL article 19: the shortest needed")
EMPLOYMENT = Retention("employment", _("在职期间及离职后两年"), None, "Labour Contract Law art. 50")


@dataclass(frozen=True, slots=True)
class Handling:
    """The whole answer of the data map for one field. `purpose` is a `Purpose.code`, and the legal
    basis is that of the purpose."""

    category: Category
    sensitivity: Sensitivity
    purpose: str
    retention: Retention
    masked: Masking
    exported: Export
    corrected: Correction
    erased: Erasure

    @property
    def basis(self) -> Basis:
        return BASES[self.purpose]


SERVICE_PURPOSE: Final = purposes.TICKET_HANDLING
SECURITY_PURPOSE: Final = purposes.SECURITY
PROOF_PURPOSE: Final = purposes.LEGAL_PROOF
STAFF_PURPOSE: Final = purposes.EMPLOYMENT

NAME = Handling(
    category=Category.NAME,
    sensitivity=Sensitivity.PERSONAL,
    purpose=SERVICE_PURPOSE,
    retention=SERVICE,
    masked=Masking.NAME,
    exported=Export.CLEAR,
    corrected=Correction.BY_REQUEST,
    erased=Erasure.KEY_AND_DELETE,
)
CONTACT = Handling(
    category=Category.CONTACT,
    sensitivity=Sensitivity.PERSONAL,
    purpose=SERVICE_PURPOSE,
    retention=SERVICE,
    masked=Masking.PHONE,
    exported=Export.CLEAR,
    corrected=Correction.BY_REQUEST,
    erased=Erasure.KEY_AND_DELETE,
)
LOOKUP = Handling(
    category=Category.LOOKUP,
    sensitivity=Sensitivity.PERSONAL,
    purpose=SERVICE_PURPOSE,
    retention=SERVICE,
    masked=Masking.NEVER_SHOWN,
    exported=Export.TECHNICAL,
    corrected=Correction.FOLLOWS,
    erased=Erasure.DELETE_ROW,
)
SUBJECT_LINK = Handling(
    category=Category.REFERENCE,
    sensitivity=Sensitivity.PERSONAL,
    purpose=SERVICE_PURPOSE,
    retention=SERVICE,
    masked=Masking.HIDDEN_WITHOUT_SCOPE,
    exported=Export.TECHNICAL,
    corrected=Correction.NEVER,
    erased=Erasure.NULL,
)
DWELLING_LINK = Handling(
    category=Category.ADDRESS,
    sensitivity=Sensitivity.PERSONAL,
    purpose=SERVICE_PURPOSE,
    retention=TICKET,
    masked=Masking.ADDRESS,
    exported=Export.CLEAR,
    corrected=Correction.BY_REQUEST,
    erased=Erasure.NULL,
)
FREE_TEXT = Handling(
    category=Category.FREE_TEXT,
    sensitivity=Sensitivity.PERSONAL,
    purpose=SERVICE_PURPOSE,
    retention=TICKET,
    masked=Masking.DETECTED_PARTS,
    exported=Export.CLEAR,
    corrected=Correction.SUPPLEMENT,
    erased=Erasure.OVERWRITE,
)
FILE = Handling(
    category=Category.FILE,
    sensitivity=Sensitivity.PERSONAL,
    purpose=SERVICE_PURPOSE,
    retention=TICKET,
    masked=Masking.HIDDEN_WITHOUT_SCOPE,
    exported=Export.CLEAR,
    corrected=Correction.NEVER,
    erased=Erasure.DELETE_FILE,
)
CREDENTIAL = Handling(
    category=Category.CREDENTIAL,
    sensitivity=Sensitivity.SENSITIVE,
    purpose=SECURITY_PURPOSE,
    retention=SESSION,
    masked=Masking.NEVER_SHOWN,
    exported=Export.TECHNICAL,
    corrected=Correction.NEVER,
    erased=Erasure.DELETE_ROW,
)
TRACE_OF_STAFF = Handling(
    category=Category.DEVICE,
    sensitivity=Sensitivity.GENERAL,
    purpose=SECURITY_PURPOSE,
    retention=TRACES,
    masked=Masking.HIDDEN_WITHOUT_SCOPE,
    exported=Export.NOT_PERSONS_OWN,
    corrected=Correction.NEVER,
    erased=Erasure.EXPIRY,
)
STAFF = Handling(
    category=Category.STAFF,
    sensitivity=Sensitivity.GENERAL,
    purpose=STAFF_PURPOSE,
    retention=EMPLOYMENT,
    masked=Masking.SHOWN,
    exported=Export.NOT_PERSONS_OWN,
    corrected=Correction.SELF_SERVICE,
    erased=Erasure.EMPLOYMENT,
)
PROOF_OF_CONSENT = Handling(
    category=Category.CONSENT,
    sensitivity=Sensitivity.PERSONAL,
    purpose=PROOF_PURPOSE,
    retention=PROOF,
    masked=Masking.NEVER_SHOWN,
    exported=Export.CLEAR,
    corrected=Correction.NEVER,
    erased=Erasure.SUBJECT_ROW,
)
