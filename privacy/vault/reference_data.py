"""Purposes with their legal bases, and the first published policies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from core.actors import SYSTEM
from privacy.vault import purposes as code
from privacy.vault.enums import Application, Basis, PolicyLanguage
from privacy.vault.models import PolicyDocument, Purpose
from privacy.vault.purposes import BASES
from privacy.vault.services import policies

TEXTS: Final = Path(__file__).parent / "policy_texts"


class PurposeRow(NamedTuple):
    code: str
    core_service: bool
    name_zh: str
    name_en: str
    valid_days: int | None = None


PURPOSES: Final = (
    PurposeRow(
        code.TICKET_HANDLING,
        True,
        "办理投诉、报修与咨询",
        "Handling complaints, repairs and inquiries",
    ),
    PurposeRow(
        code.SAFETY_EMERGENCY,
        True,
        "处理危及人身和财产安全的紧急情况",
        "Emergencies that endanger life or property",
    ),
    PurposeRow(
        code.SECURITY,
        True,
        "账号与系统安全",
        "Security of accounts and systems",
    ),
    PurposeRow(
        code.LEGAL_PROOF,
        True,
        "保存依法应当留存的记录",
        "Keeping the records the law requires",
    ),
    PurposeRow(
        code.RIGHTS_REQUEST,
        True,
        "办理个人信息权利请求",
        "Handling requests about personal information",
    ),
    PurposeRow(code.EMPLOYMENT, False, "员工管理", "Employment"),
    PurposeRow(code.SATISFACTION_SURVEY, False, "满意度调查", "Satisfaction surveys", 730),
    PurposeRow(code.COMMUNITY_NEWS, False, "社区活动通知", "News of the community", 730),
    PurposeRow(code.MARKETING, False, "商业推广", "Marketing", 365),
    PurposeRow(
        code.ANALYTICS,
        False,
        "服务使用情况分析",
        "Analysis of how the service is used",
        730,
    ),
    PurposeRow(
        code.SHARING_WITH_PARTNERS,
        False,
        "向合作单位提供信息",
        "Sharing with partners",
        365,
    ),
    PurposeRow(
        code.VISITOR_REGISTRATION,
        False,
        "访客登记与人证核验",
        "Visitor registration",
        1,
    ),
    PurposeRow(code.VIDEO_ZONE, False, "售楼处视频采集区", "Video zones at sales sites", 1),
)

# What the residents' policy names; the other purposes have notices of their own.
RESIDENTS_POLICY: Final = (
    code.TICKET_HANDLING,
    code.SAFETY_EMERGENCY,
    code.SECURITY,
    code.LEGAL_PROOF,
    code.RIGHTS_REQUEST,
    code.SATISFACTION_SURVEY,
    code.COMMUNITY_NEWS,
    code.MARKETING,
    code.ANALYTICS,
    code.SHARING_WITH_PARTNERS,
)
FIRST_VERSION: Final = 1
# midnight of 1 January 2025 in China, as the text says
FIRST_IN_FORCE_AT: Final = datetime(2024, 12, 31, 16, tzinfo=UTC)


def load(at: datetime) -> None:
    """Writes what is missing and keeps purposes as described here; published texts never change."""
    for row in PURPOSES:
        Purpose.objects.update_or_create(
            code=row.code,
            defaults={
                **row._asdict(),
                "basis": BASES[row.code],
                "needs_consent": BASES[row.code] == Basis.CONSENT,
            },
        )
    for language in PolicyLanguage:
        _publish_first(Application.RESIDENTS_APP, language)


def _publish_first(application: Application, language: PolicyLanguage) -> None:
    known = PolicyDocument.objects.filter(application=application, language=language)
    if known.exists():
        return
    name = f"{application.value}.{FIRST_VERSION}.{language.value}.md"
    draft = policies.Draft(
        application=application,
        language=language,
        version=FIRST_VERSION,
        text=(TEXTS / name).read_text(encoding="utf-8"),
        purposes=RESIDENTS_POLICY,
    )
    policies.publish(draft, actor=SYSTEM, at=FIRST_IN_FORCE_AT)
