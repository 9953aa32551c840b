"""Time and pressure: extensions, supervision, urges, returns, waits."""

from __future__ import annotations

from datetime import timedelta

from complaints.enums import Action, Channel, Kind, Severity
from complaints.reasons import ExtensionReason, RejectReason, ReturnReason
from complaints.services import extensions, lifecycle, returns, supervision, timeline
from demo.services.stage import Matter, Stage
from organisation.models import Supplier, Unit

REPAIR = Kind.REPAIR


def play(stage: Stage) -> None:
    _asked_for_time(stage)
    _given_time(stage)
    _refused_time(stage)
    _watched(stage)
    _urged(stage)
    _returned(stage)
    _waiting(stage)
    _ended_otherwise(stage)


def _repair(
    stage: Stage,
    words: str,
    category: str = "engineering.water",
    *,
    here: bool = False,
    **ago: float,
) -> Matter:
    by = stage.somebody(stage.here) if here else None
    return stage.report(words, category, kind=REPAIR, by=by, at=stage.ago(**ago))


def _ask(case: Matter, minutes: int, reason: ExtensionReason, note: str) -> None:
    case.ticket = extensions.ask(
        case.ticket, actor=case.handler, minutes=minutes, reason_code=reason, note=note, at=case.at
    )


def _asked_for_time(stage: Stage) -> None:
    for hours, minutes, reason, words, note in (
        (9, 450, ExtensionReason.SPARE_PARTS, "淋浴恒温龙头时冷时热，怕烫到孩子。",
         "阀芯为进口型号，供应商后天到货，申请延长一个工作日。"),
        (11, 300, ExtensionReason.ACCESS, "阳台地漏返臭，晚上味道特别大。",
         "住户出差，约定后天上午入户，申请顺延。"),
    ):  # fmt: skip
        case = _repair(stage, words, hours=hours, here=True)
        case.later(minutes=30).accept()
        case.reply("已上门查看，正在备料。")
        case.later(hours=2)
        _ask(case, minutes, reason, note)


def _given_time(stage: Stage) -> None:
    case = _repair(stage, "卧室墙面返潮发霉，面积越来越大。", "engineering", hours=26)
    case.later(hours=1).accept()
    case.reply("已查到是外墙裂缝渗水，需要吊篮作业。")
    case.later(hours=1)
    _ask(case, 900, ExtensionReason.WEATHER, "这两天有大风预警，吊篮不能作业，申请延长两个工作日。")
    case.later(hours=1)
    extensions.grant(
        case.ticket,
        actor=case.staff("project_manager"),
        note="同意，安全第一；先做室内除湿。",
        at=case.at,
    )


def _refused_time(stage: Stage) -> None:
    case = _repair(stage, "单元门禁刷卡没反应，只能一直敞着门。", "engineering.electric", hours=20)
    case.later(hours=1).accept()
    case.reply("门禁主板烧毁，已联系厂家。")
    case.later(hours=1)
    _ask(case, 900, ExtensionReason.THIRD_PARTY, "等门禁厂家排期，申请延长两个工作日。")
    case.later(hours=1)
    extensions.refuse(
        case.ticket,
        actor=case.staff("project_manager"),
        note="门不能敞两天：先换备用读卡器，厂家到了再换正式的。",
        at=case.at,
    )


def _watched(stage: Stage) -> None:
    case = _repair(stage, "儿童滑梯护栏松动，孩子差点摔下来。", "public_facilities", hours=28)
    case.later(hours=1).accept()
    case.reply("滑梯已围挡停用，厂家明天到场加固。")
    supervision.supervise(
        case.ticket,
        actor=case.staff("region_service_head"),
        note="涉及儿童安全，修好后请附照片，我要看。",
        at=case.at,
    )
    case = stage.report("夜里巡逻岗空岗，三次路过都没看到人。", "security", at=stage.ago(hours=16))
    case.later(hours=1)
    case.reply("已核对巡更记录，当班队员脱岗属实。")
    supervision.supervise(
        case.ticket, actor=case.staff("project_manager"), note="今晚我到岗亭抽查。", at=case.at
    )
    case = _repair(stage, "地库照明坏了一大片，女儿晚归不敢走。", "engineering.electric", days=6)
    case.later(hours=1).accept()
    case.reply("备用灯带已挂上，正式灯具明天更换。")
    case.ticket = supervision.supervise(
        case.ticket, actor=case.staff("region_service_head"), note="三天内全部恢复。", at=case.at
    )
    case.later(hours=20).resolve("B1 层 36 盏灯具已全部更换，照度达标。")
    case.later(hours=2)
    supervision.end(case.ticket, actor=case.staff("region_service_head"), at=case.at)


