"""What was not solved in time, at each level of the ladder, and what senior staff did with it."""

from __future__ import annotations

from complaints.enums import Channel, Kind, Severity
from complaints.services import decisions, lifecycle
from demo.services.stage import Stage

REPAIR, URGENT = Kind.REPAIR, Severity.URGENT


def play(stage: Stage) -> None:
    _told_the_manager(stage)
    _answered_beside(stage)
    _acknowledged(stage)
    _taken_over(stage)
    _given_back(stage)
    _at_the_top(stage)
    _of_another_region(stage)


def _told_the_manager(stage: Stage) -> None:
    """Level 1: the first answer is late."""
    for minutes, category, words in (
        (95, "engineering.water", "厨房水管接头爆开，水已经流到楼道，请马上来人关阀！"),
        (150, "engineering.electric", "地下室积水快没过插座了，能不能先把电断掉？"),
    ):
        case = stage.report(
            words, category, kind=REPAIR, severity=URGENT, at=stage.ago(minutes=minutes),
            by=stage.somebody(stage.here),
        )  # fmt: skip
        case.later(minutes=50)


def _answered_beside(stage: Stage) -> None:
    """Level 2: the region answers for it beside the handler."""
    case = stage.report(
        "整层跳闸，家里老人要用制氧机，催了两次都没有人来。",
        "engineering.electric",
        kind=REPAIR,
        severity=URGENT,
        at=stage.ago(hours=7),
    )
    case.later(minutes=20).accept()
    case.later(hours=2).urge("已经等了两个多小时，老人的制氧机只能再撑半天。")
    case.later(hours=3)


def _acknowledged(stage: Stage) -> None:
    case = stage.report(
        "楼顶水箱溢水，顺着外墙往下流，六楼客厅已经渗进来了。",
        "public_facilities",
        kind=REPAIR,
        severity=URGENT,
        channel=Channel.APP,
        at=stage.ago(hours=9),
    )
    case.later(minutes=40).accept()
    case.note("现场看过，浮球阀卡死，仓库没有同型号配件，正在联系供应商调货。")
    case.later(hours=5)
    decisions.acknowledge(
        case.ticket,
        actor=case.staff("region_service_head"),
        note="已协调邻近项目调配件，今晚八点前送到，我盯着。",
        at=case.at,
    )


def _taken_over(stage: Stage) -> None:
    """Level 3: the region's general manager has it."""
    case = stage.report(
        "主水管破裂停水一整天，楼里三十多户没有水用，物业一直说在修。",
        "engineering.water",
        kind=REPAIR,
        severity=URGENT,
        at=stage.ago(hours=56),
    )
    case.later(minutes=25).accept()
    case.reply("已安排抢修，正在定位破损点，请先到门岗领取桶装水。")
    case.later(hours=10).note("破损点在车行道下，需要开挖，等市政批复。")
    case.later(hours=41)


def _given_back(stage: Stage) -> None:
    """Taken over, and sent back with an order."""
    case = stage.report(
        "配电房漏雨，一下大雨就跳闸，这是今年第三次了。",
        "public_facilities",
        kind=REPAIR,
        severity=URGENT,
        by=stage.somebody(stage.here),
        at=stage.ago(hours=60),
    )
    case.later(minutes=25).accept()
    case.reply("已临时加装挡水板，防水施工队明天进场。")
    case.later(hours=50)
    general = case.staff("region_general_manager")
    case.ticket = decisions.acknowledge(case.ticket, actor=general, at=case.at)
    case.later(hours=1)
    decisions.give_back(
        case.ticket,
        actor=general,
        order="防水施工队改为今天下午进场，费用先从区域应急金列支，完工后附照片报我。",
        at=case.at,
    )


def _at_the_top(stage: Stage) -> None:
    """Level 4: nobody below has solved it within two days more."""
    case = stage.report(
        "小区主供电电缆老化冒火花，报修四天了还是临时绝缘带包着。",
        "engineering.electric",
        kind=REPAIR,
        severity=URGENT,
        at=stage.ago(hours=98),
    )
    case.later(minutes=20).accept()
    case.reply("已断开故障回路，改由备用回路供电。")
    case.later(hours=30).urge("备用回路只够照明，空调和电梯都停着。")
    case.later(hours=60)
    decisions.acknowledge(
        case.ticket,
        actor=case.staff("group_executive"),
        note="已请工程中心派专家，今天给出更换方案和停电通知。",
        at=case.at,
    )


def _of_another_region(stage: Stage) -> None:
    """Went up, was solved, and the resident was told: nothing stays at the top."""
    unit = stage.communities[2]
    case = stage.report(
        "车库排水泵坏了，暴雨倒灌，十几辆车泡水。",
        "engineering.water",
        kind=REPAIR,
        severity=URGENT,
        by=stage.somebody(unit),
        at=stage.ago(days=9),
    )
    case.later(hours=3).accept()
    case.reply("两台应急泵已到场抽水。")
    case.later(hours=20).resolve("排水泵已更换，受损车辆已协助报险，车库恢复通行。")
    case.later(hours=20)
    lifecycle.close(case.ticket, actor=case.reporter, at=case.at)
