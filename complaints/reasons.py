"""Why something was done or refused, with whom, and how it ended: the lists people choose from."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RejectReason(models.TextChoices):
    """Why a matter is not taken up. The answer says in words what the person can do next."""

    OUT_OF_SCOPE = "out_of_scope", _("不属于物业服务范围")
    DUPLICATE = "duplicate", _("与已有工单重复")
    NOT_VERIFIABLE = "not_verifiable", _("信息不足，无法核实")
    PUBLIC_AUTHORITY = "public_authority", _("应由政府部门处理")
    BETWEEN_OWNERS = "between_owners", _("属业主之间的民事事项")


#: what the person can do next, beside what the answer says in its own words
NEXT_STEP: Final[dict[str, Promise]] = {
    RejectReason.OUT_OF_SCOPE: _("可向答复中写明的单位反映；有新情况可以重新打开。"),
    RejectReason.DUPLICATE: _("请在已有工单里看进展，可以随时催单或补充。"),
    RejectReason.NOT_VERIFIABLE: _("补充时间、地点或照片后可以重新打开，我们会再次核实。"),
    RejectReason.PUBLIC_AUTHORITY: _("可拨打 12345 政务服务便民热线；需要证明材料可找服务中心。"),
    RejectReason.BETWEEN_OWNERS: _("可请业主委员会或社区居委会调解，也可依法起诉。"),
}


class ReturnReason(models.TextChoices):
    """Why a handler sends a ticket back to dispatch (退单)."""

    WRONG_DEPARTMENT = "wrong_department", _("不属于本岗位职责")
    WRONG_PLACE = "wrong_place", _("地点不在本项目")
    NEEDS_OTHER_TRADE = "needs_other_trade", _("需其他专业处理")
    NOTHING_FOUND = "nothing_found", _("现场核实不存在")


class ExtensionReason(models.TextChoices):
    SPARE_PARTS = "spare_parts", _("等配件或材料")
    THIRD_PARTY = "third_party", _("等外部单位或政府部门")
    ACCESS = "access", _("无法入户或约定改期")
    WEATHER = "weather", _("天气等不可抗力")
    LARGER_WORK = "larger_work", _("工程量超出预期")


class RootCause(models.TextChoices):
    """Why it could happen. The part before the dot is the branch of the tree."""

    PEOPLE_SKILL = "people.skill", _("人员 · 技能不足")
    PEOPLE_ATTITUDE = "people.attitude", _("人员 · 服务态度")
    PEOPLE_STAFFING = "people.staffing", _("人员 · 人手不足")
    PROCESS_MISSING = "process.missing", _("流程 · 没有规定")
    PROCESS_IGNORED = "process.ignored", _("流程 · 未按规定执行")
    PROCESS_UNSUITED = "process.unsuited", _("流程 · 规定不适用")
    EQUIPMENT_FAULT = "equipment.fault", _("设备 · 故障")
    EQUIPMENT_UPKEEP = "equipment.upkeep", _("设备 · 保养不到位")
    MATERIAL_QUALITY = "material.quality", _("材料 · 质量问题")
    DESIGN_BUILD = "design.build", _("设计施工 · 先天缺陷")
    SUPPLIER_SERVICE = "supplier.service", _("供应商 · 服务不达标")
    COMMUNICATION_UNCLEAR = "communication.unclear", _("沟通 · 告知不清")
    COMMUNICATION_LATE = "communication.late", _("沟通 · 回复不及时")
    OUTSIDE_OTHERS = "outside.others", _("外部 · 他人行为")
    OUTSIDE_NATURE = "outside.nature", _("外部 · 天气与不可抗力")


class Coordination(models.TextChoices):
    """With whom a matter was co-ordinated that the site alone cannot solve."""

    OWNERS_COMMITTEE = "owners_committee", _("业主委员会")
    STREET_OFFICE = "street_office", _("街道与社区")
    ENVIRONMENT_BUREAU = "environment_bureau", _("生态环境部门")
    CITY_MANAGEMENT = "city_management", _("城管部门")
    SUPPLIER = "supplier", _("供应商")
    NEIGHBOURHOOD = "neighbourhood", _("周边单位")


class GradeReason(models.TextChoices):
    """Why a severity is what it is, where words of danger had a part in it."""

    WORDS = "words", _("文字提到危险，系统先按安全级别办理")
    ACCEPTED = "accepted", _("系统建议安全级别，已采纳")
    DECLINED = "declined", _("系统建议安全级别，未采纳")


#: of a corrected key account, where another policy counts the promises from the start
COUNTED_AFRESH: Final = "counted_afresh"


class RegradeReason(models.TextChoices):
    """Why staff correct the severity of a matter."""

    DANGER = "danger", _("危及人身安全")
    WORSE = "worse", _("情况变严重")
    EASED = "eased", _("情况已缓解")
    FALSE_ALARM = "false_alarm", _("误报，现场没有危险")
    MISJUDGED = "misjudged", _("原来判断有误")


class RightKind(models.TextChoices):
    COPYRIGHT = "copyright", _("著作权")
    TRADEMARK = "trademark", _("商标权")
    PATENT = "patent", _("专利权")
    NAME_OR_IMAGE = "name_or_image", _("姓名或肖像")
    OTHER = "other", pgettext_lazy("right", "其他权利")


class IpOutcome(models.TextChoices):
    """How a notice ended (Civil Code 1195, 1196)."""

    UPHELD = "upheld", _("成立，已删除或断开")
    NOT_UPHELD = "not_upheld", _("不成立，终止已采取的措施")
    BEFORE_COURT = "before_court", _("权利人已起诉或投诉，等候裁判")
