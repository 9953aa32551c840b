"""What only few may see: integrity reports, complaints about staff, notices about rights."""

from __future__ import annotations

from complaints.enums import Kind, Protection
from complaints.reasons import IpOutcome, RightKind
from complaints.services import integrity, ip_notices, lifecycle, naming
from complaints.services.integrity import Report
from complaints.services.ip_notices import NewNotice
from demo.services.stage import Matter, Stage, acting_for
from organisation.models import Post


def play(stage: Stage) -> None:
    _anonymous(stage)
    _protected(stage)
    _about_staff(stage)
    _rights(stage)


def _anonymous(stage: Stage) -> None:
    report = Report(
        unit=stage.communities[1],
        about="工程外包结算",
        body="外墙维修没有做满面积却按全额结算，现场照片和结算单对不上，请核查。",
    )
    case = Matter(
        stage, integrity.report_anonymously(report, at=stage.ago(days=5)), stage.ago(days=5)
    )
    case.later(hours=2).accept()
    case.note("已调取合同、签证单和验收照片，约谈定于周四。")
    case.later(hours=20).reply("已立案核查。您可凭查询码补充材料，不需要透露身份。")
    fresh = Report(
        unit=stage.communities[3],
        body="停车场收费员收现金不给票，每天下班自己分。",
    )
    integrity.report_anonymously(fresh, at=stage.ago(hours=4))


def _protected(stage: Stage) -> None:
    """Somebody who gave a name, which is strictly protected; whom it names sees nothing of it."""
    unit = stage.communities[4]
    case = stage.report(
        "项目采购绿植每年都是同一家，价格比市场高三成，听说是亲戚开的。", "integrity",
        kind=Kind.INTEGRITY, by=stage.somebody(unit), protection=Protection.PROTECTED,
        at=stage.ago(days=8),
    )  # fmt: skip
    case.later(hours=3).accept()
    named = stage.post("project_manager", unit).holder
    if named is None:
        raise LookupError(unit.name)
    case.ticket = naming.name(case.ticket, actor=case.handler, names=named.name, at=case.at)
    case.later(days=1).note("已比对三年采购价格，与市场价差异 28% 至 35%。")


def _about_staff(stage: Stage) -> None:
    unit = stage.communities[1]
    post = stage.post("steward", unit)
    case = stage.report(
        "管家在群里公开住户的欠费信息，态度还很强硬。", "staff_conduct",
        by=stage.somebody(unit), named_staff=[post.holder_id], at=stage.ago(hours=23),
    )  # fmt: skip
    case.later(hours=1).accept()
    case.reply("非常抱歉，信息已撤回，我们将当面致歉并按制度处理。")


def _rights(stage: Stage) -> None:
    _notice(stage, "《江畔晨光》摄影作品", "林一鸣工作室", "业主公众号首页轮播图", hours=6)

    case = _notice(stage, "“星河里”文字商标", "星河里文化传播公司", "小区商铺导视牌", days=3)
    _forward(case)

    case = _notice(stage, "《社区科普漫画》系列", "山岚动漫工作室", "电梯厅宣传栏", days=9)
    _forward(case)
    case.later(days=1)
    ip_notices.counter(
        case.ticket, actor=case.handler, at=case.at,
        text="宣传栏供稿单位声明已取得授权，并提供授权书扫描件；已转告权利人。",
    )  # fmt: skip

    case = _notice(stage, "《春日园林》插画", "青禾插画", "社区活动海报", days=14)
    _forward(case)
    case.later(days=2)
    case.ticket = ip_notices.decide(
        case.ticket, actor=case.handler, reason_code=IpOutcome.UPHELD, at=case.at,
        text="经核实未取得授权，海报已全部撤下，电子版已删除。",
    )  # fmt: skip
    case.later(days=1)
    other = Post.objects.filter(role__code="legal_counsel").exclude(pk=case.ticket.post_id or 0)
    lifecycle.close(case.ticket, actor=acting_for(other.get()), at=case.at)


def _notice(stage: Stage, right: str, holder: str, where: str, **ago: float) -> Matter:
    at = stage.ago(**ago)
    new = NewNotice(
        right_kind=RightKind.TRADEMARK if "商标" in right else RightKind.COPYRIGHT,
        right=right,
        holder=holder,
        contact="13900008888",
        location=where,
        body=f"{where}未经许可使用{right}，请立即停止使用并告知处理结果。",
        in_good_faith=True,
    )
    return Matter(stage, ip_notices.take(new, at=at), at)


def _forward(case: Matter) -> None:
    case.later(hours=3).accept()
    case.ticket = ip_notices.forward(
        case.ticket, actor=case.handler, at=case.at,
        text="已转送使用单位，并先行暂停展示，等待对方说明。",
    )  # fmt: skip
