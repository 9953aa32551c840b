"""Call-backs: waiting, tried, unreachable, not satisfied, ordered."""

from __future__ import annotations

from complaints.enums import CallResult, Severity
from complaints.services import call_backs, lifecycle
from demo.services.stage import Matter, Stage

SERIOUS = Severity.SERIOUS


def play(stage: Stage) -> None:
    _waiting(stage)
    _tried(stage)
    _unreachable(stage)
    _not_satisfied(stage)
    _satisfied(stage)
    _ordered(stage)


def _solved(stage: Stage, words: str, reply: str, *, category: str, **ago: float) -> Matter:
    case = stage.report(words, category, severity=SERIOUS, at=stage.ago(**ago))
    case.later(minutes=15).accept()
    case.reply("非常抱歉，已安排专人处理，今天给您结果。")
    return case.later(hours=3).resolve(reply)


def _waiting(stage: Stage) -> None:
    for hours, category, words, reply in (
        (7, "security", "半夜有人撬门，报警后才发现监控坏了一个月。",
         "监控已修复并加装两个点位，夜间增加一趟巡逻。"),
        (10, "engineering.heating", "暖气主管漏水，三层楼都没有暖气。",
         "主管已焊接试压，室温已恢复。"),
        (30, "security", "外卖员骑车在小区里撞到老人。", "已设骑行限速与落客区，老人已陪同就医。"),
    ):  # fmt: skip
        _solved(stage, words, reply, category=category, hours=hours)


def _tried(stage: Stage) -> None:
    case = _solved(
        stage, "保安和业主起争执，推搡到了孩子。", "已向住户当面道歉，涉事队员调离岗位。",
        category="security", hours=22,
    )  # fmt: skip
    case.later(hours=3).called(CallResult.NO_ANSWER, "响铃无人接，晚些再打。")


def _unreachable(stage: Stage) -> None:
    case = _solved(
        stage, "门禁被人拆了，陌生人随便进。", "门禁已更换，单元门恢复刷卡。",
        category="security", days=6,
    )  # fmt: skip
    case.later(hours=2).called(CallResult.NO_ANSWER, "关机。")
    case.later(hours=5).called(CallResult.NO_ANSWER, "无人接听。")
    case.later(hours=15).called(CallResult.NO_ANSWER, "第三次无人接听，按规定办结并告知。")


def _not_satisfied(stage: Stage) -> None:
    """Reopened one level higher, with the resident's own reason."""
    for days, words, reply, reason in (
        (1.2, "消防通道又被车堵死了，上次着火消防车进不来。", "已贴单并联系车主挪车。",
         "挪走一小时又停回来了，根本没有解决。"),
        (2.1, "快递柜被撬，三家的包裹不见了。", "已调监控移交派出所，柜门已换锁。",
         "监控是黑的，换锁有什么用，谁来赔？"),
    ):  # fmt: skip
        case = _solved(stage, words, reply, category="security", days=days)
        case.later(hours=4).called(CallResult.NOT_SATISFIED, reason)


def _satisfied(stage: Stage) -> None:
    case = _solved(
        stage, "暖气不热，家里有刚出生的宝宝，室温 15 度。", "已清洗滤网并调节流量，室温 21 度。",
        category="engineering.heating", days=3,
    )  # fmt: skip
    case.later(hours=5).called(CallResult.SATISFIED, "住户确认室温正常，感谢师傅连夜上门。")
    case.later(hours=2)
    lifecycle.close(case.ticket, actor=case.staff("hotline_supervisor"), at=case.at)


def _ordered(stage: Stage) -> None:
    """The policy promises none; the supervisor wants to know."""
    case = stage.report(
        "保洁阿姨总在午休时间拖地，水桶声特别响。", "cleaning", at=stage.ago(days=2)
    )
    case.later(hours=2).accept()
    case.later(hours=3).resolve("已调整保洁时段，午休 12:30–14:00 不在楼道作业。")
    case.later(hours=18)
    call_backs.order(case.ticket, actor=case.staff("hotline_supervisor"), at=case.at)
