"""Key accounts: their own path, and the region that calls back."""

from __future__ import annotations

from complaints.enums import CallResult
from complaints.services import lifecycle
from demo.services.stage import Matter, Stage
from residents.models import KeyAccountContact


def play(stage: Stage) -> None:
    speakers = [row.subject_id for row in KeyAccountContact.objects.order_by("account__code", "pk")]
    by_subject = {one.subject_id: one for one in stage.residents[:20]}
    first, second, third = (by_subject[pk] for pk in speakers[:3])

    def matter(words: str, category: str, who: int, **ago: float) -> Matter:
        by = (first, second, third)[who]
        return stage.report(words, category, by=by, at=stage.ago(**ago))

    matter("园区东门道闸抬杆失灵，早高峰堵了三百米。", "parking", 0, minutes=12)

    case = matter("机房配电房空调停机，温度已到 32 度。", "engineering.heating", 1, hours=5)
    case.later(minutes=8).accept()
    case.reply("大客户经理已到场，临时冷风机二十分钟内就位。")

    case = matter("货梯停运两天，设备进不了场。", "lifts", 0, hours=34)
    case.later(minutes=10).accept()
    case.reply("已安排人工转运，维保厂家今天到场。")
    case.later(hours=32)  # not solved within the day: the region's customer service has it

    case = matter("会议中心地毯泡水发霉，明天有客户来访。", "cleaning", 1, hours=29)
    case.later(minutes=9).accept()
    case.reply("已调两台除湿机，今晚清洗。")
    case.later(hours=6).resolve("地毯已清洗除湿，异味检测合格。")

    case = matter("消防主机误报，园区广播响了一上午。", "public_facilities", 2, hours=50)
    case.later(minutes=5).accept()
    case.reply("已派消防维保到场。")
    case.later(hours=4).resolve("故障探头已更换，联动测试正常。")
    case.later(hours=15).called(CallResult.NO_ANSWER, "联系人开会，下午再打。", role=CALLER)

    case = matter("班车停靠点没有遮雨棚。", "public_facilities", 2, days=12)
    case.later(minutes=7).accept()
    case.reply("已在现场勘察，本周安装。")
    case.later(hours=18).resolve("遮雨棚已安装完成。")
    case.later(hours=4).called(CallResult.SATISFIED, "行政负责人表示满意。", role=CALLER)
    case.later(hours=3)
    lifecycle.close(case.ticket, actor=case.reporter, at=case.at)


CALLER = "region_service_head"
