"""What belongs together: merged, parted again, linked, repeated, and had by a whole building."""

from __future__ import annotations

from typing import Final

from complaints.enums import Channel, Kind, Relation, Severity
from complaints.models import TicketLink
from complaints.services import linking, merging
from demo.services.stage import Matter, Stage

#: the risers and halls that all share
FIRE: Final = "public_facilities"


def play(stage: Stage) -> None:
    _merged(stage)
    _parted(stage)
    _linked(stage)
    _repeated(stage)
    _had_by_a_building(stage)


def _at(stage: Stage, place: int, words: str, category: str, **ago: float) -> Matter:
    """Of one community, so that its manager may join them."""
    by = stage.somebody(stage.communities[place])
    return stage.report(words, category, by=by, kind=Kind.REPAIR, at=stage.ago(**ago))


def _merge(stage: Stage, case: Matter, main: Matter, reason: str) -> None:
    case.ticket = merging.merge(
        case.ticket, other=main.ticket, actor=case.staff("project_manager"), at=case.at,
        reason=reason,
    )  # fmt: skip


def _merged(stage: Stage) -> None:
    main = _at(stage, 0, "楼道消防管漏水，从十楼一直滴到一楼。", FIRE, hours=21)
    main.later(minutes=50).accept()
    for words in ("一楼大堂天花板在滴水，地上很滑。", "电梯厅墙皮泡掉了，一直有水下来。"):
        case = _at(stage, 0, words, FIRE, hours=19)
        case.later(minutes=30)
        _merge(stage, case, main, "同一处消防管漏水，合并处理。")
    main.later(hours=3).reply("已关闭该分区阀门，今晚更换管段；三位住户会同时收到进展。")


def _parted(stage: Stage) -> None:
    main = _at(stage, 6, "负一层水泵房有异响。", "engineering", hours=24)
    main.later(hours=1).accept()
    case = _at(stage, 6, "家里水压突然变小，洗澡都出不了热水。", "engineering", hours=22)
    case.later(minutes=30)
    _merge(stage, case, main, "疑似同一台水泵引起。")
    case.later(hours=2)
    merging.unmerge(
        case.ticket,
        actor=case.staff("project_manager"),
        at=case.at,
        reason="现场核实是户内过滤器堵塞，与水泵无关，恢复单独处理。",
    )
    case.later(hours=1).accept()
    case.reply("已清洗户内过滤器，请观察两天。")


def _linked(stage: Stage) -> None:
    cause = _at(stage, 1, "屋顶防水层鼓包开裂。", "engineering", hours=30)
    cause.later(hours=2).accept()
    cause.reply("防水修缮已报预算，本周进场。")
    result = _at(stage, 1, "主卧吊顶渗水，乳胶漆脱落。", "engineering", hours=23)
    result.later(hours=1).accept()
    result.reply("已搭接水布，等屋面防水完成后统一修补。")
    manager = cause.staff("project_manager")
    linking.link(
        result.ticket, other=cause.ticket, relation=Relation.CAUSED_BY, actor=manager, at=result.at,
        note="正上方就是开裂的防水层。",
    )  # fmt: skip
    other = _at(stage, 1, "顶楼公共晒台积水不退。", FIRE, hours=8)
    other.later(hours=1).accept()
    other.reply("排水口已疏通，积水正在下降。")
    linking.link(
        other.ticket, other=cause.ticket, relation=Relation.RELATES_TO, actor=manager, at=other.at
    )
    wrong = linking.link(
        other.ticket, other=result.ticket, relation=Relation.DUPLICATE_OF, actor=manager,
        at=other.at,
    )  # fmt: skip
    link = TicketLink.objects.get(source=wrong, relation=Relation.DUPLICATE_OF)
    linking.unlink(wrong, link_id=link.pk, actor=manager, at=other.later(minutes=20).at)


def _repeated(stage: Stage) -> None:
    """The same home and category, the third time within a month."""
    who = stage.somebody()
    for days, words in (
        (19, "电梯轿厢异响，像金属摩擦。"),
        (8, "电梯又有异响，修过没几天。"),
    ):
        case = stage.report(
            words, "lifts", by=who, severity=Severity.ORDINARY, at=stage.ago(days=days)
        )
        case.later(hours=2).accept()
        case.reply("维保人员已到场检查导靴。")
        case.later(hours=20).resolve("已更换导靴并润滑导轨，试运行正常。", shown=True)
    stage.report(
        "第三次反映了：电梯还是响，什么时候能彻底修好？", "lifts", by=who,
        severity=Severity.ORDINARY, channel=Channel.APP, at=stage.ago(hours=6),
    )  # fmt: skip


def _had_by_a_building(stage: Stage) -> None:
    """Four homes of one building in the same week."""
    said = (
        "自来水发黄有铁锈味，不敢给孩子喝。",
        "早上放出来的水是黄的，沉淀半小时还是浑。",
        "水质有问题，净水器滤芯三天就黑了。",
        "整栋楼的水都是黄的，请尽快检测水箱并公布结果。",
    )
    for number, (who, words) in enumerate(zip(stage.neighbours(len(said)), said, strict=False)):
        at = stage.ago(hours=50 - 13 * number)
        case = stage.report(words, "engineering.water", by=who, at=at)
        case.later(minutes=40).reply("已取水样送检，水箱明早清洗，结果在单元公告栏公布。")
