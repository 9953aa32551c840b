"""An ordinary day of the first community: what its steward and its manager have on their hands."""

from __future__ import annotations

from typing import Final

from complaints.enums import Channel, Kind, Severity
from complaints.services import decisions, grading
from demo.services.stage import Stage

NEW, ACCEPTED, ANSWERED, SOLVED = range(4)
#: hours ago, kind, category, what is said, how far it is, the answer
OF_THE_STEWARD: Final = (
    (1, Kind.COMPLAINT, "cleaning", "电梯里有人倒了汤水，又滑又有味道。", NEW, ""),
    (2, Kind.INQUIRY, "fees", "物业费发票抬头怎么改成公司名称？", NEW, ""),
    (4, Kind.COMPLAINT, "greening", "楼下桂花树长满蚜虫，落得车上都是。", ACCEPTED, ""),
    (5, Kind.INQUIRY, "renovation", "周末可以打墙吗？需要提前报备吗？", ANSWERED,
     "周末及法定节假日不可进行噪音作业，工作日可施工，请先到服务中心报备。"),
    (6, Kind.COMPLAINT, "cleaning", "三单元垃圾桶盖坏了，野猫翻得满地都是。", ANSWERED,
     "新桶盖今天下午更换，已先清扫消杀。"),
    (20, Kind.SUGGESTION, "community_services", "建议老人助餐点周日也开门。", ANSWERED,
     "已与助餐单位沟通，下周日起试营业，欢迎提意见。"),
    (26, Kind.COMPLAINT, "greening", "中庭草坪踩秃了一大块，下雨全是泥。", SOLVED,
     "已补种草皮并加设汀步，养护期围挡两周。"),
    (30, Kind.PRAISE, "community_services", "小王管家雨天把买菜的老人一个个送到单元门，点赞！",
     SOLVED, "谢谢您的鼓励，已转达本人并在月会上表扬。"),
)  # fmt: skip


def play(stage: Stage) -> None:
    for hours, kind, category, words, stage_reached, answer in OF_THE_STEWARD:
        case = stage.report(
            words, category, kind=kind, by=stage.somebody(stage.here),
            channel=Channel.APP if hours % 2 else Channel.HOTLINE, at=stage.ago(hours=hours),
        )  # fmt: skip
        if stage_reached == NEW:
            continue
        case.later(minutes=15).accept()
        if stage_reached == ANSWERED:
            case.later(minutes=20).reply(answer)
        elif stage_reached == SOLVED:
            case.later(minutes=20).reply("已收到，马上安排。")
            case.later(hours=5).resolve(answer)
    _taken_on(stage)
    _false_alarm(stage)


def _taken_on(stage: Stage) -> None:
    """Came up to the manager, who made it his own: safety runs on any day, at any hour."""
    case = stage.report(
        "架空层乱停的电动车在充电，线都从二楼窗户拉下来。", "security", severity=Severity.SAFETY,
        by=stage.somebody(stage.here), at=stage.ago(hours=4),
    )  # fmt: skip
    case.later(minutes=50)
    manager = case.staff("project_manager")
    case.ticket = decisions.take_over(
        case.ticket, actor=manager, note="消防隐患，我来牵头，联合社区今天清理。", at=case.at
    )
    case.later(minutes=30).accept()
    case.reply("今天下午联合社区集中清理，已为车主预留两处充电棚位置。")


def _false_alarm(stage: Stage) -> None:
    """Words of danger made it a matter of safety at once; on site it was none."""
    case = stage.report(
        "楼道里有股煤气味，请派人看看。", "public_facilities", kind=Kind.REPAIR,
        by=stage.somebody(stage.here), channel=Channel.APP, at=stage.ago(hours=9),
    )  # fmt: skip
    case.later(minutes=4).accept()
    case.reply("工程师已带检测仪到场，请先开窗通风，不要动开关。")
    case.later(minutes=20)
    case.ticket = grading.lower_severity(
        case.ticket, actor=case.staff("project_manager"), severity=Severity.ORDINARY,
        reason_code="false_alarm", note="检测仪读数为零，是一楼装修的油漆味。", at=case.at,
    )  # fmt: skip
    case.later(minutes=30).resolve("现场没有燃气泄漏，是一楼装修的油漆味，已请住户通风。")