def _urged(stage: Stage) -> None:
    case = stage.report(
        "楼道堆了半个月的装修垃圾没人清。", "cleaning", channel=Channel.APP,
        by=stage.somebody(stage.here), at=stage.ago(hours=27),
    )  # fmt: skip
    case.later(hours=1).accept()
    case.reply("已联系装修单位限期清运。")
    case.later(hours=18).urge("说好昨天清走的，今天还在。")
    case.later(hours=3).urge("第二次催了，再不处理我就打 12345。")


def _returned(stage: Stage) -> None:
    """Two wait for the dispatcher, one has found its way."""
    for hours, words, reason, note in (
        (5, "小区门口红绿灯时间太短，过马路不安全。", ReturnReason.WRONG_DEPARTMENT,
         "市政道路信号灯不归工程，建议转项目经理与交管部门对接。"),
        (8, "隔壁二期的围墙倒了一截，砖块掉到我们这边。", ReturnReason.WRONG_PLACE,
         "围墙产权属二期项目，请改派二期。"),
    ):  # fmt: skip
        case = _repair(stage, words, "engineering.electric", here=True, hours=hours)
        case.later(minutes=40)
        _return(case, reason, note)
    case = stage.report(
        "会所空调外机噪音大，震得阳台玻璃响。", "engineering.heating", kind=REPAIR,
        by=stage.somebody(stage.here), at=stage.ago(hours=30),
    )  # fmt: skip
    case.later(hours=1)
    _return(case, ReturnReason.NEEDS_OTHER_TRADE, "需要暖通专业，本岗位只有电工证。")
    case.later(hours=1)
    case.ticket = lifecycle.assign(
        case.ticket,
        actor=case.staff("dispatcher"),
        post=stage.post("project_manager", case.ticket.unit),
        note="请协调暖通维保单位到场。",
        at=case.at,
    )
    case.later(minutes=30).accept()
    case.reply("维保单位明天上午到场检修减震垫。")


def _return(case: Matter, reason: ReturnReason, note: str) -> None:
    case.ticket = returns.return_to_dispatch(
        case.ticket, actor=case.handler, reason_code=reason, note=note, at=case.at,
        draft_id=case.photo(case.handler),
    )  # fmt: skip


def _waiting(stage: Stage) -> None:
    case = _repair(stage, "书房插座没电，其他房间正常。", "engineering.electric", hours=22)
    case.later(hours=1).accept()
    lifecycle.wait(
        case.ticket,
        actor=case.handler,
        on=Action.WAIT_RESIDENT,
        text="师傅上门时家中无人，请回复方便的时间，我们按您的时间再来。",
        until=stage.at + timedelta(days=2),
        at=case.at,
    )
    case = stage.report(
        "2 号梯关门时会夹人，按开门键没反应。",
        "lifts",
        severity=Severity.ORDINARY,
        at=stage.ago(hours=24),
    )
    case.later(hours=1).accept()
    case.reply("电梯已停用并张贴告示，维保单位正在调配门机板。")
    lifecycle.wait(
        case.ticket,
        actor=case.handler,
        on=Action.WAIT_SUPPLIER,
        supplier=_lift_company(case.ticket.unit),
        text="门机控制板已下单，维保单位承诺后天更换。",
        until=stage.at + timedelta(days=2),
        at=case.at,
    )
    case = _repair(stage, "水表读数和缴费单对不上，请帮忙核一下。", "fees", hours=15)
    case.later(hours=1).accept()
    timeline.add(
        case.ticket, actor=case.reporter, text="补充：上个月底抄表时我不在家。", at=case.at
    )


def _ended_otherwise(stage: Stage) -> None:
    """Not taken up, taken back, and one that is only just accepted."""
    case = stage.report("门口公交站牌倒了，能不能扶起来？", "transport", at=stage.ago(days=2))
    case.later(hours=2)
    lifecycle.reject(
        case.ticket,
        actor=case.staff("project_manager"),
        reason_code=RejectReason.PUBLIC_AUTHORITY,
        reply="站牌由公交集团管理，我们已代您拨打 12345 转办，办理编号短信发您。",
        at=case.at,
    )
    case = _repair(stage, "阳台晾衣架升不起来了。", "engineering", days=1)
    case.later(hours=1)
    lifecycle.withdraw(case.ticket, actor=case.reporter, reason="自己修好了，谢谢。", at=case.at)
    case = _repair(stage, "楼道窗户合页掉了，风一吹就响。", "engineering", minutes=50)
    case.later(minutes=20)
    lifecycle.accept(case.ticket, actor=case.handler, at=case.at)


def _lift_company(unit: Unit) -> Supplier:
    contract = unit.supplier_contracts.filter(supplier__service="lifts").first()
    if contract is None:
        raise LookupError("nobody maintains the lifts here")
    return contract.supplier
