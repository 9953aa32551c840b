"""Why it could happen and what is done about it: planned, late, done, sent back, verified."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from complaints.models import CorrectiveAction
from complaints.reasons import RootCause
from complaints.services import remedies
from core.actors import Actor
from demo.services.stage import Matter, Stage, acting_for
from organisation.services.posts import local_date

R = RootCause
#: who owns it, cause, days ago it was planned, days it was given, what is to be done
OPEN: Final = (
    ("engineer", R.EQUIPMENT_UPKEEP, 3, 14, "全小区水泵浮球阀逐台检查并建台账，备足三套配件。"),
    ("steward", R.COMMUNICATION_LATE, 2, 7, "停水停电通知改为提前 48 小时，群发加单元张贴双渠道。"),
    ("engineer", R.EQUIPMENT_FAULT, 20, 10, "地库应急照明全部改为双回路供电。"),
    ("security_lead", R.PEOPLE_STAFFING, 16, 9, "夜班增设一名巡逻岗，打卡点由 6 个增到 10 个。"),
)
DONE: Final = (
    ("engineer", R.DESIGN_BUILD, 25, 20, "配电房屋面重做防水，加装挡水坎。",
     "屋面防水已完工，闭水试验 48 小时无渗漏。"),
    ("steward", R.PROCESS_IGNORED, 18, 12, "装修垃圾堆放实行押金制，超过 24 小时代清。",
     "已与 17 户装修单位签订承诺书，堆放点当日清。"),
    ("engineer", R.MATERIAL_QUALITY, 22, 14, "更换劣质单元门闭门器，统一品牌。",
     "已更换 8 个单元，剩余 4 个待到货。"),
)  # fmt: skip
VERIFIED, SENT_BACK = 0, 2
#: of the open ones, by place: to whom it was handed over, how many days ago, and why
HANDED_OVER: Final = (
    3,
    "steward",
    12,
    "安防主管调往其他项目，排班已交接，请管家与保安公司落实增岗。",
)


def play(stage: Stage) -> None:
    planned = [_plan(stage, *each)[0] for each in OPEN]
    place, role, ago, why = HANDED_OVER
    remedies.hand_over(
        planned[place], actor=stage.staff("project_manager"),
        owner=stage.post(role, planned[place].ticket.unit), text=why, at=stage.ago(days=ago),
    )  # fmt: skip
    for place, (role, cause, ago, days, text, done) in enumerate(DONE):
        action, owner = _plan(stage, role, cause, ago, days, text)
        at = stage.ago(days=ago - days + 4)
        action = remedies.complete(action, actor=owner, text=done, at=at)
        judge, later = stage.staff("region_service_head"), at + timedelta(days=1)
        if place == VERIFIED:
            remedies.verify(action, actor=judge, text="现场复核，符合要求。", at=later)
        elif place == SENT_BACK:
            due_on = local_date(stage.at + timedelta(days=5))
            remedies.send_back(
                action, actor=judge, text="还差 4 个单元，全部换完再报。", due_on=due_on, at=later
            )
    remedies.tell_late(stage.at)


def _plan(
    stage: Stage, role: str, cause: RootCause, ago: int, days: int, text: str
) -> tuple[CorrectiveAction, Actor]:
    case = _matter(stage, ago)
    owner = stage.post(role, case.ticket.unit)
    due_on = local_date(case.at) + timedelta(days=days)
    case.ticket = remedies.plan(
        case.ticket, actor=case.staff("project_manager"), root_cause=cause, owner=owner,
        due_on=due_on, text=text, at=case.at,
    )  # fmt: skip
    action = CorrectiveAction.objects.select_related("ticket", "owner").get(ticket=case.ticket)
    return action, acting_for(owner)


def _matter(stage: Stage, ago: int) -> Matter:
    case = stage.report(
        "同样的问题这个月已经发生两次，希望从根上解决。", "engineering",
        by=stage.somebody(stage.here), at=stage.ago(days=ago, hours=6),
    )  # fmt: skip
    case.later(hours=1).accept()
    case.reply("已安排处理，并会追查原因。")
    return case.later(hours=2).resolve("本次故障已排除；原因分析和整改另行跟进。")
