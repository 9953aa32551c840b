"""Danger to life in plain words: what must be found, and what only looks like it."""

from __future__ import annotations

import pytest

from complaints.danger import recognise
from complaints.enums import DangerKind

K = DangerKind

ACUTE = (
    ("电梯困人了，里面有老人", K.ENTRAPMENT, "困人"),
    ("我被关在电梯里了", K.ENTRAPMENT, "关在电梯里"),
    ("电梯坏了里面有人", K.ENTRAPMENT, "电梯坏了里面有人"),
    ("电梯停了，人在里面", K.ENTRAPMENT, "电梯停了,人在里面"),
    ("孩子反锁在家里", K.ENTRAPMENT, "反锁在家里"),
    ("有３名被困人员", K.ENTRAPMENT, "被困"),
    ("People trapped in the lift, please hurry", K.ENTRAPMENT, "trapped in the lift"),
    ("家里有煤气味", K.GAS, "煤气味"),
    ("煤气罐漏气", K.GAS, "煤气罐漏气"),
    ("燃气泄漏报警器响了", K.GAS, "燃气泄漏"),
    ("There is a GAS LEAK in the kitchen", K.GAS, "gas leak"),
    ("楼下电动车着火了", K.FIRE, "着火"),
    ("阳台冒烟", K.FIRE, "冒烟"),
    ("The kitchen is on fire", K.FIRE, "on fire"),
    ("水管爆了，水到处都是", K.FLOOD, "水管爆了"),
    ("地下车库被水淹了", K.FLOOD, "车库被水淹"),
    ("孩子触电了", K.ELECTRIC, "触电"),
    ("热水器漏电，危险", K.ELECTRIC, "漏电"),
    ("高空抛物砸到人了", K.FALLING, "砸到人"),
    ("邻居装修敲墙，楼板要塌了", K.COLLAPSE, "楼板要塌了"),
    ("老人在电梯口晕倒了", K.INJURY, "晕倒"),
    ("有人要跳楼", K.INJURY, "要跳楼"),
    ("my mother fainted", K.INJURY, "fainted"),
    ("有人持刀在门口", K.VIOLENCE, "持刀"),
)
GRAVE = (
    ("3号楼外墙瓷砖掉下来了", K.FALLING),
    ("楼道电线裸露", K.ELECTRIC),
    ("配电房进水了", K.FLOOD),
    ("一楼有人打架", K.VIOLENCE),
    ("火已经扑灭了，但有人受伤", K.INJURY),
)
NONE = (
    "",
    "昨天电梯困人，已经放出来了",
    "电梯困人了。现在已经放出来了。",
    "昨晚隔壁失火已经扑灭",
    "没有着火",
    "电梯里没有人被困",
    "在不触电的情况下的安全距离",
    "no fire here",
    "消防演习",
    "今天是消防演练，冒烟是正常的",
    "fire drill tomorrow",
    "火气大",
    "物业办公室挨着火锅店",
    "着急上火",
    "自燃油税费改革以来",
    "被困扰",
    "城市贫困人口",
    "困难人群补贴",
    "轮胎漏气",
    "漏电保护器坏了",
    "道德绑架",
    "家里被打扫干净",
    "电视打不开",
    "一旦着火后果不堪设想",
    "一旦电梯出现故障，被困人员无法联系",
    "消防通道被占，有火灾隐患",
    "时间长了容易引起房屋开裂、倒塌",
    "2014年9栋顶楼一户业主家中起火",
    "已出现多名业主被困电梯事件",
    "医保能报销骨折的费用吗",
    "燃气费太贵",
)


@pytest.mark.parametrize(("text", "kind", "word"), ACUTE)
def test_somebody_in_danger_now_is_recognised_with_the_word_that_said_so(text, kind, word):
    danger = recognise(text)
    assert danger is not None
    assert (danger.kind, danger.word, danger.acute) == (kind, word, True)


@pytest.mark.parametrize(("text", "kind"), GRAVE)
def test_what_may_cost_a_life_soon_is_grave_and_not_acute(text, kind):
    danger = recognise(text)
    assert danger is not None
    assert (danger.kind, danger.acute) == (kind, False)


@pytest.mark.parametrize("text", NONE)
def test_look_alikes_denials_drills_and_what_is_over_are_no_danger(text):
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "快把人救出来，电梯困人",
        "着火了，这不是演习",
        "着火了，不是误报",
        "太可怕了着火了",
        "煤气泄漏怎么办",
        "打了几次电话没人接，电梯困人",
        "去年装的热水器漏电",
        "半小时之前电梯困人",
        "保险丝烧了，冒烟",
        "之前就漏煤气，没人修",
        "I would like to report a gas leak",
        "10 minutes ago the lift stopped and we are trapped",
        "I'm afraid there is a fire in the garage",
        "电梯里有人被困，还没救出来",
        "着火了，路灯都灭了",
        "如果不快来就出事了，电梯里困着人",
        "昨天下午开始有煤气味",
        "火扑灭了，现在又着火了",
    ],
)
def test_words_that_look_like_an_end_or_a_thought_do_not_hide_what_goes_on(text):
    danger = recognise(text)
    assert danger is not None
    assert danger.acute


def test_what_is_acute_comes_before_what_is_grave_wherever_it_stands():
    danger = recognise("楼道电线裸露，还有人在打架。电梯又困人了。")
    assert danger is not None
    assert danger.kind == K.ENTRAPMENT


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        ("电梯", K.FIRE), ("没有", K.FIRE), ("人", K.FIRE), ("电梯停了", K.FIRE), ("，", K.FIRE),
        ("已经被", K.FIRE), ("可能会", None), ("no ", None),
    ],
)  # fmt: skip
def test_the_longest_text_is_read_to_its_end(piece, kind):
    """No pattern runs away on what is repeated, and the last word counts."""
    danger = recognise(piece * (5_000 // len(piece)) + "着火")
    assert (danger.kind if danger else None) == kind
