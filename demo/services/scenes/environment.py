"""The environment of communities: raised, co-ordinated, told to everybody in staff's own words."""

from __future__ import annotations

from typing import Final

from complaints.enums import Channel, Kind
from complaints.reasons import Coordination
from complaints.services import summaries, timeline
from demo.services.stage import Stage

#: kind, what is said, with whom it was co-ordinated and what came of it, the answer, the summary
MATTERS: Final = (
    (Kind.COMPLAINT, "楼下烧烤店油烟直排，晚上不敢开窗。", Coordination.ENVIRONMENT_BUREAU,
     "生态环境部门已检测并责令加装净化器，限期十天。", "油烟净化器已安装，复测达标。",
     "小区南门餐馆油烟影响居住", "会同生态环境部门检测，商户已装净化器，复测达标。"),
    (Kind.COMPLAINT, "河道发臭，夏天蚊虫特别多。", Coordination.STREET_OFFICE,
     "街道已排入本月清淤计划，社区同步消杀。", "河段清淤完成，蚊虫消杀每周一次。",
     "小区东侧河道异味与蚊虫", "街道完成清淤，物业每周消杀并公示记录。"),
    (Kind.SUGGESTION, "建议垃圾分类点加盖顶棚和洗手池。", Coordination.OWNERS_COMMITTEE,
     "业主委员会同意使用公共收益改造。", "两个分类点已加顶棚和洗手池。",
     "垃圾分类点改造建议", "经业主委员会同意，用公共收益完成两个点位改造。"),
    (Kind.COMPLAINT, "夜间施工到凌晨一点，全家睡不着。", Coordination.CITY_MANAGEMENT,
     "城管部门已约谈工地，夜间施工须持证公示。", "工地已停止夜间无证施工。",
     "相邻工地夜间施工扰民", "城管部门约谈后，工地停止夜间无证施工。"),
)  # fmt: skip
PUBLISHED: Final = 2
WRITTEN: Final = 3


def play(stage: Stage) -> None:
    for number, (kind, words, whom, came, answer, raised, done) in enumerate(MATTERS):
        case = stage.report(
            words, "environment", kind=kind, channel=Channel.APP,
            at=stage.ago(days=24 - 5 * number),
        )  # fmt: skip
        case.later(hours=2).accept()
        case.reply("已收到，正在联系有关部门。")
        case.later(hours=5)
        case.ticket = timeline.coordinate(
            case.ticket,
            actor=case.staff("project_manager"),
            reason_code=whom,
            text=came,
            at=case.at,
        )
        case.later(days=2).resolve(answer)
        case.later(hours=3)
        if number < WRITTEN:
            summary = summaries.write(
                case.ticket,
                raised=raised,
                done=done,
                actor=case.staff("project_manager"),
                at=case.at,
            )
            if number < PUBLISHED:
                summaries.publish(summary, actor=case.staff("region_service_head"), at=case.at)
    fresh = stage.report(
        "绿化带喷药没有提前通知，狗吃了草呕吐。", "environment", at=stage.ago(hours=19)
    )
    fresh.later(hours=1).accept()
    timeline.coordinate(
        fresh.ticket, actor=fresh.staff("project_manager"), reason_code=Coordination.SUPPLIER,
        text="已要求绿化单位改用低毒药剂，喷药前一天挂牌通知。", at=fresh.at,
    )  # fmt: skip
    stage.report(
        "旧衣回收箱满了没人收，衣服扔了一地。", "environment", kind=Kind.SUGGESTION,
        channel=Channel.APP, at=stage.ago(hours=3),
    )  # fmt: skip
