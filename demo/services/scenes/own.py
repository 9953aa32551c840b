"""What the resident finds whom the demo signs in: their own matters, at every stage."""

from __future__ import annotations

from datetime import timedelta

from complaints.enums import Action, Channel, Kind
from complaints.services import lifecycle, timeline
from demo.services.stage import Stage
from privacy.vault.enums import RevealReason
from privacy.vault.services import disclosure
from residents.models import ContactPoint
from residents.services import contacts


def play(stage: Stage) -> None:
    me, app = stage.residents[0], Channel.APP

    case = stage.report(
        "阳台推拉门轮子脱轨，推不动了。", "engineering", by=me, kind=Kind.REPAIR, channel=app,
        at=stage.ago(hours=3),
    )  # fmt: skip
    case.later(minutes=30).accept()
    case.reply("师傅今天下午三点到，请留人在家。")

    case = stage.report(
        "客厅灯一直闪，换了灯泡也不行。", "engineering.electric", by=me, kind=Kind.REPAIR,
        channel=app, at=stage.ago(hours=25),
    )  # fmt: skip
    case.later(hours=1).accept()
    lifecycle.wait(
        case.ticket, actor=case.handler, on=Action.WAIT_RESIDENT, at=case.at,
        until=stage.at + timedelta(days=2),
        text="需要确认是一个房间还是全屋闪烁，请补充一下，也可以拍一段视频。",
    )  # fmt: skip

    case = stage.report(
        "楼下花园灌木挡住了消防登高面标识。", "greening", by=me, channel=app, at=stage.ago(days=3)
    )
    case.later(hours=2).accept()
    case.reply("已派绿化组核实。")
    case.later(hours=20).resolve("灌木已修剪到 40 厘米，标识全部露出。", shown=True)

    number = ContactPoint.objects.get(subject_id=me.subject_id, login=True)
    disclosure.reveal_field(
        actor=stage.staff("hotline_agent"), subject_id=me.subject_id, field=contacts.SEALED,
        sealed=number.sealed, reason=RevealReason.CALL_BACK, at=stage.ago(days=2, hours=4),
    )  # fmt: skip

    case = stage.report(
        "厨房水槽下面漏水。", "engineering.water", by=me, kind=Kind.REPAIR, at=stage.ago(days=16)
    )
    case.later(hours=1).accept()
    case.reply("师傅四十分钟后到。")
    case.later(hours=5).resolve("已更换角阀和密封圈，试水不漏。", shown=True)
    case.later(hours=3)
    case.ticket = timeline.rate(
        case.ticket, actor=case.reporter, handling=5, outcome=5, comment="师傅很专业，谢谢。",
        at=case.at,
    )  # fmt: skip
    lifecycle.close(case.ticket, actor=case.reporter, at=case.at)
